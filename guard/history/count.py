"""Counts the hits of pages, each event once."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from guard.errors import Fault
from guard.history.compiled import Matches
from guard.history.delay import Delay
from guard.history.hits import BUFFERED, MINUTE, Hits
from guard.history.page import KEY, Hit, Page
from guard.history.tops import Tops
from guard.history.window import stretched
from guard.rules.drill import ID_BYTES

NAMED = 1000  # faults that are named; more are counted
GROUPS = 300  # sets of filters that events matched; a log of real calls knows less than a hundred
WITHIN = re.compile(r"(?::\d+|: .*|\[.*)$")  # what tells a place in a file
Rules: TypeAlias = tuple[int, ...]


@dataclass(slots=True)
class Tally:
    """What was read, and what could not be: `unread` of it, of which the first are named in `faults`."""

    files: int = 0
    skipped: int = 0
    events: int = 0
    duplicates: int = 0
    outside: int = 0
    drills: int = 0
    unread: int = 0
    faults: list[Fault] = field(default_factory=list)

    def note(self, faults: Iterable[Fault]) -> None:
        """Count faults, and name the first."""
        for one in faults:
            self.unread += 1
            if len(self.faults) < NAMED:
                self.faults.append(one)

    def merge(self, other: "Tally") -> None:
        """Count what another counted."""
        for name in ("files", "skipped", "events", "duplicates", "outside", "drills", "unread"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.faults = sorted([*self.faults, *other.faults], key=_file)[:NAMED]


def _file(fault: Fault) -> str:
    """What to sort by: those of a file come as they were read."""
    return WITHIN.sub("", fault.place)


class Count:
    """What pages held: hits by the rules that an event is one of, each as often as its filters matched, so that
    what the same rules matched is counted together. The log spans the minutes from `low` to `high`.
    """

    def __init__(self, filters: Sequence[Sequence[str]], delay: Delay | None) -> None:
        self.owners = [number for number, patterns in enumerate(filters) for _ in patterns]
        self.groups: dict[Rules, Hits] = {}
        self.known: dict[Matches, Hits] = {}
        self.delay = delay
        self.tally = Tally()
        self.names = Tops()
        self.low: int | None = None
        self.high: int | None = None

    def add(self, page: Page, keys: bytes, again: Collection[int]) -> None:
        """Count what a page holds but the events at the positions `again`, and drills."""
        names, hits, drills = page.names, page.hits, _drills(keys).difference(again)
        left = drills.union(again)
        if left:
            names = [name for position, name in enumerate(names) if position not in left]
            hits = [hit for hit in hits if hit[0] not in left]
        self.names.add(names)
        self._add(hits, keys)
        self.tally.events += len(names)
        self.tally.drills += len(drills)
        self.tally.duplicates += len(again)
        self.tally.outside += page.outside
        self.tally.note(Fault(place, what, "") for place, what in page.faults)
        self._stretch(int(one.timestamp()) // MINUTE for one in (page.low, page.high) if one is not None)

    def _add(self, hits: Sequence[Hit], keys: bytes) -> None:
        """Count events for the rules whose filters matched them."""
        times = [moment.timestamp() for _, _, moment, _ in hits]
        arrivals = times if self.delay is None else self._late(hits, times, keys, self.delay)
        known = self.known
        for (_, matches, _, said), at, arrives in zip(hits, times, arrivals, strict=True):
            group = known.get(matches)
            if group is None:
                group = known[matches] = self._group(tuple(self.owners[number] for number in matches))
            group.waiting.append((at, int(arrives) // MINUTE, said))
            if len(group.waiting) >= BUFFERED:
                group.settle()

    def _late(self, hits: Iterable[Hit], times: Iterable[float], keys: bytes, delay: Delay) -> list[float]:
        """When events arrive."""
        several = zip((hit[0] * KEY for hit in hits), times, strict=True)
        arrivals = [at + delay(keys[start : start + KEY]) for start, at in several]
        self._stretch(int(arrives) // MINUTE for arrives in arrivals)
        return arrivals

    def _group(self, rules: Rules) -> Hits:
        if len(self.known) >= GROUPS:
            self._apart()
        return self.groups.setdefault(rules, Hits())

    def _apart(self) -> None:
        """Count each rule's hits apart from the others'."""
        together, self.groups = self.settled().groups, {}
        self.known.clear()
        for rules, hits in together.items():
            for number, times in Counter(rules).items():
                self.groups.setdefault((number,) * times, Hits()).merge(hits)

    def of(self, number: int) -> list[tuple[Hits, int]]:
        """A rule's hits, each with how many of its filters matched them."""
        return [(hits, rules.count(number)) for rules, hits in self.groups.items() if number in rules]

    def _stretch(self, minutes: Iterable[int]) -> None:
        """The log spans these minutes too."""
        self.low, self.high = stretched(self.low, self.high, minutes)

    def settled(self) -> "Count":
        """Itself, with nothing waiting and the faults in order."""
        self.tally.faults.sort(key=_file)
        for hits in self.groups.values():
            hits.settle()
        return self

    def merge(self, other: "Count") -> None:
        """Count what another counted; both settled."""
        for rules, hits in other.groups.items():
            self._group(rules).merge(hits)
        self.tally.merge(other.tally)
        self.names.merge(other.names)
        self._stretch(minute for minute in (other.low, other.high) if minute is not None)


def _drills(keys: bytes) -> frozenset[int]:
    """The positions among packed keys of drills."""
    if ID_BYTES not in keys:
        return frozenset()
    return frozenset(at // KEY for at in range(0, len(keys), KEY) if keys.startswith(ID_BYTES, at))
