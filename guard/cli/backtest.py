"""`guard backtest`: old logs: what would have rung, how often, who."""

import csv
import json
import re
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from guard.history.reader import Tally
    from guard.history.run import Result
    from guard.rules import Rule

TOP = 3
NAMED = 5
WIDTH = 140


class Moment(click.ParamType):  # type: ignore[type-arg] # generic in newer clicks alone
    """A date, a time, or so many days ago (`30d`)."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """As a time in UTC."""
        days = re.fullmatch(r"(\d{1,5})d", str(value))
        if days:
            return datetime.now(timezone.utc) - timedelta(days=int(days[1]))
        try:
            found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        except ValueError:
            self.fail(f"'{value}' is no time: write 2026-11-01, 2026-11-01T12:00:00 or 30d", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


@click.command()
@click.argument("logs", nargs=-1, required=True)
@click.option("--stack", default="dev", show_default=True, help="The stack whose rules are run.")
@click.option("--pack", "packs", multiple=True, help="Run this pack (a shipped one's name or a file) instead.")
@click.option("--all-packs", is_flag=True, help="Run every shipped pack instead.")
@click.option("--since", type=Moment(), help="From this time on: a date, a time, or 30d.")
@click.option("--until", type=Moment(), help="Up to this time.")
@click.option("--delay", type=click.IntRange(0, 3600), default=0, help="CloudTrail's delivery, in seconds.")
@click.option("--strict", is_flag=True, help="Exit 1 where something could not be read.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
def command(
    logs: tuple[str, ...],
    stack: str,
    packs: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    delay: int,
    form: str,
    *,
    all_packs: bool,
    strict: bool,
) -> None:
    r"""What the rules would have counted in old logs, how often they would have mailed, and who it was.

    LOGS are files or folders as S3 holds them, globs, or `-`: `{"Records": [...]}` or one event a line, gzipped
    or not.

    \b
    guard backtest AWSLogs/ --since 30d
    guard backtest --pack cis trail.json.gz --format csv
    """
    from guard.history.reader import Tally, Window, read
    from guard.history.run import run

    rules, tally = _rules(stack, packs, all_packs=all_packs), Tally()
    results = run(rules, read(logs, Window(since, until), tally), delay)
    WRITERS[form](results, tally)
    _tell(tally)
    sys.exit(1 if strict and tally.faults else 0)


def _rules(stack: str, packs: tuple[str, ...], *, all_packs: bool) -> "list[Rule]":
    from guard.rules import SAMPLE, fill, load, shipped
    from guard.settings import load_stack

    if packs or all_packs:
        found = [rule for name in packs or shipped() for rule in load([name]).rules]
    else:
        found = list(load_stack(Path.cwd(), stack).rules.rules)
    return [fill(rule, SAMPLE) for rule in found]


def _tell(tally: "Tally") -> None:
    """What was read, on stderr; what could not be, by name."""
    click.echo(
        f"{tally.files:,} files, {tally.events:,} events, {tally.duplicates:,} duplicates left out, "
        f"{tally.outside:,} outside the time, {tally.skipped:,} files skipped, {len(tally.faults):,} not readable",
        err=True,
    )
    for fault in tally.faults[:NAMED]:
        click.echo(f"  {fault}", err=True)
    if len(tally.faults) > NAMED:
        click.echo(f"  and {len(tally.faults) - NAMED:,} more: --format json names them all", err=True)


def _row(one: "Result") -> dict[str, Any]:
    return {
        "rule": one.rule.id,
        "severity": one.rule.severity,
        "events": one.events,
        "mails": one.mails,
        "mails_a_week": round(one.mails_a_week, 2),
        "principals": len(one.principals),
        "first": one.first.isoformat() if one.first else None,
        "last": one.last.isoformat() if one.last else None,
    }


def _json(results: "Sequence[Result]", tally: "Tally") -> None:
    rules = [
        {**_row(one), "top": {"principals": one.principals, "sources": one.sources, "names": one.names}}
        for one in results
    ]
    counts = {name: getattr(tally, name) for name in ("files", "skipped", "events", "duplicates", "outside")}
    click.echo(json.dumps({**counts, "faults": [str(one) for one in tally.faults], "rules": rules}, indent=2))


def _csv(results: "Sequence[Result]", tally: "Tally") -> None:  # noqa: ARG001 - a writer's signature
    rows = [_row(one) for one in results]
    writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else ["rule"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _text(results: "Sequence[Result]", tally: "Tally") -> None:  # noqa: ARG001
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for head, right in (("Rule", 0), ("Severity", 0), ("Events", 1), ("Mails", 1), ("A week", 1), ("Most by", 0)):
        table.add_column(head, justify="right" if right else "left", overflow="fold", no_wrap=head == "Rule")
    for one in (result for result in results if result.events):
        people = ", ".join(f"{who.split(':', 5)[-1]} ({count:,})" for who, count in [*one.principals.items()][:TOP])
        numbers = (f"{one.events:,}", f"{one.mails:,}", f"{one.mails_a_week:,.1f}")
        table.add_row(*map(Text, (one.rule.id, one.rule.severity, *numbers, people)))
    quiet = [result.rule.id for result in results if not result.events]
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    console.print(table)
    if quiet:
        console.print(Text(f"Matched nothing: {', '.join(quiet)}", style="dim"))


WRITERS = {"text": _text, "json": _json, "csv": _csv}
