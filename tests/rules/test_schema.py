"""The JSON Schema for editors and the loader agree on what a pack is."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from guard import rules
from guard.rules import loader
from guard.rules.values import Faults, inline

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


def loads(document: Any) -> bool:
    """Whether the loader finds no fault in a pack."""
    faults = Faults()
    loader.pack(inline(document, "pack", faults), "pack", faults)
    return not faults.found


def paths(document: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value of a pack, but not into its example events."""
    if at and at[-1] in ("match", "no_match"):
        return
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in items:
        yield (*at, key)
        if isinstance(value, dict | list):
            yield from paths(value, (*at, key))


def changed(path: tuple[Any, ...], value: Any) -> Any:
    """The good pack with another value at a path; `KeyError` as a value deletes it."""
    document = copy.deepcopy(GOOD)
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
        assert loads(document)


def loader_path(name: str) -> Path:
    """The file of a shipped pack."""
    return Path(rules.__file__).parent.parent / "packs" / f"{name}.yaml"


@pytest.mark.parametrize("path", list(paths(GOOD)), ids=lambda path: ".".join(map(str, path)))
def test_the_schema_and_the_loader_agree(path: tuple[Any, ...]) -> None:
    """Whatever value is put in whatever place, both accept it or both refuse it."""
    for value in WRONG:
        document = changed(path, value)
        valid = VALIDATOR.is_valid(document)
        if valid and {"pattern", "more_patterns", "exclude"} & set(path) and value in ("text", True, {"x": 1}, ["x"]):
            continue  # a schema knows no patterns, selectors and ARNs
        assert valid == loads(document), value


def test_unknown_keys() -> None:
    """Neither accepts an unknown key anywhere."""
    for path in [(), ("defaults",), ("rules", 0), ("rules", 0, "alarm"), ("rules", 0, "examples")]:
        document = changed((*path, "titel"), "x")
        assert not VALIDATOR.is_valid(document)
        assert not loads(document)


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
