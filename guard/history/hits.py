"""What one rule counted in a log, and how often its alarm would have mailed."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from guard.history.event import KINDS, Event
from guard.rules.alarm import Metric, rings, simulate
from guard.rules.model import Alarm, Rule

MINUTE = 60
WEEK = 7 * 24 * 60  # minutes
DAY = 24 * 60
LISTED = 200  # events that a rule's list holds, the latest
TALKERS = 64  # of a kind whose minutes are kept, to see what an exclusion would do


def _zeros() -> "defaultdict[Any, int]":
    return defaultdict(int)


@dataclass(slots=True)
class Hits:
    """What one rule's filters counted. `minutes`: of arrival, since the epoch -> matches. `talkers`: (condition
    of an exclusion, its value) -> the minutes that it would take away.
    """

    rule: Rule
    events: int = 0
    minutes: defaultdict[int, int] = field(default_factory=_zeros)
    principals: defaultdict[str, int] = field(default_factory=_zeros)
    sources: defaultdict[str, int] = field(default_factory=_zeros)
    names: defaultdict[str, int] = field(default_factory=_zeros)
    talkers: dict[str, dict[str, defaultdict[int, int]]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    latest: list[Event] = field(default_factory=list)
    first: float | None = None
    last: float | None = None

    def add(self, event: Event, arrival: int, count: int) -> None:
        """Count an event that `count` of the filters matched, arrived in a minute."""
        self.events += 1
        self.minutes[arrival] += count
        self.principals[event.principal] += 1
        self.sources[event.address] += 1
        self.names[event.name] += 1
        for value, known in zip(event.conditions, self.talkers.values(), strict=True):
            if value is not None:
                minutes = known.get(value)
                if minutes is None and len(known) < TALKERS:
                    minutes = known[value] = _zeros()
                if minutes is not None:
                    minutes[arrival] += count
        self.first = event.at if self.first is None else min(self.first, event.at)
        self.last = event.at if self.last is None else max(self.last, event.at)
        self.latest.append(event)
        if len(self.latest) > 2 * LISTED:
            self.latest = sorted(self.latest)[-LISTED:]


@dataclass(frozen=True, slots=True)
class Result:
    """One rule's back-test over the minutes `start` to `end`: events matched, the minutes at whose start a mail
    went out, mails a week over the time that the log spans (a day at least).
    """

    rule: Rule
    events: int
    rang: tuple[int, ...]
    start: int
    end: int
    minutes: Mapping[int, int] = field(default_factory=dict)
    principals: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, int] = field(default_factory=dict)
    talkers: Mapping[str, Mapping[str, Mapping[int, int]]] = field(default_factory=dict)
    latest: Sequence[Event] = ()
    first: datetime | None = None
    last: datetime | None = None

    @property
    def mails(self) -> int:
        """Notifications of the alarm."""
        return len(self.rang)

    @property
    def mails_a_week(self) -> float:
        """Over the time that the log spans."""
        return self.mails / max((self.end - self.start) / WEEK, DAY / WEEK)


def judged(hits: Hits, start: int, end: int) -> Result:
    """The result over the minutes from `start` up to, not including, `end`."""
    return Result(
        rule=hits.rule,
        events=hits.events,
        rang=rang(hits.rule.alarm, hits.minutes, start, end),
        start=start,
        end=end,
        minutes=hits.minutes,
        principals=_ranked(hits.principals),
        sources=_ranked(hits.sources),
        names=_ranked(hits.names),
        talkers=hits.talkers,
        latest=tuple(sorted(hits.latest, reverse=True)[:LISTED]),
        first=_utc(hits.first),
        last=_utc(hits.last),
    )


def _ranked(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def rang(alarm: Alarm, minutes: Mapping[int, int], start: int, end: int) -> tuple[int, ...]:
    """The minutes at which an alarm would have changed to ALARM. Where no event comes the metric is zero; the
    alarm is OK at first, and is watched until the last event has left its period.
    """
    after = end + alarm.period // MINUTE + 1
    changes = simulate(alarm, Metric.of(minutes, filled=True), start, after, "OK")
    return tuple(change.minute for change in rings(changes))


def without(result: Result, minutes: Mapping[int, int], alarm: Alarm | None = None) -> int:
    """The mails that are left where these minutes' matches are taken away, or with another alarm."""
    left = Counter(result.minutes)
    left.subtract(minutes)
    kept = {minute: count for minute, count in left.items() if count > 0}
    return len(rang(alarm or result.rule.alarm, kept, result.start, result.end))


def _utc(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, timezone.utc)
