"""Counts the hits of pages, each event once."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from guard.errors import Fault
from guard.history.compiled import Matches
from guard.history.delay import Delay
from guard.history.hits import MINUTE, Hits
from guard.history.scan import KEY, Hit, Page
from guard.history.tops import Tops
from guard.rules.drill import ID_BYTES

NAMED = 1000  # faults that are named; more are counted
GROUPS = 1000  # sets of patterns that events matched; a log of real calls knows some hundred


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
        self.faults = sorted([*self.faults, *other.faults])[:NAMED]


class Count:
    """What pages held, by rule, which here is the patterns of its filters. The log spans the minutes from `low` to
    `high`.
    """

    def __init__(self, filters: Sequence[Sequence[str]], delay: Delay | None) -> None:
        self.hits = [Hits() for _ in filters]
        self.owners = [number for number, patterns in enumerate(filters) for _ in patterns]
        self.groups: dict[Matches, Hits] = {}  # what the same patterns matched is counted together
        self.delay = delay
        self.tally = Tally()
        self.names = Tops()
        self.low: int | None = None
        self.high: int | None = None

    def add(self, page: Page, keys: bytes, again: Collection[int]) -> None:
        """Count what a page holds but the events at the positions `again`."""
        names = page.names
        if again:
            names = [name for position, name in enumerate(names) if position not in again]
        self.names.add(names)
        for hit in page.hits:
            if hit[0] not in again:
                self._hit(hit, keys)
        self.tally.events += len(names)
        self.tally.duplicates += len(again)
        self.tally.outside += page.outside
        self.tally.note(Fault(place, what, "") for place, what in page.faults)
        if page.times:
            self._stretch(int(one.timestamp()) // MINUTE for one in (min(page.times), max(page.times)))

    def _hit(self, hit: Hit, keys: bytes) -> None:
        """Count an event for each rule whose filters matched it."""
        position, matches, moment, said = hit
        if keys.startswith(ID_BYTES, position * KEY):
            self.tally.drills += 1
            return
        at = arrives = moment.timestamp()
        if self.delay:
            arrives += self.delay(keys[position * KEY : (position + 1) * KEY])
            self._stretch((int(arrives) // MINUTE,))
        group = self.groups.get(matches)
        if group is None:
            if len(self.groups) >= GROUPS:
                self.settled()
            group = self.groups[matches] = Hits()
        group.add(at, int(arrives) // MINUTE, said)

    def _stretch(self, minutes: Iterable[int]) -> None:
        """The log spans these minutes too."""
        known = [*minutes, *(one for one in (self.low, self.high) if one is not None)]
        if known:
            self.low, self.high = min(known), max(known)

    def settled(self) -> "Count":
        """Itself, with everything counted for the rules."""
        for matches, group in self.groups.items():
            group.settle()
            for number, times in Counter(self.owners[position] for position in matches).items():
                self.hits[number].merge(group, times)
        self.groups = {}
        return self

    def merge(self, other: "Count") -> None:
        """Count what another counted; both settled."""
        for mine, theirs in zip(self.hits, other.hits, strict=True):
            mine.merge(theirs)
        self.tally.merge(other.tally)
        self.names.merge(other.names)
        self._stretch(minute for minute in (other.low, other.high) if minute is not None)
