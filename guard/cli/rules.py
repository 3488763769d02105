"""`guard rules`: the rules and their controls; what of a standard they cover."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import click

from guard.cli import options, tables
from guard.cli.options import STACK
from guard.errors import GuardError
from guard.rules import Rule
from guard.rules.model import RuleSet
from guard.rules.standards import STANDARDS, Control
from guard.rules.words import counted, meant, printable

NARROW = 100  # columns, below which titles and ids would be cut into single words
HEADS = ("Pack", "Rule", "Severity", "Title", "ATT&CK", "Controls")
WHOLE = {"Pack", "Rule", "Severity", "Control"}
LONG = {"prowler", "steampipe"}  # whose controls have names of a line each; JSON has them


@click.command()
@click.option("--pack", "packs", multiple=True, help="Only this pack: a shipped one's name or a file.")
@click.option("--stack", type=STACK, help="The rules that this stack deploys.")
@click.option("--standard", help="What of a standard the rules cover, and what not, such as cis-5.0.")
@click.option("--format", "form", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True)
def command(packs: tuple[str, ...], stack: str | None, standard: str | None, form: str) -> None:
    """The rules with severity and controls, or the coverage of a standard.

    Of a standard, all controls are shown: which rule has it; what of the stack meets it, or would if it were
    configured otherwise; why it is no alarm; or that it is a gap, and which shipped rule would close it.

    \b
    guard rules --pack cis
    guard rules --stack prod --standard cis-5.0
    """
    rules = options.rules(packs, stack)
    if standard is not None:
        _tell(_coverage(rules, standard, stack), standard, form)
    elif form == "json":
        _json([_record(rule) for rule in rules])
    else:
        _list(rules, form)


def _record(rule: Rule) -> dict[str, object]:
    return {
        "pack": rule.pack,
        "rule": rule.id,
        "severity": rule.severity,
        "title": rule.title,
        "attack": rule.attack,
        "controls": dict(rule.controls),
    }


def _list(rules: Sequence[Rule], form: str) -> None:
    """All rules; the controls only where there are any, and they fit."""
    count = len(HEADS) if any(rule.controls for rule in rules) else len(HEADS) - 1
    if form == "table" and options.console().width < NARROW:
        count = HEADS.index("ATT&CK")
        click.echo(f"ATT&CK and controls are shown from {NARROW} columns on, and by --format markdown", err=True)
    WRITERS[form](HEADS[:count], [_row(rule)[:count] for rule in rules])


def _row(rule: Rule) -> tuple[str, ...]:
    named = {standard: ids for standard, ids in rule.controls.items() if standard not in LONG}
    same = groupby(named.items(), key=lambda item: item[1])
    controls = "; ".join(f"{_first_to_last([name for name, _ in group])} {', '.join(ids)}" for ids, group in same)
    title = printable(" ".join(rule.title.split()))
    return rule.pack, rule.id, rule.severity, title, ", ".join(rule.attack), controls


def _first_to_last(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def _coverage(rules: Sequence[Rule], name: str, stack: str | None) -> tuple[Control, ...]:
    """Of a stack as it is configured; without one, of a stack that leaves everything as it comes."""
    from guard.settings import Settings, load_stack
    from guard.settings.lacks import lacks

    if name not in STANDARDS:
        raise GuardError(f"no standard '{name}' is known: {meant(name, sorted(STANDARDS))}")
    settings = Settings("", RuleSet((), ())) if stack is None else load_stack(Path.cwd(), stack)
    return STANDARDS[name].coverage(rules, options.rules((), None), name, lacks(settings))


def _tell(controls: Sequence[Control], name: str, form: str) -> None:
    if form == "json":
        _json([asdict(control) for control in controls])
    else:
        same = [(text, [one.id for one in group]) for text, group in groupby(controls, key=_text)]
        WRITERS[form](("Control", "By"), [(_first_to_last(ids), text) for text, ids in same])
    count = Counter(control.met for control in controls)
    alarms = count["rule"] + count["gap"]
    gaps = ", ".join(control.id for control in controls if control.met == "gap")
    option = count["option"]
    covered = f"{count['rule']} of {counted(alarms, 'alarm')} covered{f' (gaps: {gaps})' if gaps else ''}"
    click.echo(
        f"{STANDARDS[name].title}: {covered}; "
        f"{count['stack']} controls met by the stack{f', {option} not as configured' if option else ''}, "
        f"{count['elsewhere']} are no alarms",
        err=True,
    )


def _text(control: Control) -> str:
    rules = ", ".join(control.rules)
    return {
        "rule": rules,
        "gap": f"GAP: no rule here has it; {rules} would",
        "stack": f"the stack: {control.why}",
        "option": f"not as configured: {control.why}",
        "elsewhere": f"no alarm: {control.why}",
    }[control.met]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.text import Text

    table = tables.plain(*heads, whole=WHOLE)
    for row in rows:
        table.add_row(*map(Text, row))
    options.console(highlight=True).print(table)


def _json(rows: Sequence[object]) -> None:
    click.echo(json.dumps(rows, indent=2))


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    click.echo(tables.markdown(heads, rows))


WRITERS = {"table": _table, "markdown": _markdown}
