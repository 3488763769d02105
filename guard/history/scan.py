"""One log file: its events, which patterns each matches, and what could not be read.

The quick way decodes a whole block into structs. Where a record is not as they want it, the block is read
again, record by record, and what still does not fit is decoded without types.
"""

import hashlib
import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import IO, Any, NamedTuple

import msgspec

from guard.history.compiled import Compiled, Matches, RefusedError
from guard.history.content import ERRORS, Block, blocks
from guard.history.event import SELECTORS, Event, event
from guard.history.shape import TIME
from guard.history.window import Window
from guard.pattern import Pattern, parse
from guard.pattern.event import decoded
from guard.pattern.matcher import found

# Where a text holds several records: a member of the document -> the member of each that holds the event's text.
CONTAINERS = {"Records": None, "events": "message", "logEvents": "message", "Events": "CloudTrailEvent"}
KEY = 16  # bytes of an event's key
REFUSALS = (msgspec.DecodeError, RefusedError, RecursionError, ValueError)


class Hit(NamedTuple):
    """An event that patterns matched: its position among the page's events, the patterns' positions."""

    position: int
    matches: Matches
    event: Event


@dataclass(slots=True)
class Page:
    """What a part of a file held, within the window: per event KEY bytes of `keys` that tell it from others and
    the position of its name in `names`; the earliest and latest time.
    """

    size: int = 0
    keys: bytes = b""
    codes: "array[int]" = field(default_factory=lambda: array("I"))
    names: tuple[str, ...] = ()
    hits: list[Hit] = field(default_factory=list)
    outside: int = 0
    low: float | None = None
    high: float | None = None
    faults: list[tuple[str, str]] = field(default_factory=list)


def moment(text: Any) -> datetime:
    """An eventTime. Raises ValueError for an odd one."""
    if not isinstance(text, str):
        raise ValueError("no eventTime")  # noqa: TRY004 - odd like any other
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


class Scanner:
    """Patterns compiled, and a window; one a process."""

    def __init__(self, texts: Sequence[str], window: Window) -> None:
        self.window = window
        self.compile([parse(text) for text in texts])

    def compile(self, patterns: Sequence[Pattern]) -> None:
        """Scan for these patterns."""
        self.patterns = patterns
        self.compiled = Compiled(patterns, SELECTORS)
        self.texts = TIME in self.compiled.shape.fields
        record: Any = self.compiled.shape.record
        self.record = msgspec.json.Decoder(record)
        self.document: msgspec.json.Decoder[Any] = msgspec.json.Decoder(
            msgspec.defstruct("Document", [("Records", list[record])])
        )

    def pages(self, place: str, stream: IO[bytes]) -> Iterator[Page]:
        """What a file holds, a page a block; what cannot be read of it is a fault of the last page."""
        try:
            for block in blocks(stream):
                yield self.page(place, block)
        except ERRORS as error:
            yield Page(faults=[(place, f"cannot be read: {error}")])

    def page(self, place: str, block: Block) -> Page:
        """One block, the quick way where it goes."""
        try:
            found = self._quick(block)
        except REFUSALS:
            found = self._slow(place, block)
        found.size = len(block.data)
        return found

    def _quick(self, block: Block) -> Page:
        """Raises one of REFUSALS; also for a record without a time, which may be no event but hold some."""
        data = block.data
        events: list[Any] = self.document.decode(data).Records if block.is_document else self.record.decode_lines(data)
        times = [one.eventTime for one in events]
        if self.texts:
            times = [*map(moment, times)]
        page = Page()
        if times and not self.window.holds(min(times), max(times)):
            kept = [number for number, at in enumerate(times) if self.window.holds(at)]
            page.outside = len(times) - len(kept)
            events, times = [events[number] for number in kept], [times[number] for number in kept]
        names = [one.eventName for one in events]
        functions, describe = self.compiled.functions, self.compiled.describe
        matches = [functions[name](one) for name, one in zip(names, events, strict=True)]
        page.hits = [
            Hit(number, every, event(times[number].timestamp(), describe(events[number])))
            for number, every in enumerate(matches)
            if every
        ]
        return _summed(page, times, [one.eventID for one in events], names)

    def _slow(self, place: str, block: Block) -> Page:
        """Record by record; each is typed where it can be."""
        page = Page()
        times: list[datetime] = []
        ids, names = [], []
        for where, record in _records(place, block, page.faults):
            try:
                at = moment(record.get("eventTime"))
            except ValueError:
                page.faults.append((where, _odd(record)))
                continue
            if not self.window.holds(at):
                page.outside += 1
                continue
            matches = tuple(number for number, one in enumerate(self.patterns) if one.matches(record))
            if matches:
                page.hits.append(Hit(len(times), matches, event(at.timestamp(), said(record))))
            times.append(at)
            ids.append(record.get("eventID"))
            name = record.get("eventName")
            names.append(name if isinstance(name, str) else None)
        return _summed(page, times, ids, names)


