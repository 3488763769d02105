"""Counts of who and what that stay small however long the log is."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from msgspec import UNSET

from guard.history.event import UNKNOWN

OTHERS = "(others)"
MOST = 10_000  # names that are counted apart; where there are more, the rarer half counts as OTHERS
PAIRS = 10_000  # of a name and a minute; where there are more, only the busiest names are followed on
NONE: tuple[Any, ...] = (None, UNSET, True, False)  # what stands in an event where no text does
FOLLOWED = 8  # a suggestion takes half of the mails away, so that no more can matter
SAME: dict[str, str] = {}  # names by themselves
NAME: Callable[[tuple[str, int]], str] = itemgetter(0)


@dataclass(slots=True)
class Tops:
    """How often each name came; what is NONE counts as UNKNOWN."""

    counts: Counter[Any] = field(default_factory=Counter)

    def add(self, names: Iterable[Any]) -> None:
        """Count names."""
        self.counts.update(names)
        for none in NONE:
            if none in self.counts:
                self.counts[UNKNOWN] += self.counts.pop(none)
        self._shorten()

    def merge(self, other: "Tops") -> None:
        """Count what another counted."""
        self.counts.update(other.counts)
        self._shorten()

    def ranked(self) -> dict[str, int]:
        """The most frequent first, OTHERS last."""
        return dict(sorted(self.counts.items(), key=lambda item: (item[0] == OTHERS, -item[1], item[0])))

    def _shorten(self) -> None:
        if len(self.counts) > MOST:
            ranked = [*self.ranked().items()]
            kept = Counter(dict(ranked[: MOST // 2]))
            kept[OTHERS] += sum(count for _, count in ranked[MOST // 2 :])
            self.counts = kept


@dataclass(slots=True)
class Talkers:
    """In which minutes each name came, complete for each name that is there: `followed`, where not all are."""

    pairs: Counter[tuple[str, int]] = field(default_factory=Counter)
    followed: frozenset[str] | None = None

    def add(self, names: Iterable[str | None], minutes: Iterable[int]) -> None:
        """Count pairs of a name and a minute. Of equal names one is kept."""
        if len(SAME) > MOST:
            SAME.clear()
        same = SAME.setdefault
        pairs = [(same(name, name), minute) for name, minute in zip(names, minutes, strict=True) if name is not None]
        known = self.followed
        self.pairs.update(pairs if known is None else [pair for pair in pairs if pair[0] in known])
        self._shorten()

    def merge(self, other: "Talkers") -> None:
        """Count what another counted; a name that either does not follow is followed no more."""
        known = self.followed
        if other.followed is not None and known != other.followed:
            self._follow(other.followed)
        if self.followed is None or self.followed == other.followed:
            self.pairs.update(other.pairs)
        else:
            self.pairs.update({pair: count for pair, count in other.pairs.items() if pair[0] in self.followed})
        self._shorten()

    def totals(self) -> Counter[str]:
        """In how many minutes each name came."""
        return Counter(map(NAME, self.pairs))

    def _shorten(self) -> None:
        if len(self.pairs) > PAIRS and self.followed is None:
            self._follow(frozenset(name for name, _ in self.totals().most_common(FOLLOWED)))

    def _follow(self, names: frozenset[str]) -> None:
        self.followed = names if self.followed is None else self.followed & names
        kept = self.followed
        self.pairs = Counter({pair: count for pair, count in self.pairs.items() if pair[0] in kept})


def busiest(several: Sequence[tuple[Talkers, int]], most: int, least: float) -> dict[str, dict[int, int]]:
    """The names that came in the most minutes, at least so many, and how often in each: of talkers, each of which
    counts so many times. A name that any of them does not follow is left out.
    """
    totals: Counter[str] = Counter()
    for one, _ in several:
        totals.update(one.totals())
    known = [one.followed for one, _ in several if one.followed is not None]
    names = [name for name, minutes in totals.items() if minutes >= least and all(name in some for some in known)]
    ranked = sorted(names, key=lambda name: (-totals[name], name))  # the same, whoever counted first
    found: dict[str, dict[int, int]] = {name: {} for name in ranked[:most]}
    for one, times in several if found else ():
        for (name, minute), count in one.pairs.items():
            minutes = found.get(name)
            if minutes is not None:
                minutes[minute] = minutes.get(minute, 0) + times * count
    return found
