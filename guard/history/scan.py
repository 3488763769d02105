"""One log file: its events, which patterns each matches, and what could not be read.

The quick way decodes parts of a block into structs. Where a record is not as they want it, its part is decoded
without types; where a part is no JSON, what can be read of the rest of the block is.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import IO, Any, TypeAlias

import msgspec

from guard.history import records
from guard.history.compiled import Compiled, Matches
from guard.history.content import DOCUMENT, ERRORS, RECORD, Block, blocks, documents
from guard.history.event import SELECTORS, Said
from guard.history.late import RefusedError
from guard.history.shape import TIME
from guard.history.window import Window
from guard.pattern import Pattern, parse
from guard.pattern.ast import Selector
from guard.pattern.event import DECODER
from guard.pattern.matcher import found

KEY = 16  # bytes of an event's key
PART = 64 << 10  # bytes decoded at once: what comes of them stays in the processor's cache
# An event that patterns matched: its position among the page's events, the patterns' positions, its time, and
# what it says of itself.
Hit: TypeAlias = tuple[int, Matches, datetime, Said]
UNCLOSED = b",]"  # no JSON: a document that ends early is not read the quick way to its end
REFUSALS = (msgspec.DecodeError, RefusedError, RecursionError, ValueError)


@dataclass(slots=True)
class Page:
    """What a part of a file held, within the window: per event its time, id and name; what patterns matched;
    what could not be read, with its place.
    """

    times: list[datetime] = field(default_factory=list)
    ids: list[Any] = field(default_factory=list)
    names: list[Any] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    outside: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)

    @property
    def held(self) -> int:
        """The events and faults of it, and those outside the window."""
        return len(self.times) + self.outside + len(self.faults)

    def keys(self) -> bytes:
        """KEY bytes an event that tell it from others; one without an eventID is like no other."""
        try:
            packed = bytes.fromhex("".join(self.ids).replace("-", ""))
            if len(packed) == KEY * len(self.ids) and set(map(len, self.ids)) <= {36}:
                return packed
        except (TypeError, ValueError):
            pass
        return b"".join(map(_key, self.ids))


def _key(text: Any) -> bytes:
    if not isinstance(text, str):
        return os.urandom(KEY)
    try:
        packed = bytes.fromhex(text.replace("-", "")) if len(text) == 36 else b""
    except ValueError:
        packed = b""
    if len(packed) == KEY:
        return packed
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY).digest()


def moment(text: Any) -> datetime:
    """An eventTime. Raises ValueError for an odd one."""
    try:
        at: datetime = msgspec.convert(text if isinstance(text, str) else None, datetime)
    except msgspec.ValidationError:
        raise ValueError(f"{text!r} is no time") from None
    return at if at.tzinfo else at.replace(tzinfo=timezone.utc)


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
        self.record: msgspec.json.Decoder[Any] = msgspec.json.Decoder(record)
        self.records: msgspec.json.Decoder[Any] = msgspec.json.Decoder(list[record])

    def pages(self, place: str, stream: IO[bytes]) -> Iterator[Page]:
        """What a file holds, a page a block; what cannot be read of it is a fault of the last page."""
        try:
            for block in blocks(stream):
                yield self.page(place, block)
        except ERRORS as error:
            yield Page(faults=[(place, f"cannot be read to its end: {error}: what came before is counted")])

    def page(self, place: str, block: Block) -> Page:
        """One block."""
        page = Page()
        if block.is_document:
            self._document(page, place, block)
        else:
            self._lines(page, place, block)
        return page

    def _document(self, page: Page, file: str, block: Block) -> None:
        place, held = f"{file}: document {block.number}" if block.number > 1 else file, page.held
        for at, part in _parts(block.data):
            number = page.held - held
            try:
                self.quick(page, part, self.records.decode(part))
            except REFUSALS:
                values = _values(part)
                if values is None:
                    this, *others = documents(block)
                    self._slow(page, records.rest(place, this, at, number))
                    for other in others:
                        self._document(page, file, other)
                    break
                for index, one in enumerate(values, number):
                    self._slow(page, records.held(f"{place}: Records[{index}]", one))

    def _lines(self, page: Page, place: str, block: Block) -> None:
        number = block.number
        for part in _lined(block.data):
            try:
                self.quick(page, part, self.record.decode_lines(part))
            except REFUSALS:
                self._slow(page, records.lines(place, part, number))
            number += part.count(b"\n")

    def quick(self, page: Page, text: bytes, events: list[Any]) -> None:
        """Adds decoded events to a page. Raises one of REFUSALS, and adds none then; also for a record without a
        time, which may be no event but hold some, and for bytes that are no UTF-8, which the decoder skips.
        """
        if not text.isascii():
            text.decode()
        times = [one.eventTime for one in events]
        if self.texts:
            times = [*map(moment, times)]
        outside = 0
        if times and not self.window.holds(min(times), max(times)):
            kept = [number for number, at in enumerate(times) if self.window.holds(at)]
            outside = len(times) - len(kept)
            events, times = [events[number] for number in kept], [times[number] for number in kept]
        names = [one.eventName for one in events]
        start, describe = len(page.times), self.compiled.describe
        hits = [
            (start + number, matches, times[number], describe(events[number]))
            for number, matches in self.compiled.hits(events)
        ]
        page.ids += [one.eventID for one in events]
        page.times += times
        page.names += names
        page.hits += hits
        page.outside += outside

    def _slow(self, page: Page, several: Iterable[records.Found]) -> None:
        """Adds records to a page without types."""
        for place, record in several:
            if isinstance(record, str):
                page.faults.append((place, record))
                continue
            try:
                at = moment(record.get("eventTime"))
            except ValueError:
                page.faults.append((place, _odd(record)))
                continue
            if self.window.holds(at):
                self._one(page, at, record)
            else:
                page.outside += 1

    def _one(self, page: Page, at: datetime, record: Mapping[str, Any]) -> None:
        matches = tuple(number for number, one in enumerate(self.patterns) if one.matches(record))
        if matches:
            page.hits.append((len(page.times), matches, at, said(record)))
        page.times.append(at)
        page.ids.append(record.get("eventID"))
        name = record.get("eventName")
        page.names.append(name if isinstance(name, str) else None)


def said(record: Mapping[str, Any]) -> Said:
    """What a record says of itself, in the order of SELECTORS; None for what is no text."""
    return tuple(_first(selectors, record) for selectors in SELECTORS)


def _first(selectors: Sequence[Selector], record: Mapping[str, Any]) -> str | None:
    texts = (one for selector in selectors for one in found(selector, record)[:1] if type(one) is str and one)
    return next(texts, None)


def _values(text: bytes) -> list[Any] | None:
    """An array's values; None for what is no JSON."""
    try:
        found: list[Any] = DECODER.decode(text.decode())
    except (ValueError, RecursionError):
        return None
    return found


