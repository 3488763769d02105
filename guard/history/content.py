"""A log file as blocks of text: cut between documents, records or lines where it is long."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, pairwise
from typing import IO

from msgspec import DecodeError, Raw
from msgspec.json import Decoder

from guard.history import packed

PART = 64 << 10  # bytes of records that are decoded at once
UNCLOSED = b",]"  # no JSON: a document that ends early is not read the quick way to its end
BLANKS = 64  # between two values, hardly more
LARGE = 64 << 20  # a document or line that is longer is cut within, though it is not sure that a record ends there
BOM = b"\xef\xbb\xbf"
# What holds a document's records: of a map one of these keys, or nothing, where it is an array itself.
HOLDERS = ("Records", "events", "Events", "logEvents", "results")
DOCUMENT = re.compile(rb'\s*(?:\{\s*"(%s)"\s*:\s*)?\[' % "|".join(HOLDERS).encode())
# How a value ends and another one begins, in valid JSON nowhere else: a string has no newline, and what ends one has
# no key behind it. One regular expression for each end, since they are quick if they begin with one character.
_BETWEEN = rb'(?:[ \t\r]*\n\s*(?=[{\[])|[ \t]*(?=[{\[][{\[\s]*"[^"\\]*"\s*:))'
JOINTS = tuple(re.compile(end + _BETWEEN) for end in (rb"\}", rb"\]"))
_KEY = re.compile(rb'\s*\{\s*("[^"\\]+")\s*:')
_VALUES = Decoder(list[Raw])
TRIED = 3  # places at which a record may end
RECORD = b',{"eventVersion":'  # how a record begins after another one
# An export of CloudWatch Logs puts the time, and the command `aws logs tail` the stream too, before each message.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html
_DATED = rb"^\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d)? (?:[^\s:*]{1,512} )?(?=\{)"
DATED = re.compile(_DATED, re.MULTILINE)
DATED_TEXT = re.compile(_DATED.decode(), re.MULTILINE)


class ForeignError(Exception):
    """What a file is that holds no text."""


@dataclass(frozen=True, slots=True)
class Block:
    """Of a document so many whole records, or whole lines. `holder` is the key that holds the records, "" for an
    array's, None for lines; `number` that of the document in the file, or of the first line; `first` is the index of
    the first record.
    """

    data: bytes
    holder: str | None = None
    number: int = 1
    first: int = 0


def blocks(stream: IO[bytes], first: bytes = b"") -> Iterator[Block]:
    """What a stream holds, of which a CHUNK may have been read. Raises one of ERRORS where it cannot be read or
    unpacked, after what came before; and ForeignError.
    """
    broken: list[Exception] = []
    pieces = packed.unpacked(stream, first, broken)
    first = next(pieces, b"").removeprefix(BOM)
    what = packed.foreign(first)
    if what:
        raise ForeignError(what)
    cut = _documents if _is_document(first) else _lines
    yield from cut(chain((first,), pieces))
    if broken:
        raise broken[0]


def sound(data: bytes) -> Iterator[bytes]:
    """The records of a gzipped file as CloudTrail writes it, as JSON arrays, each unpacked when it is asked for and
    so still in the processor's cache. Raises EOFError and others of ERRORS, also after some arrays, for other files.
    """
    pieces = packed.one_member(data)
    held = next(pieces)
    head = DOCUMENT.match(held)
    if not head or not head[1]:
        raise EOFError("it begins otherwise")
    held = held[head.end() :]
    for piece in pieces:
        cut = piece.rfind(RECORD)
        if cut < 0:
            held += piece
        else:
            yield b"".join((b"[", held, memoryview(piece)[:cut], b"]"))
            held = piece[cut + 1 :]
        if len(held) > packed.CHUNK:
            raise EOFError("it has records of another form")
    end = _end(held)
    if end == len(held):
        raise EOFError("it ends early")
    yield b"".join((b"[", memoryview(held)[:end], b"]"))


def arrays(data: bytes, at: int = 0, size: int | None = None) -> Iterator[tuple[int, bytes]]:
    """A document's records from a byte on, as JSON arrays of about so many bytes, each with where it starts.

    They are cut where a record seems to begin as the first one does. Should that stand within a record, the array
    does not close, and is no JSON.
    """
    begins, end = _begins(data), _end(data)
    at = at or _start(data)
    view = memoryview(data)
    while begins and (cut := begins.search(data, at + (size or PART), end)):
        yield at, b"".join((b"[", view[at : cut.start()], b"]"))
        at = cut.start() + 1
    yield at, b"".join((b"[", view[at:end], b"]" if end < len(data) else UNCLOSED))


def _start(data: bytes) -> int:
    """Where a document's records start."""
    head = DOCUMENT.match(data)
    return head.end() if head else 0


