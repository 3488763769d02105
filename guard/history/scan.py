"""One log file: its events, which patterns each matches, and what could not be read.

The quick way decodes arrays of records into structs. A file as CloudTrail writes it is decoded as it is unpacked;
any other is cut into blocks. Where a record of these is not as the structs want it, those of its array are read one by
one, what wraps an event is taken off, and what no struct holds is decoded without types; where an array is no JSON,
what can be read of the rest of the block is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from itertools import compress
from typing import IO, Any

import msgspec

from guard.history import records
from guard.history.compiled import MOST_NAMES, Compiled
from guard.history.content import Block, ForeignError, arrays, blocks, documents, lined, sound
from guard.history.event import SELECTORS, Said
from guard.history.late import RefusedError
from guard.history.packed import CHUNK, ERRORS, GZIP
from guard.history.page import Page
from guard.history.shape import TIME
from guard.history.window import Window
from guard.pattern import Pattern, parse
from guard.pattern.ast import Selector
from guard.pattern.matcher import found

REFUSALS = (msgspec.DecodeError, RefusedError, RecursionError, ValueError)
RAWS = msgspec.json.Decoder(list[msgspec.Raw])
RAW = msgspec.json.Decoder(msgspec.Raw)
UNSOUND: tuple[type[Exception], ...] = (*ERRORS, *REFUSALS)


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
        self.names: dict[Any, Any] = {}
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
            first = stream.read(CHUNK)
            whole = self._sound(first) if first.startswith(GZIP) and len(first) < CHUNK else None
            if whole is not None:
                yield whole
            else:
                yield from (self.page(place, block) for block in blocks(stream, first))
        except ForeignError as error:
            yield Page(faults=[(place, f"is {error}: left out; give JSON in UTF-8, gzipped or not")])
        except ERRORS as error:
            yield Page(faults=[(place, f"cannot be read to its end: {error}: what came before is counted")])

    def _sound(self, data: bytes) -> Page | None:
        """The page of a file as CloudTrail writes it; None for one that must be looked at more closely."""
        page = Page()
        try:
            for array in sound(data):
                self.quick(page, array, self.records.decode(array))
        except UNSOUND:
            return None
        return page

    def page(self, place: str, block: Block) -> Page:
        """One block."""
        page = Page()
        self._block(page, place, block)
        return page

    def _block(self, page: Page, place: str, block: Block) -> None:
        if block.holder is None:
            self._lines(page, place, block)
        else:
            self._document(page, place, block)

    def _document(self, page: Page, file: str, block: Block) -> None:
        place, number = f"{file}: document {block.number}" if block.number > 1 else file, block.first
        for at, part in arrays(block.data):
            quick = self._array(page, part)
            values = _values(part) if quick is None else []
            if values is None:
                self._rest(page, file, place, block, at, number)
                break
            several = enumerate(values, number)
            self._slow(page, ((records.element(place, block.holder, index), one) for index, one in several))
            number += quick or len(values)

    def _array(self, page: Page, part: bytes) -> int | None:
        """How many records an array holds, all added to the page; None where it is not read the quick way."""
        try:
            events = self.records.decode(part)
            self.quick(page, part, events)
        except REFUSALS:
            return None
        return len(events)

    def _rest(self, page: Page, file: str, place: str, block: Block, at: int, number: int) -> None:
        """What is left of a block: in one array, should one have been cut within a record, else as far as it goes."""
        _, whole = next(arrays(block.data, at, len(block.data)))
        if self._array(page, whole) is None:
            this, *others = documents(block)
            self._slow(page, records.rest(place, this, at, number))
            for other in others:
                self._block(page, file, other)

    def _lines(self, page: Page, place: str, block: Block) -> None:
        number = block.number
        for part in lined(block.data):
            try:
                self.quick(page, part, self.record.decode_lines(part))
            except REFUSALS:
                self._each(page, place, part, number)
            number += part.count(b"\n")

    def _each(self, page: Page, place: str, part: bytes, number: int) -> None:
        """Lines one by one, up to one that is no JSON: from there on, a value may take several."""
        lines = part.split(b"\n")
        for index, line in enumerate(lines):
            if not line.strip() or self._message(page, line):
                continue
            whole = _is_json(line)
            text = line if whole else b"\n".join(lines[index:])
            self._slow(page, records.lines(place, text, number + index))
            if not whole:
                break

    def quick(self, page: Page, text: bytes, events: Sequence[Any]) -> None:
        """Adds decoded events to a page. Raises one of REFUSALS, and adds none then; also for a record without a
        time, which may be no event but hold some, and for bytes that are no UTF-8, which the decoder skips.
        """
        if not text.isascii():
            text.decode()
        times: Sequence[Any] = [one.eventTime for one in events]
        if self.texts:
            times = [*map(moment, times)]
        names: Sequence[Any] = [one.eventName for one in events]
        ids: Sequence[Any] = [one.eventID for one in events]
        outside = 0
        if times and not self.window.holds(min(times), max(times)):
            within = [self.window.holds(at) for at in times]
            outside = within.count(False)
            events, times, names, ids = (tuple(compress(one, within)) for one in (events, times, names, ids))
        hits = self.compiled.hits(events, names)
        start, describe = len(page.names), self.compiled.describe
        found = [(start + number, matches, times[number], describe(events[number])) for number, matches in hits]
        page.outside += outside
        page.hits += found
        page.add(times, ids, self._kept(names))

    def _kept(self, names: Sequence[Any]) -> list[Any]:
        """Of equal names one, so that the others' memory is free at once."""
        if len(self.names) > MOST_NAMES:
            self.names = {}
        return [*map(self.names.setdefault, names, names)]

    def _slow(self, page: Page, several: Iterable[records.Found]) -> None:
        """Adds records to a page without types."""
        for place, record in several:
            if isinstance(record, records.Message):
                if not self._message(page, record.text):
                    self._slow(page, records.opened(place, record))
                continue
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

    def _message(self, page: Page, text: str | bytes) -> bool:
        """Whether a text is a record, or wraps one, that is read the quick way; it is added to the page then."""
        checked = text if isinstance(text, bytes) else b""
        for inner in (_itself, records.inner):
            with suppress(*REFUSALS):
                self.quick(page, checked, [self.record.decode(inner(text))])
                return True
        return False

    def _one(self, page: Page, at: datetime, record: Mapping[str, Any]) -> None:
        name = record.get("eventName")
        asked = self.compiled.asked([name] if isinstance(name, str) else None)
        matches = tuple(number for number in asked if self.patterns[number].matches(record))
        if matches:
            page.hits.append((len(page.names), matches, at, said(record)))
        page.add([at], [record.get("eventID")], [name if type(name) is str else None])


def said(record: Mapping[str, Any]) -> Said:
    """What a record says of itself, in the order of SELECTORS; None for what is no text."""
    return tuple(_first(selectors, record) for selectors in SELECTORS)


def _first(selectors: Sequence[Selector], record: Mapping[str, Any]) -> str | None:
    texts = (one for selector in selectors for one in found(selector, record)[:1] if type(one) is str and one)
    return next(texts, None)


def _values(text: bytes) -> list[records.Message] | None:
    """An array's values; None for what is no JSON."""
    try:
        text.decode()
        return [records.Message(bytes(one).decode(), 1) for one in RAWS.decode(text)]
    except (*REFUSALS, UnicodeDecodeError):
        return None


def _itself(text: str | bytes) -> str | bytes:
    return text


def _is_json(text: bytes) -> bool:
    with suppress(*REFUSALS):
        RAW.decode(text)
        return True
    return False


def _odd(record: Mapping[str, Any]) -> str:
    text = record.get("eventTime")
    return f"has {'no eventTime' if text is None else f'the odd eventTime {records.shown(text)}'}: left out"
