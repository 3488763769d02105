"""Reads CloudTrail's log files: folder trees as S3 holds them, single files, globs, standard input.

A file is `{"Records": [...]}` or one event a line, gzipped or not, told by its content. Digests and Insights
files are skipped. An event is counted once, whichever files repeat it. What cannot be read is counted and
named, and the rest is read.
"""

import glob
import gzip
import re
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from guard.errors import Fault, FaultsError
from guard.pattern.event import decoded

GZIP = b"\x1f\x8b"
SKIPPED = re.compile(r"/CloudTrail-(?:Digest|Insight)/|_CloudTrail-(?:Digest|Insight)_")
DATED = re.compile(r"/CloudTrail/[a-z0-9-]+/(\d{4})/(\d{2})/(\d{2})/")
LATE = timedelta(days=1)  # a file's path bears the day of its delivery, not of its events


class SourceError(FaultsError):
    """A source that holds nothing to read."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` up to, not including, `until`, both in UTC; None is open."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether a time lies within."""
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)

    def may_hold(self, day: date) -> bool:
        """Whether a file delivered on a day can hold an event of the window."""
        start = datetime(day.year, day.month, day.day, tzinfo=timezone.utc)
        after = self.since is None or start + timedelta(days=1) > self.since
        return after and (self.until is None or start - LATE < self.until)


@dataclass(slots=True)
class Tally:
    """What was read, and what could not be."""

    files: int = 0
    skipped: int = 0
    events: int = 0
    duplicates: int = 0
    outside: int = 0
    faults: list[Fault] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def fault(self, place: str, what: str) -> None:
        """Note what could not be read."""
        self.faults.append(Fault(place, what, "left out"))


@dataclass(frozen=True, slots=True)
class Record:
    """An event with its time."""

    at: datetime
    event: Mapping[str, Any]


def read(sources: Sequence[str], window: Window, tally: Tally) -> Iterator[Record]:
    """Every event of the sources within the window, once. Raises SourceError for a source that is not there."""
    for name in _names(sources, window, tally):
        tally.files += 1
        for place, event in _events(name, tally):
            at = _time(place, event, tally)
            if at is not None and _first(event, tally):
                if window.holds(at):
                    tally.events += 1
                    yield Record(at, event)
                else:
                    tally.outside += 1


def _names(sources: Sequence[str], window: Window, tally: Tally) -> Iterator[str]:
    missing = [source for source in sources if source != "-" and not _expanded(source)]
    if missing:
        raise SourceError(
            Fault(one, "there is no such file or folder", "name a log file or a tree of them") for one in missing
        )
    for source in sources:
        for name in ["-"] if source == "-" else _expanded(source):
            day = DATED.search(name)
            if SKIPPED.search(name) or (day and not window.may_hold(date(*map(int, day.groups())))):
                tally.skipped += 1
            else:
                yield name


def _expanded(source: str) -> list[str]:
    path = Path(source)
    if path.is_dir():
        return sorted(str(one) for one in path.rglob("*") if one.is_file() and not one.name.startswith("."))
    return [source] if path.is_file() else sorted(glob.glob(source, recursive=True))  # noqa: PTH207 - absolute ones too


def _events(name: str, tally: Tally) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        text = (gzip.decompress(data) if data.startswith(GZIP) else data).decode()
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        tally.fault(name, f"cannot be read: {error}")
        return
    document = decoded(text)
    if document is None:
        yield from _lines(name, text, tally)
    elif isinstance(document.get("Records"), list):
        yield from _objects(name, document["Records"], tally)
    else:
        yield name, document


def _objects(name: str, records: Iterable[Any], tally: Tally) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, record in enumerate(records):
        place = f"{name}: Records[{number}]"
        if isinstance(record, Mapping):
            yield place, record
        else:
            tally.fault(place, "is no object")


def _lines(name: str, text: str, tally: Tally) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
        event = decoded(line) if line.strip() else {}
        if event is None:
            tally.fault(f"{name}:{number}", "is no JSON object")
        elif event:
            yield f"{name}:{number}", event


def _time(place: str, event: Mapping[str, Any], tally: Tally) -> datetime | None:
    text = event.get("eventTime")
    try:
        found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        tally.fault(place, "has no eventTime" if text is None else f"has the odd eventTime {text!r}")
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def _first(event: Mapping[str, Any], tally: Tally) -> bool:
    found = event.get("eventID")
    if not isinstance(found, str):
        return True
    if found in tally.seen:
        tally.duplicates += 1
        return False
    tally.seen.add(found)
    return True
