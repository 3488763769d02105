"""Runs rules over logs: files are scanned, several at once, and their hits are counted, each event once."""

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context

from guard.errors import Fault, FaultsError
from guard.history.delay import Delay, fixed
from guard.history.hits import MINUTE, Hits, Result, judged
from guard.history.scan import KEY, Hit, Page, Scanner
from guard.history.sources import Source, opened, sources
from guard.history.window import Window
from guard.pattern import parse
from guard.pattern.ast import And, Comparison, Node, Or
from guard.pattern.matcher import test
from guard.pattern.names import EVENT_NAME
from guard.rules.drill import ID_BYTES, is_mark
from guard.rules.model import Rule

BATCH = 2 << 20  # stored bytes that a process takes at once
SMALL = 16 << 20  # logs for which no process is started
Progress = Callable[[int, int], None]


class RunError(FaultsError):
    """A run that could not be finished."""


@dataclass(slots=True)
class Tally:
    """What was read, and what could not be."""

    files: int = 0
    skipped: int = 0
    events: int = 0
    duplicates: int = 0
    outside: int = 0
    drills: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result a rule, in the rules' order; what was read; how often names came that no rule names."""

    results: tuple[Result, ...]
    tally: Tally
    unseen: Counter[str]


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
    count = _Count(rules, delay or fixed(0))
    found = list(sources(names, window))
    kept = [one for one in found if one is not None]
    count.tally.files, count.tally.skipped = len(kept), len(found) - len(kept)
    total, done = sum(one.size for one in kept), 0
    texts = [text for rule in rules for text in rule.patterns]
    for size, pages in _scanned(kept, texts, window, jobs if total > SMALL else 1):
        for page in pages:
            count.add(page)
        done += size
        if progress:
            progress(done, total)
    return count.outcome()


class _Count:
    """Counts the pages' hits, each event once."""

    def __init__(self, rules: Sequence[Rule], delay: Delay) -> None:
        self.hits = [Hits(rule) for rule in rules]
        self.owners = [number for number, rule in enumerate(rules) for _ in rule.patterns]
        self.rules: dict[tuple[int, ...], list[tuple[int, int]]] = {}
        self.delay = delay
        self.tally = Tally()
        self.names: Counter[str] = Counter()
        self.seen: set[bytes] = set()
        self.low: int | None = None
        self.high: int | None = None

    def add(self, page: Page) -> None:
        """Count what a page holds."""
        keys = [page.keys[at : at + KEY] for at in range(0, len(page.keys), KEY)]
        again = self.repeated(keys)
        for position, code in enumerate(page.codes) if again else ():
            self.names[page.names[code]] -= position in again
        for code, count in Counter(page.codes).items():
            self.names[page.names[code]] += count
        for hit in page.hits:
            if hit.position not in again:
                self.hit(hit, keys[hit.position])
        self.tally.events += len(keys) - len(again)
        self.tally.duplicates += len(again)
        self.tally.outside += page.outside
        self.tally.faults += [Fault(place, what, "left out") for place, what in page.faults]
        for at in (page.low, page.high):
            if at is not None:
                self.stretch(int(at) // MINUTE)

    def repeated(self, keys: list[bytes]) -> set[int]:
        """The positions of events that were seen before; all are seen now."""
        fresh = set(keys)
        if len(fresh) == len(keys) and self.seen.isdisjoint(fresh):
            self.seen |= fresh
            return set()
        again = set()
        for position, key in enumerate(keys):
            if key in self.seen:
                again.add(position)
            self.seen.add(key)
        return again

    def hit(self, hit: Hit, key: bytes) -> None:
        """Count an event for each rule whose filters matched it."""
        found = hit.event
        if is_mark(found.address, found.agent) or key.startswith(ID_BYTES):
            self.tally.drills += 1
            return
        arrival = int(found.at + self.delay(key)) // MINUTE
        self.stretch(arrival)
        for number, count in self.owned(hit.matches):
            self.hits[number].add(found, arrival, count)

    def owned(self, matches: tuple[int, ...]) -> list[tuple[int, int]]:
        """Patterns' positions as rules' positions, each with how many of its patterns are there."""
        found = self.rules.get(matches)
        if found is None:
            found = self.rules[matches] = list(Counter(self.owners[number] for number in matches).items())
        return found

    def stretch(self, minute: int) -> None:
        """The log spans this minute too."""
        self.low = minute if self.low is None else min(self.low, minute)
        self.high = minute if self.high is None else max(self.high, minute)

    def outcome(self) -> Outcome:
        """All counted."""
        span = (self.low or 0, (self.high or 0) + 1)
        results = [judged(hits, *span) for hits in self.hits]
        named = [clause for hits in self.hits for text in hits.rule.patterns for clause in _named(parse(text).root)]
        unseen = {name: n for name, n in self.names.items() if n and not any(test(one)(name) for one in named)}
        return Outcome(tuple(results), self.tally, Counter(unseen))


def _named(node: Node) -> Iterator[Comparison]:
    """The clauses that name an event."""
    if isinstance(node, And | Or):
        for operand in node.operands:
            yield from _named(operand)
    elif isinstance(node, Comparison) and node.selector == EVENT_NAME and node.operator == "=":
        yield node


def _scanned(
    found: Sequence[Source], texts: Sequence[str], window: Window, jobs: int
) -> Iterator[tuple[int, Iterable[Page]]]:
    """The pages of each batch of sources, with its stored bytes."""
    if jobs == 1:
        scanner = Scanner(texts, window)
        yield from ((source.size, pages) for source, pages in _pages(scanner, found))
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), _start, (texts, window)) as pool:
        try:
            yield from _in_turn(pool, _batches(found), 3 * jobs)
        except BrokenProcessPool as error:
            raise RunError([Fault("backtest", f"a process died: {error}", "run it with --jobs 1")]) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _in_turn(
    pool: ProcessPoolExecutor, batches: Iterable[list[Source]], most: int
) -> Iterator[tuple[int, Iterable[Page]]]:
    """The batches' pages in order; so many are under way that no process waits, and no more."""
    under_way: deque[tuple[int, Future[list[Page]]]] = deque()
    for batch in batches:
        under_way.append((sum(one.size for one in batch), pool.submit(_work, batch)))
        if len(under_way) >= most:
            size, future = under_way.popleft()
            yield size, future.result()
    for size, future in under_way:
        yield size, future.result()


def _batches(found: Sequence[Source]) -> Iterator[list[Source]]:
    batch: list[Source] = []
    for one in found:
        batch.append(one)
        if sum(each.size for each in batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _pages(scanner: Scanner, found: Sequence[Source]) -> Iterator[tuple[Source, Iterable[Page]]]:
    for source, stream in opened(found):
        if isinstance(stream, Exception):
            yield source, [Page(faults=[(source.name, f"cannot be read: {stream}")])]
        else:
            yield source, scanner.pages(source.name, stream)


_scanners: list[Scanner] = []  # of a worker process: one


def _start(texts: Sequence[str], window: Window) -> None:
    _scanners.append(Scanner(texts, window))


def _work(batch: Sequence[Source]) -> list[Page]:
    return [page for _, pages in _pages(_scanners[0], batch) for page in pages]


def processors() -> int:
    """How many processes this machine runs at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
