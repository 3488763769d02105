"""What can go wrong for a user, each with a place, what is wrong and what to do.

GuardError                 anything a user can mend; the command line prints it and exits 2
├── PatternError           a filter pattern that CloudWatch Logs would refuse: column and caret
└── FaultsError            every fault of an input at once
    ├── RuleError          of a pack or of own rules: `file:line:column: rule 'id'`
    └── ConfigError        of the stack's config or of a component's args: the key
"""

from collections.abc import Iterable
from dataclasses import dataclass


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
        before = self.text[: self.column - 1]
        start = before.rfind("\n") + 1
        line = self.text[start:].split("\n", 1)[0]
        caret = " " * (len(before) - start) + "^"
        summary = ": ".join(part for part in (f"column {self.column}", self.message, self.hint) if part)
        return f"{summary}\n{line}\n{caret}"


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
