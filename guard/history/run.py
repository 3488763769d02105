"""Rules over events: what each matched, and how often its alarm would have mailed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from guard.history.reader import Record
from guard.pattern import Pattern, parse
from guard.rules.alarm import Metric, rings, simulate
from guard.rules.model import Rule

MINUTE = 60
WEEK = 7 * 24 * 60  # minutes


@dataclass(slots=True)
class Hits:
    """What one rule's filters counted."""

    rule: Rule
    patterns: tuple[Pattern, ...]
    events: int = 0
    minutes: Counter[int] = field(default_factory=Counter)
    principals: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None

    def add(self, record: Record, arrival: int, count: int) -> None:
        """Count an event that `count` of the filters matched, arrived in a minute."""
        self.events += 1
        self.minutes[arrival] += count
        event = record.event
        self.principals[principal(event)] += 1
        self.sources[str(event.get("sourceIPAddress", "?"))] += 1
        self.names[str(event.get("eventName", "?"))] += 1
        self.first = record.at if self.first is None else min(self.first, record.at)
        self.last = record.at if self.last is None else max(self.last, record.at)


@dataclass(frozen=True, slots=True)
class Result:
    """One rule's back-test: events matched, mails sent, mails a week over the time that the log spans."""

    rule: Rule
    events: int
    mails: int
    mails_a_week: float
    principals: Mapping[str, int]
    sources: Mapping[str, int]
    names: Mapping[str, int]
    first: datetime | None
    last: datetime | None


def run(rules: Sequence[Rule], records: Iterable[Record], delay: int = 0) -> tuple[Result, ...]:
    """Match and simulate; `delay` is CloudTrail's delivery in seconds. Busiest rules first."""
    every = [Hits(rule, tuple(parse(text) for text in rule.patterns)) for rule in rules]
    by_name, rest = _dispatch(every)
    low, high = None, None
    for record in records:
        arrival = int(record.at.timestamp() + delay) // MINUTE
        low = arrival if low is None else min(low, arrival)
        high = arrival if high is None else max(high, arrival)
        for hits in (*by_name.get(str(record.event.get("eventName")), ()), *rest):
            count = sum(pattern.matches(record.event) for pattern in hits.patterns)
            if count:
                hits.add(record, arrival, count)
    span = (low or 0, (high or 0) + 1)
    return tuple(
        sorted((_result(hits, *span) for hits in every), key=lambda one: (-one.mails, -one.events, one.rule.id))
    )


def _dispatch(every: Sequence[Hits]) -> tuple[dict[str, list[Hits]], list[Hits]]:
    """Rules by the event names that they can match; and those without a finite set."""
    by_name: dict[str, list[Hits]] = {}
    rest = []
    for hits in every:
        names = [pattern.event_names for pattern in hits.patterns]
        if None in names:
            rest.append(hits)
            continue
        for name in frozenset().union(*(one for one in names if one is not None)):
            by_name.setdefault(name, []).append(hits)
    return by_name, rest


def _result(hits: Hits, start: int, end: int) -> Result:
    """An alarm ends in OK or rings up to the last period after the last event."""
    metric = Metric.of(dict(hits.minutes), filled=True)
    changes = simulate(hits.rule.alarm, metric, start, end + hits.rule.alarm.period // MINUTE + 1, "OK")
    mails = len(rings(changes))
    weeks = max((end - start) / WEEK, 1 / 7)
    return Result(
        rule=hits.rule,
        events=hits.events,
        mails=mails,
        mails_a_week=mails / weeks,
        principals=dict(hits.principals.most_common()),
        sources=dict(hits.sources.most_common()),
        names=dict(hits.names.most_common()),
        first=hits.first,
        last=hits.last,
    )


def principal(event: Mapping[str, Any]) -> str:
    """Who acted: the ARN (of a role's session, the role's), else the service, else the kind of identity."""
    identity = event.get("userIdentity")
    if not isinstance(identity, Mapping):
        return "?"
    session = identity.get("sessionContext")
    issuer = session.get("sessionIssuer") if isinstance(session, Mapping) else None
    role = issuer.get("arn") if isinstance(issuer, Mapping) else None
    return str(role or identity.get("arn") or identity.get("invokedBy") or identity.get("type") or "?")
