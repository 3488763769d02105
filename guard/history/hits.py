"""What one rule counted in a log, and how often its alarm would have mailed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from itertools import pairwise
from operator import itemgetter
from typing import TypeAlias

from guard.history.event import KINDS, Event, Said, event, principal
from guard.history.tops import Talkers, Tops, busiest
from guard.history.window import stretched
from guard.rules.alarm import Metric, Windows
from guard.rules.model import Alarm, Rule

MINUTE = 60
DAY = 24 * 60  # minutes
WEEK = 7 * DAY
LISTED = 200  # events that a rule's list holds, the latest
PLAIN = Alarm()
BUFFERED = 512  # hits of a group that wait, to be counted together

Arrived: TypeAlias = tuple[float, int, Said]  # an event's time, its minute of arrival, what it says of itself
TIMED: Callable[[Arrived], float] = itemgetter(0)


@dataclass(slots=True)
class Hits:
    """What filters counted. `minutes`: of arrival, since the epoch -> matches; `talkers`: by kind of
    exclusion, the minutes of what it could name.
    """

    events: int = 0
    minutes: Counter[int] = field(default_factory=Counter)
    principals: Tops = field(default_factory=Tops)
    sources: Tops = field(default_factory=Tops)
    names: Tops = field(default_factory=Tops)
    talkers: dict[str, Talkers] = field(default_factory=lambda: {kind: Talkers() for kind in KINDS})
    latest: list[Arrived] = field(default_factory=list)
    first: float | None = None
    last: float | None = None
    waiting: list[Arrived] = field(default_factory=list)

    def settle(self) -> None:
        """Count what waits."""
        if not self.waiting:
            return
        times, arrivals, several = zip(*self.waiting, strict=True)
        self.events += len(times)
        self.minutes.update(arrivals)
        columns = [*zip(*several, strict=True)]
        self.principals.add(map(principal, several))
        self.sources.add(columns[KINDS["source_ip"]])
        self.names.add(columns[0])
        for kind, talkers in self.talkers.items():
            talkers.add(columns[KINDS[kind]], arrivals)
        self.first, self.last = stretched(self.first, self.last, times)
        self.latest = _latest([*self.latest, *self.waiting])
        self.waiting = []

    def merge(self, other: "Hits") -> None:
        """Count what another counted; both settled."""
        self.events += other.events
        self.minutes.update(other.minutes)
        self.principals.merge(other.principals)
        self.sources.merge(other.sources)
        self.names.merge(other.names)
        for kind, talkers in self.talkers.items():
            talkers.merge(other.talkers[kind])
        known = (at for at in (other.first, other.last) if at is not None)
        self.first, self.last = stretched(self.first, self.last, known)
        self.latest = _latest([*self.latest, *other.latest])


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
    groups: Sequence[tuple[Hits, int]] = ()
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

    def busiest(self, kind: str, most: int, least: float) -> Mapping[str, Mapping[int, int]]:
        """Who or what of a kind came in the most minutes, at least so many, and its matches in each."""
        return busiest([(hits.talkers[kind], times) for hits, times in self.groups], most, least)

    def events_of(self, kind: str, value: str) -> int:
        """The events of one of the busiest; fewer than its matches where several filters match an event."""
        pairs = [pair for hits, _ in self.groups for pair in hits.talkers[kind].pairs.items()]
        return sum(count for (name, _), count in pairs if name == value)


def judged(rule: Rule, groups: Sequence[tuple[Hits, int]], start: int, end: int) -> Result:
    """The result of settled hits over the minutes from `start` up to, not including, `end`. Of each group so many
    of the rule's filters matched every event, and each adds to the metric.
    """
    minutes: Counter[int] = Counter()
    tops = [Tops(), Tops(), Tops()]
    for hits, times in groups:
        for _ in range(times):
            minutes.update(hits.minutes)
        for mine, theirs in zip(tops, (hits.principals, hits.sources, hits.names), strict=True):
            mine.merge(theirs)
    principals, sources, names = (one.ranked() for one in tops)
    latest = _latest([one for hits, _ in groups for one in hits.latest])
    return Result(
        rule=rule,
        events=sum(hits.events for hits, _ in groups),
        rang=rang(rule.alarm, minutes, start, end),
        start=start,
        end=end,
        minutes=minutes,
        principals=principals,
        sources=sources,
        names=names,
        groups=groups,
        latest=sorted((event(at, said) for at, _, said in latest), reverse=True),
        first=_utc(min((hits.first for hits, _ in groups if hits.first is not None), default=None)),
        last=_utc(max((hits.last for hits, _ in groups if hits.last is not None), default=None)),
    )


def rang(alarm: Alarm, minutes: Mapping[int, int], start: int, end: int) -> tuple[int, ...]:
    """The minutes at which an alarm would have changed to ALARM. Where no event comes the metric is zero; the
    alarm is OK at first, and is watched until the last event has left its periods.
    """
    if replace(alarm, period=PLAIN.period) == PLAIN:  # one event in one period: it rings after each longer pause
        step = max(alarm.period // MINUTE, 1)
        times = sorted(minutes)
        return tuple(at + 1 for before, at in pairwise([start - step - 1, *times]) if at - before > step)
    return windows(alarm, minutes, start, end).rings(alarm)


def windows(alarm: Alarm, minutes: Mapping[int, int], start: int, end: int) -> Windows:
    """What an alarm looks at until the last event has left its periods."""
    watched = alarm.evaluation_periods * alarm.period // MINUTE
    return Windows.of(alarm, Metric.of(minutes), start, end + watched + 1)


def without(result: Result, minutes: Mapping[int, int]) -> int:
    """The mails that are left where these minutes' matches are taken away."""
    kept = dict(result.minutes)
    for minute, count in minutes.items():
        kept[minute] -= count
        if kept[minute] <= 0:
            del kept[minute]
    return len(rang(result.rule.alarm, kept, result.start, result.end))


def _latest(several: list[Arrived]) -> list[Arrived]:
    return sorted(several, key=TIMED)[-LISTED:]


def _utc(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, timezone.utc)
