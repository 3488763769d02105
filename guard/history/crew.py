"""Several processes that scan batches of files, and each count what only they saw.

A process says what events a batch held, is told which of them were seen before, and counts the others; so each
event counts once, and hits never leave the process that found them but as counts.
"""

import gc
import signal
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from guard.errors import Fault, FaultsError
from guard.history import s3
from guard.history.count import Count
from guard.history.delay import Delay
from guard.history.page import Page
from guard.history.scan import Scanner
from guard.history.seen import Seen
from guard.history.sources import Source, opened
from guard.history.window import Window

BATCH = 2 << 20  # stored bytes that a process takes at once
SHARES = 10  # batches of a process, at least
REMOTE = 16 << 20  # of S3: the wait for the first object is paid once a batch
THREADS = Path("/proc/self/task")  # of this process, on Linux
MADE = 500_000  # objects until the garbage collector looks
FILES = 200  # of a batch: their names fit the pipe while its other end is busy


class RunError(FaultsError):
    """A run that could not be finished."""


class Worker:
    """Scans and counts; in the process that made it, or at the other end of a pipe."""

    def __init__(self, filters: Sequence[Sequence[str]], window: Window, delay: Delay | None) -> None:
        self.needs = filters, window, delay
        self.scanner = Scanner([text for patterns in filters for text in patterns], window)
        self.count = Count(filters, delay)

    def whole(self, batch: Sequence[Source], seen: Seen) -> Iterator[int]:
        """Scan and count files one by one, page by page; yields the stored bytes of each."""
        for size, pages in self._scanned(batch):
            for page in pages:
                keys = page.keys
                self.count.add(page, keys, seen.again(keys))
            yield size

    def serve(self, pipe: Connection) -> None:
        """Scan the batches that come, and count what is said to be new; at the end give the counts."""
        for batch in iter(pipe.recv, None):
            pages = [(page, page.keys) for _, several in self._scanned(batch) for page in several]
            pipe.send([keys for _, keys in pages])
            again: list[Collection[int]] = pipe.recv()
            for (page, keys), repeated in zip(pages, again, strict=True):
                self.count.add(page, keys, repeated)
        pipe.send(self.count.settled())

    def _scanned(self, batch: Sequence[Source]) -> Iterator[tuple[int, Iterable[Page]]]:
        for source, stream in opened(batch):
            if isinstance(stream, Exception):
                yield source.size, [Page(faults=[(source.name, f"cannot be read: {stream}")])]
            else:
                yield source.size, self.scanner.pages(source.name, stream)


def crew(found: Sequence[Source], seen: Seen, jobs: int, lead: Worker) -> Iterator[int]:
    """Yields the stored bytes of each batch when it is counted; at the end `lead` has all counts. Raises RunError
    where a process dies.
    """
    hands = [_hand(lead) for _ in range(jobs)]
    try:
        yield from _led([pipe for pipe, _ in hands], _batches(found, jobs), seen, lead.count.settled())
    except (EOFError, OSError) as error:
        fix = "if memory was short, run it with --jobs 1"
        raise RunError([Fault("backtest", f"one of its processes died: {error!r}", fix)]) from None
    finally:
        for pipe, process in hands:
            pipe.close()
            process.terminate()
            process.join()


def _led(pipes: Sequence[Connection], batches: Iterator[list[Source]], seen: Seen, count: Count) -> Iterator[int]:
    under_way: dict[Connection, list[Source] | None] = {}
    idle = [*pipes]
    while idle or under_way:
        for pipe in idle:
            under_way[pipe] = next(batches, None)
            pipe.send(under_way[pipe])
        idle = []
        for ready in wait([*under_way]):
            pipe = next(one for one in under_way if one is ready)
            said: Any = pipe.recv()
            batch = under_way.pop(pipe)
            if batch is None:
                count.merge(said)
            else:
                pipe.send([seen.again(keys) for keys in said])
                idle.append(pipe)
                yield sum(one.size for one in batch)


def _hand(lead: Worker) -> tuple[Connection, BaseProcess]:
    alone = THREADS.is_dir() and len([*THREADS.iterdir()]) == 1
    context: Any = get_context("fork" if alone else "spawn")  # a copy of a process with threads can stand still
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(there, *lead.needs), daemon=True)
    process.start()
    there.close()
    return here, process


def _work(pipe: Connection, filters: Sequence[Sequence[str]], window: Window, delay: Delay | None) -> None:
    collect_rarely()
    s3.client.cache_clear()  # its connections are the leading process's
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that leads hears it, and ends this one
    with suppress(EOFError, BrokenPipeError):
        Worker(filters, window, delay).serve(pipe)


def collect_rarely() -> None:
    """For a process that has this one thing to do: only boto3 makes cycles here, and looking for them costs."""
    gc.freeze()
    gc.set_threshold(MADE)


def _batches(found: Sequence[Source], jobs: int) -> Iterator[list[Source]]:
    """Small ones of a small log, so that all processes are done at about the same time."""
    most = min(BATCH, sum(one.size for one in found) // (SHARES * jobs))
    batch: list[Source] = []
    size = 0
    for one in found:
        batch.append(one)
        size += one.size
        if size >= (REMOTE if s3.is_url(one.name) else most) or len(batch) >= FILES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
