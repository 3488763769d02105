"""What differs between two plans, in the words of the one who reads a pull request."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from guard.pattern.difference import compare
from guard.plan.model import Plan, PlannedAlarm

Kind = Literal["added", "changed", "removed"]
Subject = Literal["alarm", "recipient", "setting", "cost"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `subject` and `kind`, the thing's name, and what is said of it, a line each."""

    subject: Subject
    kind: Kind
    name: str
    details: tuple[str, ...] = ()


def changes(base: Plan, plan: Plan) -> tuple[Change, ...]:
    """From `base` to `plan`: alarms, recipients, settings, cost."""
    return (*_alarms(base, plan), *_recipients(base, plan), *_settings(base, plan), *_cost(base, plan))


def _alarms(base: Plan, plan: Plan) -> Iterable[Change]:
    old, new = ({alarm.name: alarm for alarm in one.alarms} for one in (base, plan))
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            yield Change("alarm", "added", name, (_summary(new[name]), *new[name].filters))
        elif name not in new:
            yield Change("alarm", "removed", name, (_summary(old[name]),))
        elif details := (*_fields(old[name], new[name]), *_patterns(old[name], new[name])):
            yield Change("alarm", "changed", name, details)


def _summary(alarm: PlannedAlarm) -> str:
    return ", ".join(part for part in (alarm.severity, alarm.title, alarm.condition) if part)


def _fields(old: PlannedAlarm, new: PlannedAlarm) -> Iterable[str]:
    names = [one.name for one in fields(PlannedAlarm) if one.name not in {"name", "filters", "threshold"}]
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield f"{name.replace('_', ' ')}: {_text(before)} -> {_text(after)}"


def _patterns(old: PlannedAlarm, new: PlannedAlarm) -> Iterable[str]:
    if old.filters != new.filters:
        for before, after in _pairs(old.filters, new.filters):
            yield from compare(before, after)


def _pairs(old: tuple[str, ...], new: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    longest = max(len(old), len(new))
    pad = [(*one, *[""] * (longest - len(one))) for one in (old, new)]
    return [pair for pair in zip(*pad, strict=True) if pair[0] != pair[1]]


def _recipients(base: Plan, plan: Plan) -> Iterable[Change]:
    for topic in sorted(base.topics.keys() | plan.topics.keys()):
        old, new = (Counter(one.topics.get(topic, ())) for one in (base, plan))
        for address in sorted((new - old).elements()):
            yield Change("recipient", "added", address, (f"topic {topic}",))
        for address in sorted((old - new).elements()):
            yield Change("recipient", "removed", address, (f"topic {topic}",))


def _settings(base: Plan, plan: Plan) -> Iterable[Change]:
    for name in sorted(base.settings.keys() | plan.settings.keys()):
        before, after = base.settings.get(name), plan.settings.get(name)
        if before != after:
            yield Change("setting", "changed", name, (f"{_text(before)} -> {_text(after)}",))


def _cost(base: Plan, plan: Plan) -> Iterable[Change]:
    old, new = ({line.item: line.amount for line in one.cost.lines} for one in (base, plan))
    if base.cost.total != plan.cost.total:
        lines = [
            f"{item}: ${old.get(item, 0):,.2f} -> ${new.get(item, 0):,.2f}"
            for item in sorted(old.keys() | new.keys())
            if old.get(item) != new.get(item)
        ]
        name = f"${base.cost.total:,.2f} -> ${plan.cost.total:,.2f} a month"
        yield Change("cost", "changed", name, tuple(lines))


def _text(value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(one)}" for name, one in value.items())
    return {None: "none", True: "on", False: "off", "": "none"}.get(value, str(value))