def _end(data: bytes) -> int:
    """Where a document's records end; its own where it ends early."""
    head, tail = DOCUMENT.match(data), data.rstrip()
    if not head or head[1]:
        tail = tail[:-1].rstrip() if tail.endswith(b"}") else b""
    return len(tail) - 1 if tail.endswith(b"]") else len(data)


def _begins(data: bytes) -> "re.Pattern[bytes] | None":
    """How a document's records begin after another: as the first, whatever blanks are between; None if unknown."""
    first = _KEY.match(data, _start(data))
    return _beginning(first[1]) if first else None


@lru_cache
def _beginning(key: bytes) -> "re.Pattern[bytes]":
    return re.compile(rb",\s*\{\s*%s\s*:" % re.escape(key))


def lined(data: bytes) -> Iterator[bytes]:
    """Lines, of about PART bytes together, cut where the next begins with an object."""
    at, cut = 0, data.find(b"\n{", PART)
    while cut >= 0:
        if not _goes_on(data, cut):
            yield data[at : cut + 1]
            at = cut + 1
        cut = data.find(b"\n{", max(at + PART, cut + 1))
    yield data[at:]


def _goes_on(data: bytes, at: int) -> bool:
    """Whether what ends there is an array that goes on."""
    return data[max(at - BLANKS, 0) : at].rstrip().endswith((b",", b"["))


def _is_document(first: bytes) -> bool:
    """Whether what begins so is cut between records: a long file, whatever holds them, and each of CloudTrail's."""
    holder = _holder(first)
    return holder == HOLDERS[0] or (holder is not None and len(first) >= packed.CHUNK)


def _holder(data: bytes) -> str | None:
    head = DOCUMENT.match(data)
    return (head[1] or b"").decode() if head else None


def _documents(pieces: Iterator[bytes]) -> Iterator[Block]:
    """A file of one piece is a block: whether it holds several documents is asked where it cannot be decoded."""
    first = next(pieces)
    held = Block(first, _holder(first))
    for piece in pieces:
        *before, held = documents(replace(held, data=held.data + piece), len(held.data))
        yield from before
        at, records = _cut(held.data)
        if at:
            head, tail = held.data[: _start(held.data)], b"]}" if held.holder else b"]"
            yield replace(held, data=held.data[:at] + tail)
            held = Block(head + held.data[at + 1 :], held.holder, held.number, held.first + records)
    if held.data.strip():
        yield held


def documents(block: Block, since: int = 0) -> list[Block]:
    """The documents of a block that may hold several, one after the other; up to a byte it is known to hold one."""
    places = [0, *_joints(block.data, since), len(block.data)]
    parts = [block.data[at:end] for at, end in pairwise(places)]
    first, *others = (Block(part, _holder(part), number) for number, part in enumerate(parts, block.number))
    return [replace(first, first=block.first), *others]


def _joints(data: bytes, since: int = 0) -> list[int]:
    """Where values begin that come after another one."""
    return sorted(one.end() for joint in JOINTS for one in joint.finditer(data, max(since - BLANKS, 0)))


def _cut(data: bytes) -> tuple[int, int]:
    """Where a record of a document that goes on ends, and how many end there; zeros if none does for sure."""
    start, begins = _start(data), _begins(data)
    if len(data) < packed.CHUNK or not begins:
        return 0, 0
    places = [one.start() for one in begins.finditer(data, max(start, len(data) - PART))]
    for at in places[: -TRIED - 1 : -1]:
        with suppress(DecodeError, RecursionError):
            return at, len(_VALUES.decode(b"".join((b"[", memoryview(data)[start:at], b"]"))))
    return (places[-1] if places and len(data) > LARGE else 0), 0


def _lines(pieces: Iterator[bytes]) -> Iterator[Block]:
    """Cut where a line begins with an object or a time, so that values over several lines stay whole."""
    number, held = 1, b""
    dated = None
    for piece in pieces:
        held += piece
        dated = DATED.match(held) is not None if dated is None else dated
        at = max(held.rfind(b"\n{"), held.rfind(b"\n2")) + 1
        if at and _goes_on(held, at - 1):
            at = 0  # such arrays are held whole
        at = at or max(_joints(held), default=0)
        if not at and len(held) > LARGE:
            at = max(held.rfind(b"\n"), held.rfind(b"}{")) + 1
        if at:
            yield _block(held[:at], number, dated)
            number, held = number + held.count(b"\n", 0, at), held[at:]
    if held.strip():
        yield _block(held, number, bool(dated))


def _block(data: bytes, number: int, dated: bool) -> Block:  # noqa: FBT001 - one of three in a row
    return Block(DATED.sub(b"", data) if dated else data, number=number)
