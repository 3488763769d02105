"""Loading packs: every fault at its place, all at once; bombs and huge files refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from guard import rules
from guard.errors import RuleError
from guard.rules import yamlfile
from guard.rules.lint import lint
from guard.rules.values import Faults

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "faults.yaml").read_text("utf-8"))


def faults(text: str | bytes, folder: Path, **options: Any) -> list[str]:
    """The faults of a pack's text, without the file's name at the front."""
    file = folder / "pack.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(RuleError) as caught:
        rules.load(["./pack.yaml"], root=folder, **options)
    return [line.removeprefix("./pack.yaml:") for line in str(caught.value).split("\n")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["fact"])
def test_faults(case: dict[str, Any], tmp_path: Path) -> None:
    """Each case's pack has exactly the faults that it names."""
    found = faults(case["pack"], tmp_path)

    assert [line.replace("./pack.yaml", "FILE") for line in found] == case["faults"]


def test_an_alias_bomb_is_refused(tmp_path: Path) -> None:
    """Aliases that expand to millions of values stop the reader at once."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]

    assert faults("\n".join(lines), tmp_path) == ["5:45: more than 100,000 values, aliases expanded: split it"]


@pytest.mark.parametrize("text", ["[" * 5000, "{a: " * 5000, "- " * 5000])
def test_a_deep_file_is_refused(text: str, tmp_path: Path) -> None:
    """Nesting without end is refused before any recursion."""
    assert "nested deeper than 40 levels" in faults(text, tmp_path)[0]


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    """A file over the cap is not parsed."""
    text = "# " + "x" * yamlfile.MAX_BYTES

    assert faults(text, tmp_path) == ["1:1: is larger than 1,048,576 bytes: split it into several"]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """A file that is not UTF-8, or holds control characters, is one fault."""
    assert faults(b"title: \xff", tmp_path) == ["1:8: is not UTF-8: save it as UTF-8"]
    assert len(faults("title: \x00", tmp_path)) == 1


def test_what_is_no_file(tmp_path: Path) -> None:
    """A path that is missing or a folder, and a pack that is not shipped, are named; all at once."""
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(RuleError) as caught:
        rules.load(["none.yaml", "folder.yaml", "esentials"], root=tmp_path)

    assert str(caught.value).split("\n") == [
        "folder.yaml:1:1: is not a file: name a YAML file",
        "none.yaml:1:1: cannot be read (No such file or directory): check the path and its permissions",
        "packs: no pack is named 'esentials': did you mean 'essentials'? (a file of yours ends in .yaml)",
    ]


def test_values_are_those_an_editor_reads(tmp_path: Path) -> None:
    """`No` and dates are texts, as in YAML 1.2; numbers, booleans and null are themselves."""
    (tmp_path / "p.yaml").write_text(
        "title: t\nrules:\n- {id: a, title: a, severity: low, pattern: '{ $.a = 1 }', "
        "examples: {match: [{a: 1, b: No, c: 2024-01-01, d: 1.5, e: null, f: true}], no_match: [{a: 0o17}]}}"
    )
    rule = rules.load(["./p.yaml"], root=tmp_path).rules[0]

    assert rule.examples.match[0] == {"a": 1, "b": "No", "c": "2024-01-01", "d": 1.5, "e": None, "f": True}


def test_one_file_by_two_paths(tmp_path: Path) -> None:
    """Is one pack, not ids that are repeated."""
    (tmp_path / "p.yaml").write_text(
        "title: t\nrules:\n- {id: a, title: a, severity: low, pattern: '{ $.a = 1 }', "
        "examples: {match: [{a: 1}], no_match: [{a: 2}]}}"
    )
    names = ["p.yaml", "./p.yaml", str(tmp_path / "p.yaml")]

    assert [rule.id for rule in rules.load(names, root=tmp_path).rules] == ["a"]
    assert [rule.id for rule in lint(names, tmp_path).rules] == ["a"]


def test_shipped_packs_load() -> None:
    """The default packs load, sorted by id, self-protection on the watchdog's topic."""
    loaded = rules.load()

    ids = [rule.id for rule in loaded.rules]
    assert ids == sorted(ids)
    assert {rule.topic for rule in loaded.rules if rule.pack == "self-protection"} == {"watchdog"}


