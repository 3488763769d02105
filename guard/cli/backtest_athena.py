"""`guard backtest --athena`, `--print-sql`, `--print-ddl`: the same rules, asked of Athena."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from guard.cli import options

if TYPE_CHECKING:
    from guard.history.run import Outcome
    from guard.history.window import Window
    from guard.rules.model import Rule


def print_ddl(
    table: str, logs: Sequence[str], accounts: Sequence[str], regions: Sequence[str], since: datetime | None
) -> None:
    """The table's definition, to stdout."""
    from botocore.session import get_session

    from guard.history import athena_table

    every = regions or get_session().get_available_regions("cloudtrail")
    click.echo(athena_table.table(table, logs[0] if logs else "", accounts, every, since) + ";")


def print_sql(rules: "Sequence[Rule]", table: str, window: "Window") -> None:
    """The query, to stdout; before it, as comments, the rules that it cannot count exactly."""
    from guard.history import athena

    query = athena.query(rules, table, window)
    for rule, mark in query.marks.items():
        if mark != "exact":
            click.echo(f"-- {rule}: {mark}")
    click.echo(query.sql + ";")


def ask(rules: "Sequence[Rule]", table: str, window: "Window", workgroup: str, *, yes: bool) -> "Outcome":
    """What Athena counts, asked after a yes; what it scanned, and its price, to stderr."""
    from guard.history import athena

    query, client = athena.query(rules, table, window), athena.client()
    if not yes:
        span = f"from {window.since:%Y-%m-%d}" if window.since else "of all days (no --since)"
        note = f"Athena scans the logs of {table} {span}, at about ${athena.PRICE:g} a TB."
        click.echo(note, err=True)
        options.ask("Run it?", "--yes says that it may cost")
    answer = athena.ask(client, query.sql, workgroup, _follow)
    click.echo(f"{answer.scanned:,} bytes scanned, about ${answer.price:,.2f}", err=True)
    return athena.outcome(rules, answer, window, query.marks)


def _follow(state: str, scanned: int) -> None:
    click.echo(f"{state.lower()}: {scanned / 1e9:,.2f} GB scanned", err=True)
