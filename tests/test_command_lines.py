"""Every `guard ...` line of the docs, the workflows and the hooks is one that the command takes."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from guard.cli import COMMANDS, cli
from tests.pages import PAGES, ROOT, fenced

SOURCES = [*PAGES, *sorted((ROOT / ".github/workflows").glob("*.yml")), ROOT / ".pre-commit-hooks.yaml"]
WORDS = "|".join(COMMANDS)
LINE = re.compile(rf"(?:python -m |(?:^|[\s(])(?:\S+/bin/)?)guard ((?:{WORDS})\b[^\n`]*)", re.MULTILINE)
INLINE = re.compile(r"`guard ([^`\n]+)`")
END = re.compile(r"\s(?:[|&;#<>]|\d?>|>>).*|\)\"?$|\s\\$")
SHOWN = re.compile(r"\.\.\.|[<>|…]|\[|^-h$")  # a form, not a line


def lines(path: Path) -> Iterator[str]:
    """The lines of a file that call guard, without the word itself."""
    text = path.read_text()
    if path.suffix == ".md":
        text = re.sub(r"<!-- generated.*?<!-- end -->", "", text, flags=re.DOTALL)
        blocks = "\n".join(fenced(path, "console", "bash", "sh"))
        prose = re.sub(r"^[ ]*```.*?^[ ]*```", "", text, flags=re.DOTALL | re.MULTILINE)
        yield from (found for found in INLINE.findall(prose) if not SHOWN.search(found))
        text = blocks
    for found in LINE.findall(text.replace("\\\n", " ")):
        yield END.sub("", found).strip()


CASES = sorted({(str(path.relative_to(ROOT)), line) for path in SOURCES for line in lines(path)})


def test_there_are_lines() -> None:
    """The workflows' lines and the docs' are found."""
    places = {place for place, _ in CASES}

    assert {"README.md", "docs/plan.md", ".github/workflows/preview.yml", ".pre-commit-hooks.yaml"} <= places
    assert len(CASES) > 40


@pytest.mark.parametrize(("place", "line"), CASES, ids=[f"{place}: {line}" for place, line in CASES])
def test_the_command_takes_the_line(place: str, line: str) -> None:
    """The command is there, has every flag, and takes the words of those that have a choice."""
    words = shlex.split(line, comments=True)
    command: click.Command | None = cli
    context = click.Context(cli)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words.pop(0))
        assert found, f"{place}: there is no command `guard {line}`"
        command, context = found, click.Context(found, parent=context)
    assert command

    valued = {flag for one in command.params if isinstance(one, click.Option) and not one.is_flag for flag in one.opts}
    words += ["$VALUE"] if words and words[-1] in valued else []  # prose names a flag alone
    given, _, _ = command.make_parser(context).parse_args(words)

    choices = {one.name: one.type for one in command.params if isinstance(one.type, click.Choice)}
    for name, choice in choices.items():
        for value in given[name] if isinstance(given.get(name), list) else [given.get(name)]:
            assert value is None or str(value).startswith("$") or value in choice.choices, f"{place}: {line}"
