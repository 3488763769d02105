"""A plan, or what changed, for a terminal."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from guard.plan.changes import Change
from guard.plan.model import Plan
from guard.prices import REGION

COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
MARKS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow")}


def write(plan: Plan) -> RenderableType:
    """The whole plan."""
    return Group(
        _alarms(plan),
        "",
        _two("Resources", ((kind.rsplit(":", 1)[-1], f"{count:,}") for kind, count in plan.resources.items())),
        "",
        _two("Quotas used", ((one.name, _used(one.used, one.limit)) for one in plan.quotas)),
        "",
        _cost(plan),
        *_warnings(plan),
    )


def write_changes(plan: Plan, changes: Iterable[Change]) -> RenderableType:
    """What a change of the stack adds, changes and removes."""
    lines: list[RenderableType] = []
    for one in changes:
        mark, colour = MARKS[one.kind]
        lines.append(Text(f"{mark} {one.subject} {one.name}", style=colour))
        lines += [Text(f"    {line}") for detail in one.details for line in detail.splitlines()]
    return Group(*(lines or ["No alarm, recipient, setting or cost changes."]), *_warnings(plan))


def _alarms(plan: Plan) -> Table:
    title = f"Stack {plan.stack}{f' in {plan.region}' if plan.region else ''}: {len(plan.alarms)} alarms"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for head, whole in (("Severity", True), ("Rule", True), ("What", False), ("Rings at", False), ("Mails", False)):
        table.add_column(head, overflow="fold", no_wrap=whole)
    for alarm in plan.alarms:
        severity = Text(alarm.severity or "watchdog", style=COLOURS.get(alarm.severity, ""))
        mails = "\n".join(plan.mailed(alarm)) or "nobody"
        name = alarm.rule or alarm.name.rsplit("/", 1)[-1]
        table.add_row(severity, *map(Text, (name, alarm.title, alarm.condition, mails)))
    return table


def _two(title: str, rows: Iterable[tuple[str, str]]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, show_header=False)
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    for name, value in rows:
        table.add_row(Text(name), value)
    return table


def _used(used: int, limit: int | None) -> str:
    return f"{used:,} of {limit:,}" if limit else f"{used:,}"


def _cost(plan: Plan) -> Table:
    prices = f"list prices of {REGION}, {plan.cost.prices_of}"
    title = f"Cost a month at {plan.cost.events_per_month:,} events ({prices})"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, show_footer=True)
    table.add_column("Item", "Total", overflow="fold")
    table.add_column("Quantity", justify="right")
    table.add_column("USD", f"{plan.cost.total:,.2f}", justify="right")
    table.add_column("Without free tier", f"{plan.cost.without_free_tier:,.2f}", justify="right")
    table.add_column("", overflow="fold")
    for line in plan.cost.lines:
        amounts = f"{line.amount:,.2f}", f"{line.without_free_tier:,.2f}"
        table.add_row(line.item, f"{line.quantity:,g} {line.unit}", *amounts, line.note)
    return table


def _warnings(plan: Plan) -> list[RenderableType]:
    return ["", *(Text(f"warning: {one}", style="yellow") for one in plan.warnings)] if plan.warnings else []
