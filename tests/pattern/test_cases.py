"""The project's own cases, tests/patterns: one file a feature."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from guard.pattern import PatternError, parse

CASES = Path(__file__).parents[1] / "patterns"


def cases(verdict: str) -> list[Any]:
    """Every (pattern, event) of the files that has this verdict."""
    return [
        pytest.param(case["pattern"], event, id=f"{path.stem}:{case['rule']}:{event}"[:70])
        for path in sorted(CASES.glob("*.yaml"))
        if path.stem != "invalid"
        for case in yaml.safe_load(path.read_text())
        for event in case[verdict]
    ]


@pytest.mark.parametrize(("pattern", "event"), cases("match"))
def test_it_matches(pattern: str, event: Any) -> None:
    """The event matches, and the explanation agrees."""
    assert parse(pattern).matches(event)
    assert parse(pattern).explain(event).holds


@pytest.mark.parametrize(("pattern", "event"), cases("no_match"))
def test_it_does_not_match(pattern: str, event: Any) -> None:
    """The event does not, and the explanation agrees."""
    assert not parse(pattern).matches(event)
    assert not parse(pattern).explain(event).holds


@pytest.mark.parametrize("case", yaml.safe_load((CASES / "invalid.yaml").read_text()), ids=lambda case: case["pattern"])
def test_it_is_refused(case: dict[str, Any]) -> None:
    """With what to write instead, and the place."""
    with pytest.raises(PatternError) as caught:
        parse(case["pattern"])
    assert case.get("says", "") in str(caught.value)
    assert caught.value.column == case["column"]


@pytest.mark.parametrize(
    ("text", "shown", "caret"),
    [
        ("{\n  $.a == 1\n}", "  $.a == 1", "      ^"),
        ("{\r\n\t$.a\t== 1\r\n}", "\t$.a\t== 1", "\t   \t^"),
        ('{ "\x1b\0" == 1 }', '{ "\ufffd\ufffd" == 1 }', "  ^"),
        (f"{{ $.{'a' * 100} == 1 && $.{'b' * 100} = 1 }}", f"...{'a' * 59} == 1 && $.{'b' * 50}...", " " * 63 + "^"),
    ],
    ids=["lines", "tabs", "what a terminal would obey", "a long line"],
)
def test_the_caret_stands_under_the_place(text: str, shown: str, caret: str) -> None:
    """In the line of the pattern that holds it."""
    with pytest.raises(PatternError) as caught:
        parse(text)
    assert str(caught.value).split("\n")[1:] == [shown, caret]


@pytest.mark.parametrize(("length", "fine"), [(1024, True), (1025, False)])
def test_the_limit_of_length(length: int, fine: bool) -> None:
    """1,024 characters are allowed, one more is not."""
    text = '{ $.a = "' + "x" * (length - 12) + '" }'
    assert len(text) == length
    if fine:
        assert parse(text)
    else:
        with pytest.raises(PatternError, match="1,024"):
            parse(text)
