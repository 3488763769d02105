"""`guard rules`: the rules and their controls; what of a standard they cover."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from guard.errors import GuardError
from guard.rules import Rule, load, shipped
from guard.rules.values import meant

WIDTH = 140
Coverage = Mapping[str, Sequence[str]]


@click.command()
@click.option("--pack", "packs", multiple=True, help="Only this pack: a shipped one's name or a file.")
@click.option("--stack", help="The rules that this stack deploys.")
@click.option("--standard", help="What of a standard the rules cover, and what not, such as cis-5.0.")
@click.option("--format", "form", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True)
def command(packs: tuple[str, ...], stack: str | None, standard: str | None, form: str) -> None:
    r"""The rules with severity and controls, or the coverage of a standard.

    A standard's controls are those that any shipped rule names; a control that none of the chosen rules covers
    is a gap, and is named.

    \b
    guard rules --pack cis
    guard rules --stack prod --standard cis-5.0
    """
    rules = _rules(packs, stack)
    if standard is None:
        WRITERS[form](("Pack", "Rule", "Severity", "Title", "Controls"), [_row(rule) for rule in rules])
        return
    covered = _coverage(rules, standard)
    gaps = [control for control, ids in covered.items() if not ids]
    WRITERS[form](
        ("Control", "Rules"), [(control, ", ".join(ids) or "none: a gap") for control, ids in covered.items()]
    )
    click.echo(f"{standard}: {len(covered) - len(gaps)} of {len(covered)} controls covered", err=True)


def _rules(packs: tuple[str, ...], stack: str | None) -> list[Rule]:
    from guard.settings import load_stack

    if stack:
        return list(load_stack(Path.cwd(), stack).rules.rules)
    return [rule for name in packs or shipped() for rule in load([name]).rules]


def _row(rule: Rule) -> tuple[str, ...]:
    controls = "; ".join(f"{standard} {', '.join(ids)}" for standard, ids in rule.controls.items())
    return rule.pack, rule.id, rule.severity, rule.title, controls


def _coverage(rules: Sequence[Rule], standard: str) -> Coverage:
    every = [rule for name in shipped() for rule in load([name]).rules]
    known = {name for rule in every for name in rule.controls}
    if standard not in known:
        raise GuardError(f"no rule names the standard '{standard}': {meant(standard, sorted(known))}")
    controls = {control for rule in every for control in rule.controls.get(standard, ())}
    return {
        control: [rule.id for rule in rules if control in rule.controls.get(standard, ())]
        for control in sorted(controls, key=_order)
    }


def _order(control: str) -> tuple[tuple[int, str], ...]:
    """4.9 before 4.10."""
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in control.split("."))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold", no_wrap=head in {"Pack", "Rule", "Severity", "Control"})
    for row in rows:
        table.add_row(*map(Text, row))
    Console(width=None if sys.stdout.isatty() else WIDTH).print(table)


def _json(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    found: list[dict[str, Any]] = [dict(zip(map(str.lower, heads), row, strict=True)) for row in rows]
    click.echo(json.dumps(found, indent=2))


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for row in (heads, ["---"] * len(heads), *rows):
        click.echo("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")


WRITERS = {"table": _table, "json": _json, "markdown": _markdown}