def _odd(record: Mapping[str, Any]) -> str:
    text = record.get("eventTime")
    return f"has {'no eventTime' if text is None else f'the odd eventTime {records.shown(text)}'}: left out"


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """A document's records as JSON arrays of about PART bytes, each with where it starts.

    They are cut where the text of a record's start stands. Should that stand within a record, the array does
    not close, and is no JSON.
    """
    head = DOCUMENT.match(data)
    at, end = head.end() if head else 0, _end(data)
    view = memoryview(data)
    while (cut := data.find(RECORD, at + PART, end)) >= 0:
        yield at, b"".join((b"[", view[at:cut], b"]"))
        at = cut + 1
    yield at, b"".join((b"[", view[at:end], b"]" if end < len(data) else UNCLOSED))


def _end(data: bytes) -> int:
    """Where a document's records end; its own where it ends early."""
    tail = data.rstrip()
    inner = tail[:-1].rstrip() if tail.endswith(b"}") else b""
    return len(inner) - 1 if inner.endswith(b"]") else len(data)


def _lined(data: bytes) -> Iterator[bytes]:
    """Lines, of about PART bytes together, cut where the next begins with an object."""
    at = 0
    while (cut := data.find(b"\n{", at + PART)) >= 0:
        yield data[at : cut + 1]
        at = cut + 1
    yield data[at:]
