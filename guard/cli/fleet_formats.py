"""How `guard fleet` writes what it found: for a terminal, as JSON, YAML or markdown, for GitHub Actions."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from guard.cli import options, tables
from guard.cli.verify_formats import cell, checks, groups, subjects

if TYPE_CHECKING:
    from guard.account.findings import Finding
    from guard.fleet.accounts import Account
    from guard.fleet.over import Outcome
    from guard.fleet.plans import Planned
    from guard.fleet.stacks import Fleet

    Plans = Sequence[Outcome[Planned]]
    Verified = Sequence[Outcome[list[Finding]]]

FORMAT = 1
PREFIX = "account-guard-"  # before a stack's name: what alarms and filters begin with
NARROW = 100  # columns, below which the region is left out, so that no word is cut
NUMBERS = {"Wave", "Alarms", "Resources", "Mails", "USD a month", "PASS", "WARN", "FAIL"}
PLACE = ("Stack", "Account", "Region")
PLAN_HEAD = (*PLACE, "Alarms", "Resources", "Mails", "USD a month", "Failed")
VERIFY_HEAD = (*PLACE, "PASS", "WARN", "FAIL", "Failed")
Rows = Iterable[Sequence[str]]


def where(account: "Account") -> dict[str, str]:
    """The place of an account, for JSON."""
    return {"stack": account.stack, "account": account.account, "region": account.region}


# matrix


def _matrix_text(fleet: "Fleet", role: str) -> None:
    from guard.fleet.matrix import entry

    rows = [
        (str(one.wave), *entry(one, role).values(), ", ".join(sorted(one.config.plain)))
        for one in sorted(fleet.accounts, key=lambda one: one.wave)
    ]
    _print(("Wave", "Stack", "Account", "Region", "Role", "Own config"), rows)


def _matrix_json(fleet: "Fleet", role: str) -> None:
    from guard.fleet.files import config
    from guard.fleet.matrix import entry, github

    stacks = [{**entry(one, role), "wave": one.wave, "config": config(one, fleet.base)} for one in fleet.accounts]
    _json({"stacks": stacks, "matrix": github(fleet.accounts, role)})


def _matrix_yaml(fleet: "Fleet", role: str) -> None:  # noqa: ARG001 - a writer's signature
    from guard.fleet.files import config, text

    click.echo(text({f"Pulumi.{one.stack}.yaml": {"config": config(one, fleet.base)} for one in fleet.accounts}))


def _matrix_github(fleet: "Fleet", role: str) -> None:
    from guard.fleet.matrix import github

    click.echo(json.dumps(github(fleet.accounts, role), separators=(",", ":")))


# plan


def _plan_rows(found: "Plans") -> Rows:
    for one in found:
        plan = one.result
        numbers = ("", "", "", "")
        if plan:
            numbers = (f"{plan.alarms:,}", f"{plan.resources:,}", f"{plan.recipients:,}", f"{plan.cost:,.2f}")
        failed = "; ".join(plan.over) if plan else one.error
        yield (*where(one.account).values(), *numbers, failed)


def _plan_totals(found: "Plans") -> tuple[str, ...]:
    plans = [one.result for one in found if one.result]
    alarms, resources = (sum(getattr(plan, key) for plan in plans) for key in ("alarms", "resources"))
    return ("Total", "", "", f"{alarms:,}", f"{resources:,}", "", f"{sum(one.cost for one in plans):,.2f}", "")


def _plan_text(found: "Plans") -> None:
    _print(PLAN_HEAD, _marked(_plan_rows(found)), _plan_totals(found))
    _details((one.account.stack, one.result.over if one.result else one.error.splitlines()) for one in found)
    warned = Counter(warning for one in found if one.result for warning in one.result.warnings)
    for warning, count in warned.items():
        click.echo(f"warning: {warning}{f' ({count} stacks)' if count > 1 else ''}", err=True)


def _plan_json(found: "Plans") -> None:
    every = [
        {**where(one.account), "plan": asdict(one.result) if one.result else None, "error": one.error} for one in found
    ]
    _json({"format": FORMAT, "stacks": every})


def _plan_markdown(found: "Plans") -> None:
    _markdown(PLAN_HEAD, [*_plan_rows(found), _plan_totals(found)])


# verify


def _verify_rows(found: "Verified") -> Rows:
    for one in found:
        counts = Counter(each.status for each in one.result or ())
        numbers = [str(counts[status]) if one.result is not None else "" for status in ("PASS", "WARN", "FAIL")]
        yield (*where(one.account).values(), *numbers, "; ".join(_failures(one)))


def _failures(one: "Outcome[list[Finding]]") -> list[str]:
    """Why an account is not whole, a line each; findings that say the same in one."""
    if one.result is None:
        return one.error.splitlines()
    prefix = f"{PREFIX}{one.account.stack}/"
    lines = (f"{checks(group)}: {subjects(group)}: {group[0].seen}" for group in groups(one.result, "FAIL"))
    return [line.replace(prefix, "") for line in lines]


def _verify_text(found: "Verified") -> None:
    _print(VERIFY_HEAD, _marked(_verify_rows(found)))
    _details((one.account.stack, _failures(one)) for one in found)


def _verify_json(found: "Verified") -> None:
    every = [
        {
            **where(one.account),
            "findings": None if one.result is None else [asdict(each) for each in one.result],
            "error": one.error,
        }
        for one in found
    ]
    _json({"format": FORMAT, "stacks": every})


def _verify_markdown(found: "Verified") -> None:
    _markdown(VERIFY_HEAD, _verify_rows(found))


# all


def _marked(rows: Rows) -> Rows:
    """The rows of a terminal's table: what failed is told below it."""
    return ((*row[:-1], "failed" if row[-1] else "") for row in rows)


