"""A plan, or what changed, as GitHub markdown: for a pull request's comment or a job's summary."""

from collections.abc import Iterable

from guard.plan.changes import Change
from guard.plan.model import Plan
from guard.rules.words import counted

MARKS = {"added": "+", "removed": "-", "changed": "~"}


def write(plan: Plan) -> str:
    """The whole plan; the long tables are folded."""
    summary = (
        f"{counted(len(plan.alarms), 'alarm')}, {counted(sum(plan.resources.values()), 'resource')}, about "
        f"**${plan.cost.total:,.2f} a month** at {counted(plan.cost.events_per_month, 'event')} "
        f"(${plan.cost.without_free_tier:,.2f} without the free tier)."
    )
    return "\n".join(
        [
            f"## Account Guard plan: {_cell(plan.stack)}",
            "",
            summary,
            "",
            *_warnings(plan),
            *_table(("Severity", "Rule", "What", "Rings at", "Mails"), _alarm_rows(plan)),
            *_folded("Cost", _table(("Item", "Quantity", "A month", "Without free tier", ""), _cost_rows(plan))),
            *_folded("Quotas", _table(("Quota", "Used", "Of", "Where"), _quota_rows(plan))),
            *_folded("Resources", _table(("Type", "Count"), ((kind, str(n)) for kind, n in plan.resources.items()))),
            *_folded(
                "Settings",
                _table(("Key", "Value"), ((key, str(value)) for key, value in plan.settings.items())),
            ),
        ]
    )


def write_changes(plan: Plan, changes: Iterable[Change]) -> str:
    """What a change of the stack adds, changes and removes."""
    found = list(changes)
    lines = [f"## Account Guard plan: {_cell(plan.stack)}", ""]
    if not found:
        return "\n".join([*lines, "No alarm, recipient, setting or cost changes.", ""])
    for subject, title in (
        ("alarm", "Alarms"),
        ("recipient", "Recipients"),
        ("setting", "Settings"),
        ("cost", "Cost"),
    ):
        mine = [one for one in found if one.subject == subject]
        if mine:
            lines += [f"### {title}", "", "```diff", *_diff(mine), "```", ""]
    return "\n".join([*lines, *_warnings(plan)])


def _diff(changes: Iterable[Change]) -> Iterable[str]:
    """Lines of a diff block: the first character gives the colour; a fence in a text cannot end it."""
    for one in changes:
        yield f"{MARKS[one.kind].replace('~', '!')} {one.name}".replace("```", "'''")
        for detail in one.details:
            mark = detail[:2] if detail[:2] in {"+ ", "- "} else "  "
            for line in detail.removeprefix(mark).splitlines():
                yield f"{mark}  {line}".replace("```", "'''")


def _warnings(plan: Plan) -> list[str]:
    return [*(f"> :warning: {_cell(one)}\n>" for one in plan.warnings), ""] if plan.warnings else []


def _alarm_rows(plan: Plan) -> Iterable[tuple[str, ...]]:
    for alarm in plan.alarms:
        mails = ", ".join(plan.mailed(alarm)) or "nobody"
        yield alarm.severity or "watchdog", alarm.rule or alarm.name, alarm.title, alarm.condition, mails


def _cost_rows(plan: Plan) -> Iterable[tuple[str, ...]]:
    for line in plan.cost.lines:
        yield (
            line.item,
            f"{line.quantity:,g} {line.unit}",
            f"${line.amount:,.2f}",
            f"${line.without_free_tier:,.2f}",
            line.note,
        )


def _quota_rows(plan: Plan) -> Iterable[tuple[str, ...]]:
    for quota in plan.quotas:
        yield quota.name, f"{quota.used:,}", f"{quota.limit:,}" if quota.limit else "", quota.what


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    body = [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *body, ""]


def _folded(title: str, lines: list[str]) -> list[str]:
    return [f"<details><summary>{title}</summary>", "", *lines, "</details>", ""]


def _cell(text: str) -> str:
    """A text that cannot end its cell, begin HTML or mention a person."""
    table = {
        "|": "\\|",
        "<": "&lt;",
        ">": "&gt;",
        "\n": " ",
        "`": "\\`",
        "@": "&#64;",
        "*": "\\*",
        "_": "\\_",
        "[": "\\[",
    }
    return "".join(table.get(character, character) for character in text)