def test_order_changes_nothing() -> None:
    """Packs and rules in another order give the same rules."""
    own = [{"id": name, "severity": "low", "pattern": "{ $.a = 1 }"} for name in ("b-rule", "a-rule")]
    one = rules.load(["essentials", "self-protection"], rules=own)
    other = rules.load(["self-protection", "essentials"], rules=own[::-1])

    assert [rule.id for rule in one.rules] == [rule.id for rule in other.rules]


def test_own_rules_take_either_spelling() -> None:
    """Rules of a config may spell keys in camelCase, but not within example events."""
    own = {
        "id": "mine",
        "severity": "high",
        "pattern": "{ $.firstStep = 1 }",
        "firstStep": "Look.",
        "alarm": {"period": 600.0, "evaluationPeriods": 2},
        "examples": {"match": [{"firstStep": 1}], "noMatch": [{"firstStep": 2}]},
    }
    rule = rules.load([], rules=[own]).rules[0]

    assert (rule.first_step, rule.alarm.period, rule.alarm.datapoints_to_alarm) == ("Look.", 600, 2)
    assert rule.examples.match == ({"firstStep": 1},)
    assert rule.title == "mine"


def test_own_rules_name_the_config_key() -> None:
    """A fault in a config's rule stands at its key."""
    with pytest.raises(RuleError) as caught:
        rules.load([], rules=[{"id": "mine", "severity": "loud", "pattern": "{ $.a }"}])

    hint = "expected an operator, IS or NOT EXISTS: see docs/patterns.md"
    assert str(caught.value).split("\n") == [
        f"rules[0].pattern: rule 'mine': the pattern: {hint}",
        "rules[0].severity: rule 'mine': 'severity' is 'loud': write one of low, medium, high, critical",
    ]


@pytest.mark.parametrize(
    "text",
    [
        r'a: "{ $.x = \"X\" && \u0041b \x41 \\ ! }"',
        "a: '{ $.x = ''it''''s'' ! }'",
        'a: "no ! escape"',
        "a: plain ! text",
        'a:\n  - "\\"!"',
        "a: |\n  one\n  two ! three",
        "a: |\n  one\n\n    two ! three\n\nb: 1",
        "a: >-\n  one  \n  two ! three",
        'a: "one \\"two\\"\n\n   \\"three\\" ! four"',
        'a: "one \\\n  two \\\n  \\ thr\\x65e ! four"',
        "a: 'one ''two''\n\t ''three'' ! four'\nb: 1",
        "a: plain\n  and ! more",
        "a: plain\r\n  and ! more\r\n",
        'a: "\u2028 \\" ! \x85"',
    ],
)
def test_a_character_of_a_text_has_its_column(text: str, tmp_path: Path) -> None:
    """However the text is quoted, over however many lines, and whatever is escaped before it."""
    (tmp_path / "x.yaml").write_bytes(text.encode())
    found = yamlfile.read(tmp_path / "x.yaml", "x.yaml", Faults())
    assert found is not None
    value = found.data["a"] if not isinstance(found.data["a"].data, list) else found.data["a"].data[0]
    place = value.at(value.data.index("!"))
    assert text.splitlines()[place.line - 1][place.column - 1] == "!"


@pytest.mark.parametrize("end", ["\r", "\x85", "\u2028"])
def test_lines_that_end_in_another_way(end: str, tmp_path: Path) -> None:
    """What YAML takes for a line's end is one, in a file of an old editor or with text from a web page."""
    pack = "title: 'X'\nrules:\n  - id: 'one'\n    pattern: '{ $.a = x; }'\n"
    assert "4:24: rule 'one': the pattern: unexpected ';'" in "".join(faults(pack.replace("\n", end), tmp_path))