def _print(head: Sequence[str], rows: Rows, foot: Sequence[str] = ()) -> None:
    from rich.table import Table
    from rich.text import Text

    console = options.console()
    left_out = {"Region"} if console.width < NARROW else set()
    table = Table(box=None, pad_edge=False, show_footer=bool(foot))
    shown = [at for at, name in enumerate(head) if name not in left_out]
    for at in shown:
        name, place = head[at], head[at] in PLACE
        table.add_column(
            name,
            foot[at] if foot else "",
            justify="right" if name in NUMBERS else "left",
            overflow="ellipsis" if place else "fold",
            no_wrap=place,
        )
    for row in rows:
        table.add_row(*(Text(row[at], style="red" if head[at] == "Failed" else "") for at in shown))
    console.print(table)


def _details(failed: Iterable[tuple[str, Sequence[str]]]) -> None:
    """What failed, by stack; stacks that failed alike in one."""
    from rich.text import Text

    from guard.rules.words import shortened

    console = options.console()
    alike: dict[tuple[str, ...], list[str]] = {}
    for stack, lines in failed:
        alike.setdefault(tuple(lines), []).append(stack)
    alike.pop((), None)
    for lines, stacks in alike.items():
        console.print(Text(f"\n{shortened(stacks)}", style="bold red"), soft_wrap=True)
        for line in lines:
            console.print(Text(f"  {line}"), soft_wrap=True)


def _json(document: Mapping[str, Any]) -> None:
    click.echo(json.dumps(document, indent=2))


def _markdown(head: Sequence[str], rows: Rows) -> None:
    click.echo(tables.markdown(head, rows, written=cell))


Write = Callable[..., None]
MATRIX: Mapping[str, Write] = {
    "text": _matrix_text,
    "json": _matrix_json,
    "yaml": _matrix_yaml,
    "github": _matrix_github,
}
PLANS: Mapping[str, Write] = {"text": _plan_text, "json": _plan_json, "markdown": _plan_markdown}
VERIFIED: Mapping[str, Write] = {"text": _verify_text, "json": _verify_json, "markdown": _verify_markdown}