def said(record: Mapping[str, Any]) -> tuple[str | None, ...]:
    """What a record says of itself, as REPORT names it; None for what is no text."""
    firsts = [next(iter(found(selector, record)), None) for selector in SELECTORS]
    return tuple(one if type(one) is str else None for one in firsts)


def _odd(record: Mapping[str, Any]) -> str:
    text = record.get("eventTime")
    return "has no eventTime" if text is None else f"has the odd eventTime {str(text)!r}"


def _summed(page: Page, times: list[datetime], ids: list[Any], names: list[Any]) -> Page:
    if times:
        page.low, page.high = min(times).timestamp(), max(times).timestamp()
    page.keys = _keys(ids)
    codes: dict[Any, int] = {}
    page.codes = array("I", [codes.setdefault(name, len(codes)) for name in names])
    page.names = tuple(name if isinstance(name, str) else "?" for name in codes)
    return page


def _keys(ids: list[Any]) -> bytes:
    """A key each, all UUIDs at once where they are such; an event without an eventID is like no other."""
    try:
        found = bytes.fromhex("".join(ids).replace("-", ""))
        if len(found) == KEY * len(ids) and set(map(len, ids)) <= {36}:
            return found
    except (TypeError, ValueError):
        pass
    return b"".join(map(_key, ids))


def _key(text: Any) -> bytes:
    if not isinstance(text, str):
        return os.urandom(KEY)
    try:
        found = bytes.fromhex(text.replace("-", "")) if len(text) == 36 else b""
    except ValueError:
        found = b""
    return found if len(found) == KEY else hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=KEY).digest()


def _records(place: str, block: Block, faults: list[tuple[str, str]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each record with its place; faults are noted."""
    try:
        text = block.data.decode()
    except UnicodeDecodeError as error:
        faults.append((place, f"cannot be read: {error}"))
        return
    document = decoded(text)
    if document is not None:
        yield from _held(place, document, faults)
        return
    for number, line in enumerate(text.split("\n"), block.line):
        document = decoded(line) if line.strip() else {}
        if document is None:
            faults.append((f"{place}:{number}", "is no JSON object"))
        elif document:
            yield from _held(f"{place}:{number}", document, faults)


def _held(
    place: str, document: Mapping[str, Any], faults: list[tuple[str, str]]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The records of a document that holds some, or the one that it is."""
    key = next((one for one in CONTAINERS if isinstance(document.get(one), list)), None)
    if key is None or "eventTime" in document:
        yield place, document
        return
    inner = CONTAINERS[key]
    for number, one in enumerate(document[key]):
        where = f"{place}: {key}[{number}]"
        record = decoded(one.get(inner, "")) if inner and isinstance(one, dict) else one
        if isinstance(record, dict):
            yield where, record
        else:
            faults.append((where, "is no object"))
