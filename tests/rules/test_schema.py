"""The JSON Schema for editors and the loader agree on what a pack is."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from guard import rules
from guard.rules import loader, yamlfile
from guard.rules.values import Faults

SCHEMA = json.loads((Path(rules.__file__).parent.parent / "packs" / "schema.json").read_text("utf-8"))
VALIDATOR = Draft7Validator(SCHEMA)
GOOD: dict[str, Any] = {
    "title": "All keys",
    "description": "A pack with every key there is.",
    "topic": "watchdog",
    "defaults": {"severity": "low", "alarm": {"period": 600}, "first_step": "Look."},
    "rules": [
        {
            "id": "a-rule",
            "title": "A",
            "description": "Something happened.",
            "severity": "high",
            "pattern": '{ $.eventName = "A" }',
            "more_patterns": ['{ $.eventName = "B" }'],
            "controls": {"cis-5.0": ["4.3"]},
            "attack": ["T1078.004"],
            "references": ["https://docs.aws.amazon.com/"],
            "first_step": "Look.",
            "false_positives": ["Deployments."],
            "alarm": {"period": 300, "threshold": 2, "evaluation_periods": 130, "datapoints_to_alarm": 1},
            "covers": ["b-rule"],
            "examples": {
                "match": [{"eventName": "A"}],
                "no_match": [{"eventName": "C", "x": [1, None, True]}],
            },
            "accept": {"G204": "meant"},
            "exclude": [{"source_ip": "10.*", "$.userAgent": "bot"}, {"principal": "arn:aws:iam::*:role/x"}],
            "actions": ["arn:aws:sns:eu-west-1:111122223333:ops"],
        },
        {
            "id": "b-rule",
            "title": "B",
            "severity": "low",
            "pattern": '{ $.eventName = "B" }',
            "examples": {"match": [{"eventName": "B"}], "no_match": [{}]},
        },
    ],
}


# What a schema cannot say; all else that the loader refuses the schema refuses too.
UNSAID = re.compile(
    r"the pattern: |the pattern has [\d,]+ characters|unknown placeholder"  # the language, the length once filled in
    r"|'exclude\[\d+\]': "  # what compiles
    r"|period x evaluation_periods|'datapoints_to_alarm' is \d"  # sums and comparisons of two keys
    r"|is nested deeper|nested deeper than"
)


def refused(document: Any) -> list[str]:
    """The faults that the loader finds in a pack's file."""
    faults = Faults()
    value = yamlfile.parse(json.dumps(document, ensure_ascii=False), "pack.yaml", faults)
    if value:
        loader.pack(value, "pack", faults)
    return [noted.what for noted in faults.found]


def agree(document: Any) -> bool:
    """Whether schema and loader think the same of a pack, but for what a schema cannot say."""
    found = refused(document)
    if VALIDATOR.is_valid(document):
        return all(UNSAID.search(what) for what in found)
    return bool(found)


def paths(document: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value of a pack, but not into its example events."""
    if at and at[-1] in ("match", "no_match"):
        return
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in items:
        yield (*at, key)
        if isinstance(value, dict | list):
            yield from paths(value, (*at, key))


def changed(path: tuple[Any, ...], value: Any, good: Any = GOOD) -> Any:
    """A pack with another value at a path; `KeyError` as a value deletes it."""
    document = copy.deepcopy(good)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    if value is KeyError:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return document


WRONG: list[Any] = [
    KeyError,
    None,
    True,
    7,
    120.0,
    -1,
    0.5,
    "",
    " ",
    "text",
    [],
    ["x"],
    [7],
    {},
    {"x": 1},
    {"": ""},
]


def test_a_good_pack() -> None:
    """Both accept a pack with every key, and every shipped pack."""
    shipped = [yaml.safe_load((loader_path(name)).read_text("utf-8")) for name in rules.shipped()]

    for document in [GOOD, *shipped]:
        assert not list(VALIDATOR.iter_errors(document))
        assert not refused(document)


def loader_path(name: str) -> Path:
    """The file of a shipped pack."""
    return Path(rules.__file__).parent.parent / "packs" / f"{name}.yaml"


@pytest.mark.parametrize("path", list(paths(GOOD)), ids=lambda path: ".".join(map(str, path)))
def test_the_schema_and_the_loader_agree(path: tuple[Any, ...]) -> None:
    """Whatever value is put in whatever place, both accept it or both refuse it."""
    for value in WRONG:
        assert agree(changed(path, value)), value


TEXTS = st.sampled_from(
    [
        *("", " ", "x", " x", "x ", "No", "high", "a-rule", "A-Rule", "x-exact", "watchdog-x", "G101", "T1078", "T1"),
        *("https://aws.amazon.com/", "http://x", "arn:aws:sns:eu-west-1:111122223333:ops", "arn:aws:iam::*:role/x"),
        *('{ $.eventName = "A" }', "{ $.a = 1 && }", "10.*", "$.eventName", "$.", "cis-5.0", "x" * 65, "y" * 1025),
    ]
)
LEAVES = TEXTS | st.none() | st.booleans() | st.integers(-1, 700_000) | st.sampled_from([60.0, 60.5, 300, 86_400])
KEYS = st.sampled_from(
    [
        *GOOD,
        *GOOD["rules"][0],
        "period",
        "threshold",
        "principal",
        "source_ip",
        "$.readOnly",
        "match",
        "cis-5.0",
        "G204",
    ]
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | TEXTS, inner, max_size=3), max_leaves=6
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_they_agree_on_packs_of_all_kinds(data: st.DataObject) -> None:
    """A few values anywhere replaced, added or left out: both accept the pack, or both refuse it."""
    document = GOOD
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([*paths(document)] or [("title",)]))
        added = (*path[:-1], data.draw(KEYS)) if isinstance(path[-1], str) else path
        value = data.draw(VALUES | st.just(KeyError))
        document = changed(path if value is KeyError else data.draw(st.sampled_from([path, added])), value, document)

    assert agree(document), refused(document)


@settings(max_examples=50, deadline=None)
@given(VALUES)
def test_they_agree_on_what_is_no_pack(document: Any) -> None:
    """Any other document is refused by both."""
    assert agree(document)


def test_unknown_keys() -> None:
    """Neither accepts an unknown key anywhere."""
    for path in [(), ("defaults",), ("rules", 0), ("rules", 0, "alarm"), ("rules", 0, "examples")]:
        document = changed((*path, "titel"), "x")
        assert not VALIDATOR.is_valid(document)
        assert refused(document)


def test_the_schema_is_sound() -> None:
    """The schema is draft-07, and each of its properties says what it is for."""
    Draft7Validator.check_schema(SCHEMA)
    for table in (SCHEMA, SCHEMA["definitions"]["rule"], SCHEMA["definitions"]["alarm"]):
        silent = [
            key for key, value in table["properties"].items() if "$ref" not in value and "description" not in value
        ]
        assert silent in ([], ["rules"])


def test_shipped_packs_carry_the_modeline() -> None:
    """Editors find the schema through the first line of each shipped pack."""
    for name in rules.shipped():
        first = loader_path(name).read_text("utf-8").split("\n", 1)[0]
        assert first == "# yaml-language-server: $schema=schema.json"
