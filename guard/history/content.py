"""A log file's bytes as blocks of text: unpacked where gzipped, cut between documents or lines where long."""

import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, pairwise
from typing import IO, Any

from msgspec import DecodeError, Raw
from msgspec.json import Decoder

unzip: Any = zlib
with suppress(ImportError):  # no wheel for this machine
    from isal import isal_zlib as unzip

GZIP = b"\x1f\x8b"
CHUNK = 4 << 20  # bytes read at once; a CloudTrail file is smaller
SLICE = 16 << 10  # of a packed file: what is unpacked at once, and of a long one lost where it breaks
STEP = 512  # the same of a small file that is broken, or has several members
PART = 64 << 10  # bytes of records that are decoded at once
UNCLOSED = b",]"  # no JSON: a document that ends early is not read the quick way to its end
BLANKS = 64  # between two values, hardly more
LARGE = 64 << 20  # a document or line that is longer is cut within, though it is not sure that a record ends there
ERRORS: tuple[type[Exception], ...] = (OSError, EOFError, zlib.error, unzip.error)
BOM = b"\xef\xbb\xbf"
# What holds a document's records: of a map one of these keys, or nothing, where it is an array itself.
HOLDERS = ("Records", "events", "Events", "logEvents", "results")
DOCUMENT = re.compile(rb'\s*(?:\{\s*"(%s)"\s*:\s*)?\[' % "|".join(HOLDERS).encode())
# In valid JSON these stand between two documents, and nowhere else: in a string the newline would be escaped, and so
# would the quote of the key that follows.
_ARRAYS = re.compile(rb"(?<=\])\s*\n\s*(?=\[)")
_MAPS = re.compile(rb"\}(\s*)\{\s*\Z")
JOINT = b'}{"'
_KEY = re.compile(rb'\s*\{\s*("[^"\\]+")\s*:')
_VALUES = Decoder(list[Raw])
TRIED = 3  # places at which a record may end
RECORD = b',{"eventVersion":'  # how a record begins after another one
# An export of CloudWatch Logs puts the time, and the command `aws logs tail` the stream too, before each message.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html
_DATED = rb"^\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d)? (?:[^\s:*]{1,512} )?(?=\{)"
DATED = re.compile(_DATED, re.MULTILINE)
DATED_TEXT = re.compile(_DATED.decode(), re.MULTILINE)


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
    unpacked, after what came before.
    """
    broken: list[Exception] = []
    pieces = _gathered(_until_broken(_pieces(stream, first), broken))
    first = next(pieces, b"").removeprefix(BOM)
    cut = _documents if _is_document(first) else _lines
    yield from cut(chain((first,), pieces))
    if broken:
        raise broken[0]


def sound(data: bytes) -> Iterator[bytes]:
    """The records of a gzipped file as CloudTrail writes it, as JSON arrays, each unpacked when it is asked for and
    so still in the processor's cache. Raises EOFError and others of ERRORS, also after some arrays, for other files.
    """
    pieces = _member(data)
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
        if len(held) > CHUNK:
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


def _until_broken(pieces: Iterator[bytes], broken: list[Exception]) -> Iterator[bytes]:
    try:
        yield from pieces
    except ERRORS as error:
        broken.append(error)


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces of a CHUNK at least, but for the last."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(held)
            held, size = [], 0
    if size:
        yield b"".join(held)


def _is_document(first: bytes) -> bool:
    """Whether what begins so is cut between records: a long file, whatever holds them, and each of CloudTrail's."""
    head = DOCUMENT.match(first)
    return bool(head) and (len(first) >= CHUNK or _holder(first) == HOLDERS[0])


def _holder(data: bytes) -> str:
    head = DOCUMENT.match(data)
    return (head[1] or b"").decode() if head else HOLDERS[0]


