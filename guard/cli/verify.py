"""`guard verify`: the live account against the stack: findings."""

import json
import sys
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from guard.cli import live

if TYPE_CHECKING:
    from guard.account.findings import Finding

WIDTH = 140
COLOURS = {"PASS": "green", "FAIL": "bold red", "WARN": "yellow"}


@click.command()
@live.options
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
def command(stack: str, region: str, profile: str | None, form: str) -> None:
    r"""Compare the live account with what the stack deploys; reads, and never writes. Exit 1 on a FAIL.

    Looks at the trail and its deliveries, each rule's metric filters (as trees) and alarm, and at who has
    confirmed.

    \b
    guard verify --stack prod
    guard verify --stack prod --format json
    """
    from guard.account.verify import verify

    found = verify(live.account(stack, region, profile))
    WRITERS[form](found)
    counts = Counter(one.status for one in found)
    click.echo(", ".join(f"{counts[name]} {name}" for name in ("PASS", "WARN", "FAIL")), err=True)
    sys.exit(1 if counts["FAIL"] else 0)


def _text(found: "list[Finding]") -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    for one in found:
        console.print(Text.assemble((one.status, COLOURS[one.status]), f" {one.check}: {one.subject}: {one.seen}"))
        if one.fix:
            console.print(Text(f"     {one.why}; {one.fix}", style="dim"))


def _json(found: "list[Finding]") -> None:
    click.echo(json.dumps([asdict(one) for one in found], indent=2))


def _markdown(found: "list[Finding]") -> None:
    for row in (
        ("", "Check", "Of", "Seen", "Do"),
        ("---",) * 5,
        *((one.status, one.check, one.subject, one.seen, one.fix) for one in found),
    ):
        click.echo("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")


WRITERS = {"text": _text, "json": _json, "markdown": _markdown}
