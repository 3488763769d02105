"""Runs rules over logs: where they are found, scanned and counted, and what comes of it."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from guard.history.count import Count, Tally
from guard.history.crew import Worker, crew
from guard.history.delay import Delay
from guard.history.hits import Result, judged
from guard.history.seen import Seen
from guard.history.sources import STDIN, sources
from guard.history.tops import OTHERS
from guard.history.window import Window
from guard.pattern import parse
from guard.pattern.ast import Comparison, Text, conditions
from guard.pattern.matcher import test
from guard.pattern.names import EVENT_NAME
from guard.rules.model import Rule

SMALL = 16 << 20  # logs for which no process is started
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result a rule, in the rules' order; what was read; how often names came that no rule names. `marks`: by
    rule id, how true a count is that Athena made.
    """

    results: tuple[Result, ...]
    tally: Tally
    unseen: Counter[str]
    marks: Mapping[str, str] = field(default_factory=dict)

    @property
    def inexact(self) -> dict[str, str]:
        """The marks that a reader has to know."""
        return {rule: mark for rule, mark in self.marks.items() if mark != "exact"}

    def quiet(self, results: Iterable[Result]) -> list[str]:
        """The rules among these that matched nothing, though they were asked."""
        silent = [one.rule.id for one in results if not one.events]
        asked = self.tally.events or self.marks
        return [rule for rule in silent if asked and not self.marks.get(rule, "").startswith("impossible")]


def run(
    rules: Sequence[Rule],
    names: Sequence[str],
    window: Window | None = None,
    *,
    delay: Delay | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Outcome:
    """Back-test rules over files, folders, globs, `-` and `s3://` addresses. `progress` is told the bytes done
    and all bytes, as they are stored. Raises SourceError, S3Error and RunError.
    """
    window = window or Window()
    found = list(sources(names, window))
    kept = [one for one in found if one is not None]
    seen, worker = Seen(), Worker([rule.patterns for rule in rules], window, delay)
    count = worker.count
    count.tally.files, count.tally.skipped = len(kept), len(found) - len(kept)
    total, done = sum(one.size for one in kept), 0
    several = jobs > 1 and total > SMALL
    here = [one for one in kept if one.name == STDIN or not several]  # no other process can read standard input
    there = [one for one in kept if one.name != STDIN] if several else []
    for size in chain(worker.whole(here, seen), crew(there, seen, jobs, worker) if there else ()):
        done += size
        if progress:
            progress(done, total)
    return _outcome(rules, count.settled())


def _outcome(rules: Sequence[Rule], count: Count) -> Outcome:
    span = (count.low or 0, (count.high or 0) + 1)
    results = [judged(rule, count.of(number), *span) for number, rule in enumerate(rules)]
    asked = (one for rule in rules for text in rule.patterns for one in conditions(parse(text).root))
    named = [one for one in asked if isinstance(one, Comparison) and (one.selector, one.operator) == (EVENT_NAME, "=")]
    exact = {one.value.text for one in named if isinstance(one.value, Text) and "*" not in one.value.text}
    tests = [test(one) for one in named if not isinstance(one.value, Text) or "*" in one.value.text]
    unseen = {
        name: times
        for name, times in count.names.ranked().items()
        if times and name != OTHERS and name not in exact and not any(one(name) for one in tests)
    }
    return Outcome(tuple(results), count.tally, Counter(unseen))


def processors() -> int:
    """How many processes this machine runs at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