def _documents(pieces: Iterator[bytes]) -> Iterator[Block]:
    """A file of one piece is a block: whether it holds several documents is asked where it cannot be decoded."""
    held = Block(next(pieces), "")
    for piece in pieces:
        *before, held = documents(replace(held, data=held.data + piece))
        yield from before
        at, records = _cut(held.data)
        if at:
            head, tail = held.data[: _start(held.data)], b"]}" if _holder(held.data) else b"]"
            yield replace(held, data=held.data[:at] + tail)
            held = Block(head + held.data[at + 1 :], held.holder, held.number, held.first + records)
    if held.data.strip():
        yield replace(held, holder=_holder(held.data))


def documents(block: Block) -> list[Block]:
    """The documents of a block that may hold several, one after the other."""
    places = [0, *_others(block.data), len(block.data)]
    parts = [block.data[at:end] for at, end in pairwise(places)]
    first, *others = (Block(data, _holder(data), number) for number, data in enumerate(parts, block.number))
    return [replace(first, first=block.first), *others]


def _others(data: bytes) -> Iterator[int]:
    """Where documents begin after the first one."""
    holder = b'"%s"' % _holder(data).encode()
    if holder == b'""':
        yield from (one.end() for one in (_ARRAYS.finditer(data) if b"\n[" in data else ()))
        return
    at = data.find(holder, _start(data))
    while at >= 0:
        before = _MAPS.search(data, max(at - BLANKS, 0), at)
        if before:
            yield before.end(1)
        at = data.find(holder, at + 1)


def _cut(data: bytes) -> tuple[int, int]:
    """Where a record of a document that goes on ends, and how many end there; zeros if none does for sure."""
    start, begins = _start(data), _begins(data)
    if len(data) < CHUNK or not begins:
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
        at = at or held.rfind(JOINT) + 1
        if not at and len(held) > LARGE:
            at = max(held.rfind(b"\n"), held.rfind(b"}{")) + 1
        if at:
            yield _block(held[:at], number, dated)
            number, held = number + held.count(b"\n", 0, at), held[at:]
    if held.strip():
        yield _block(held, number, bool(dated))


def _block(data: bytes, number: int, dated: bool) -> Block:  # noqa: FBT001 - one of three in a row
    return Block(DATED.sub(b"", data) if dated else data, number=number)


def _pieces(stream: IO[bytes], first: bytes) -> Iterator[bytes]:
    first = first or stream.read(CHUNK)
    if not first.startswith(GZIP):
        yield from chain((first,), _chunks(stream))
    elif len(first) < CHUNK and (whole := _whole(first)) is not None:
        yield whole
    else:
        step = STEP if len(first) < CHUNK else SLICE
        yield from _unpacked(chain((first,), _chunks(stream)), step)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: stream.read(CHUNK), b"")


def _whole(data: bytes) -> bytes | None:
    """A small file at once, by the size in its trailer; None where it is no single sound member."""
    size = int.from_bytes(data[-4:], "little")
    member = unzip.decompressobj(wbits=31)
    with suppress(*ERRORS):
        found: bytes = member.decompress(data, min(size, LARGE) + 1)
        if member.eof and not member.unused_data:
            return found
    return None


def _unpacked(chunks: Iterator[bytes], step: int) -> Iterator[bytes]:
    """Of one gzip member after the other, so many bytes at once; zeros may pad the end."""
    member: Any = None
    for piece in _slices(chunks):
        data = piece
        while data:
            member = member or unzip.decompressobj(wbits=31)
            yield member.decompress(data, step)
            data = member.unconsumed_tail
            if member.eof:
                data, member = member.unused_data.lstrip(b"\0"), None
    while member is not None and (held := member.decompress(b"", step)):  # isal holds some that it has unpacked
        yield held
    if member is not None and not member.eof:
        raise EOFError("the gzip file ends early")


def _member(data: bytes) -> Iterator[bytes]:
    """Of the one member that a file has, what each slice unpacks to."""
    member = unzip.decompressobj(wbits=31)
    for piece in _slices((data,)):
        yield member.decompress(piece)
    if not member.eof or member.unused_data:
        raise EOFError("it is not one whole member")


def _slices(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Short, since what a step leaves is copied."""
    for chunk in chunks:
        yield from (chunk[at : at + SLICE] for at in range(0, len(chunk), SLICE))
