"""What several commands take, and where they write."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from guard.errors import GuardError

if TYPE_CHECKING:
    from rich.console import Console

    from guard.rules import Rule

WIDTH = 140  # of what goes to no terminal: a file, a pager
NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")


class Stack(click.ParamType):  # type: ignore[type-arg] # generic in newer clicks alone
    """A stack's name; as the engine's CLI takes it, organization and project may stand before it."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name alone."""
        found = str(value).rsplit("/", 1)[-1]
        if not NAME.fullmatch(found):
            self.fail(f"'{value}' is no stack's name: write one such as dev, or acme/account-guard/dev", param, ctx)
        return found


def console(*, width: int = 0, highlight: bool = False) -> "Console":
    """The console of stdout, as wide as its terminal; `width` columns (else WIDTH) where it is none."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else width or WIDTH, highlight=highlight)


def rules(packs: Sequence[str], stack: str | None) -> "list[Rule]":
    """The rules of packs, each by itself (all shipped ones where none is named), or those that a stack deploys."""
    from guard.rules import load, shipped
    from guard.settings import load_stack

    if stack is None:
        return [rule for name in packs or shipped() for rule in load([name]).rules]
    if packs:
        raise click.UsageError("name packs with --pack, or a stack with --stack, not both")
    return list(load_stack(Path.cwd(), stack).rules.rules)


class UnaskedError(GuardError):
    """Nobody said yes."""


def ask(question: str, without: str) -> None:
    """Ask before something is done; `without` says what answers where there is no terminal. Raises UnaskedError."""
    if not terminal():
        raise UnaskedError(f"there is no terminal to ask at: {without}")
    if not click.confirm(question, err=True):
        raise UnaskedError("nothing was done")


def terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


STACK = Stack()
events_per_month = click.option(
    "--events-per-month",
    "events",
    type=click.IntRange(min=0),
    default=1_000_000,
    show_default=True,
    help="Management events of an account in a month; the cost depends on it.",
)
