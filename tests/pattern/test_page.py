"""The examples of docs/patterns.md hold."""

import re
from pathlib import Path

import pytest

from guard.pattern import PatternError, parse

PAGE = (Path(__file__).parents[2] / "docs" / "patterns.md").read_text()
BLOCKS = re.findall(r"^```pattern\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
LINE = re.compile(r"(match|no match|refused) +(.*)")


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0])
def test_an_example(block: str) -> None:
    """Each event matches, or does not, as the page says; a pattern that is refused says why."""
    pattern, *lines = block.splitlines()
    for verdict, rest in (LINE.fullmatch(line).groups() for line in lines):  # type: ignore[union-attr]
        if verdict == "refused":
            with pytest.raises(PatternError, match=rest):
                parse(pattern)
        else:
            assert parse(pattern).matches(rest) is (verdict == "match"), rest


def test_the_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """And prints what its comment says."""
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    exec(code, {})  # noqa: S102 - the page's own example
    assert capsys.readouterr().out == '$.eventName = "Stop*": false ("StartLogging")\n'
