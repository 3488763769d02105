"""`guard drill`: sends a marked event down the wire and waits for the alarm."""

import difflib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from guard.cli import live, options, tables
from guard.errors import ConfigError, Fault

if TYPE_CHECKING:
    from guard.account.drill import Drill
    from guard.account.drill_watch import Run
    from guard.rules import RuleSet

LEGS = ("metric", "alarm", "action")


@click.command()
@click.argument("rules", nargs=-1, metavar="[RULE]...")
@click.option("--all", "every", is_flag=True, help="Every rule of the stack.")
@live.options
@click.option("--fast", is_flag=True, help="Set the alarm's state by hand: tries the alarm's actions alone.")
@click.option("--dry-run", is_flag=True, help="Print the records, and send nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask before people are mailed.")
@click.option(
    "--timeout", type=click.IntRange(1, 7200), default=600, show_default=True, help="Seconds to wait for the alarms."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    rules: tuple[str, ...],
    *,
    every: bool,
    fast: bool,
    dry_run: bool,
    yes: bool,
    timeout: int,
    form: str,
    **place: Any,
) -> None:
    """Prove the wire end to end: a marked record rings the rule's alarm, and its action runs. Mails people.

    Tells the alarm's topic that a drill begins, puts a record made from the rule's example into the log group
    (source address 192.0.2.1, user agent guard-drill), and waits for metric, alarm and action. The record stays.
    Exit 1 where one of them did not come.

    \b
    guard drill root-usage --stack prod
    guard drill root-usage --dry-run
    guard drill --all --fast --yes
    """
    from guard.account.drill import DrillError, prepare, silent
    from guard.account.drill_run import hold

    if bool(rules) == every:
        both = ", not both" if every else ""
        raise click.UsageError(f"name rules (guard rules --stack NAME lists them), or --all{both}")
    if fast and dry_run:
        raise click.UsageError("--fast puts no record that --dry-run could print")
    account = live.account(**place)
    drills, faults = prepare(account, _chosen(account.settings.rules, rules), fast=fast)
    if not drills:
        raise DrillError(faults)
    for fault in faults:
        click.echo(f"not drilled: {fault}", err=True)
    if dry_run:
        for text in (text for one in drills for text in one.records):
            click.echo(json.dumps(json.loads(text), indent=2))
        sys.exit(1 if faults else 0)
    if silent(account) and not fast:
        click.echo(
            "The log is silent, and the record will quiet the heartbeat for some hours: mend that first.", err=True
        )
    _ask(drills, yes=yes)
    with _progress(timeout) as told:
        runs = hold(account, drills, timeout=timeout, told=told)
    WRITERS[form](runs, faults)
    sys.exit(0 if all(run.proven for run in runs) and not faults else 1)


def _chosen(rules: "RuleSet", named: Sequence[str]) -> list[str]:
    """The rules' ids; all where none is named. Raises ConfigError for those that the stack has not."""
    known = [rule.id for rule in rules.rules]
    faults = []
    for one in (one for one in named if one not in known):
        if one in rules.covered:
            faults.append(Fault(one, f"gave its place to {rules.covered[one]}", "drill that rule"))
        elif one in rules.disabled:
            faults.append(Fault(one, "is disabled in this stack", "drill another rule"))
        else:
            near = difflib.get_close_matches(one, known, n=1)
            fix = f"did you mean {near[0]}?" if near else f"the stack's rules are {', '.join(known)}"
            faults.append(Fault(one, "no such rule in this stack", fix))
    if not known:
        faults.append(Fault("packs", "the stack has no rules to drill", "enable a pack"))
    if faults:
        raise ConfigError(faults)
    return list(dict.fromkeys(named)) or known


def _ask(drills: "Sequence[Drill]", *, yes: bool) -> None:
    """Say who will be mailed, and ask. Raises options.UnaskedError."""
    topics = sorted({topic.rsplit(":", 1)[-1] for one in drills for topic in one.topics})
    others = sorted({action for one in drills for action in one.actions if action.split(":")[2] != "sns"})
    echoes = sorted({name for one in drills for name in one.echoes} - {one.alarm for one in drills})
    rings = f"{len(drills)} alarms ring" if len(drills) > 1 else f"{drills[0].alarm} rings"
    click.echo(f"This mails everybody on {', '.join(topics)}: a drill begins, then {rings}.", err=True)
    if echoes:
        click.echo(f"The records ring {', '.join(echoes)} too.", err=True)
    if others:
        click.echo(f"It also calls {', '.join(others)}.", err=True)
    if not yes:
        options.ask("Go on?", "--yes says that people may be mailed")


@contextmanager
def _progress(timeout: int) -> "Iterator[Callable[[Sequence[Run]], None]]":
    """A line on stderr: what has come of how many, written anew on a terminal, else where it changes."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    said = ""

    def plain(runs: "Sequence[Run]") -> None:
        nonlocal said
        if _line(runs) != said:
            said = _line(runs)
            click.echo(said, err=True)

    if not console.is_terminal or console.no_color:
        yield plain
        return
    with console.status(f"waiting, up to {timeout} s") as shown:
        yield lambda runs: shown.update(f"{_line(runs)} (up to {timeout} s)")


def _line(runs: "Sequence[Run]") -> str:
    """How far the drills are."""
    if len(runs) == 1:
        return ", ".join(f"{leg} {_seconds(runs[0], leg, 'not yet')}" for leg in runs[0].wanted)
    came = ", ".join(f"{sum(leg in run.legs for run in runs)} {leg}" for leg in runs[0].wanted)
    return f"{sum(run.began is not None for run in runs)} of {len(runs)} begun; came: {came}"


def _seconds(run: "Run", leg: str, otherwise: str) -> str:
    return f"{run.legs[leg]:.0f} s" if leg in run.legs else otherwise


def _text(runs: "Sequence[Run]", faults: Sequence[Fault]) -> None:  # noqa: ARG001 - stderr has named them
    from rich.text import Text

    table = tables.plain("Rule", "Metric", "Alarm", "Action", "Ran")
    for run in runs:
        style = "green" if run.proven else "bold red"
        legs = [_seconds(run, leg, "never" if leg in run.wanted else "-") for leg in LEGS]
        ran = ", ".join(sorted(arn.rsplit(":", 1)[-1] for arn in run.ran))
        table.add_row(Text(run.drill.rule, style=style), *map(Text, (*legs, ran)))
    console = options.console()
    console.print(table)
    for run in runs:
        for wrong in run.wrong:
            console.print(Text(f"{run.drill.rule}: {wrong}", style="red"))
        if run.drill.left_off:
            console.print(Text(f"{run.drill.rule}: its record has no {', '.join(run.drill.left_off)}", style="dim"))
    if any(run.ran for run in runs):
        console.print("Who is confirmed gets the mails (guard confirm --status); that they came, your mailbox says.")


def _json(runs: "Sequence[Run]", faults: Sequence[Fault]) -> None:
    drills = [
        {
            "rule": run.drill.rule,
            "alarm": run.drill.alarm,
            "proven": run.proven,
            "seconds": {leg: run.legs.get(leg) for leg in run.wanted},
            "ran": sorted(run.ran),
            "wrong": run.wrong,
            "records": len(run.drill.records),
            "echoes": run.drill.echoes,
            "left_off": run.drill.left_off,
        }
        for run in runs
    ]
    click.echo(json.dumps({"drills": drills, "refused": [asdict(one) for one in faults]}, indent=2))


WRITERS = {"text": _text, "json": _json}
