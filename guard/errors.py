"""What can go wrong for a user, each with a place, what is wrong and what to do.

GuardError                 anything a user can mend; the command line prints it and exits 2
├── PatternError           a filter pattern that CloudWatch Logs would refuse: column and caret
└── FaultsError            every fault of an input at once
    ├── RuleError          of a pack or of own rules: `file:line:column: rule 'id'`
    └── ConfigError        of the stack's config or of a component's args: the key
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

AROUND = 60  # characters of a long line that are shown on each side of a place


class GuardError(Exception):
    """A mistake in what the user gave, or a thing of theirs that is missing; its text says what to do."""


class PatternError(GuardError, ValueError):
    """A text that is no JSON filter pattern. `column` counts from 1; `hint` says what to write instead."""

    def __init__(self, message: str, text: str, column: int, hint: str = "") -> None:
        super().__init__(message, text, column, hint)
        self.message = message
        self.text = text
        self.column = column
        self.hint = hint

    def __str__(self) -> str:
        """`column N: message: hint`, then the line of the pattern that holds the column, then a caret."""
        at = self.column - 1
        start = self.text.rfind("\n", 0, at) + 1
        line = self.text[start:].split("\n", 1)[0].rstrip("\r")
        summary = ": ".join(part for part in (f"column {self.column}", self.message, self.hint) if part)
        return "\n".join((summary, *_pointed(line, at - start)))


def _pointed(line: str, at: int) -> tuple[str, str]:
    """What is shown of a line, cut where it is long, and under it a caret at a place."""
    start, end = (at - AROUND, at + AROUND) if len(line) > 2 * AROUND else (0, len(line))
    before = ("..." if start > 0 else "") + line[max(start, 0) : at]
    shown = before + line[at:end] + ("..." if end < len(line) else "")
    visible = "".join(one if one.isprintable() or one == "\t" else "\ufffd" for one in shown)
    return visible, re.sub(r"[^\t]", " ", before) + "^"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong: where (`file:line:column` or a config key), what, and what to do about it."""

    place: str
    what: str
    fix: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.what, self.fix) if part)


class FaultsError(GuardError):
    """All faults of one input."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class RuleError(FaultsError):
    """Faults of packs and own rules."""


class ConfigError(FaultsError):
    """Faults of a stack's config or of a component's args."""
