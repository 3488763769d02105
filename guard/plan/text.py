"""A plan, or what changed, for a terminal."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from guard.plan.changes import Change
from guard.plan.model import Plan, PlannedAlarm
from guard.prices import REGION
from guard.rules.words import counted

COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
HEADS = ("Severity", "Rule", "What", "Rings at", "Mails")
GAP = 2  # columns between two
MARKS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow")}


def write(plan: Plan, width: int) -> RenderableType:
    """The whole plan, for a terminal of so many columns."""
    return Group(
        _alarms(plan, width),
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


def _alarms(plan: Plan, width: int) -> Table:
    """An alarm in a line; where words would be cut, its facts one below the other."""
    title = f"Stack {plan.stack}{f' in {plan.region}' if plan.region else ''}: {counted(len(plan.alarms), 'alarm')}"
    rows = [_row(plan, alarm) for alarm in plan.alarms]
    wide = _needed(rows) <= width
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, show_header=wide)
    for head in HEADS if wide else HEADS[:2]:
        table.add_column(head, overflow="fold", no_wrap=wide and head != "What")
    for severity, name, what, rings, mails in rows:
        below = f"{name}\n{what}\n{rings}, mails {', '.join(mails.splitlines())}"
        texts = (name, what, rings, mails) if wide else (below,)
        table.add_row(Text(severity, style=COLOURS.get(severity, "")), *map(Text, texts))
    return table


def _row(plan: Plan, alarm: PlannedAlarm) -> tuple[str, ...]:
    """The cells of HEADS."""
    name = alarm.rule or alarm.name.rsplit("/", 1)[-1]
    mails = "\n".join(plan.mailed(alarm)) or "nobody"
    return alarm.severity or "watchdog", name, alarm.title, alarm.condition, mails


def _needed(rows: list[tuple[str, ...]]) -> int:
    """The columns of a table in which only `What` is wrapped, and no word of it cut."""
    needed = GAP * (len(HEADS) - 1)
    for head, *cells in zip(HEADS, *rows, strict=True):
        parts = [part for cell in cells for part in (cell.split() if head == "What" else cell.splitlines())]
        needed += max(map(len, [head, *parts]))
    return needed


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
    title = f"Cost a month at {counted(plan.cost.events_per_month, 'event')} ({prices})"
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
