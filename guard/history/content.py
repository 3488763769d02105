"""A log file's bytes as blocks of text: unpacked where gzipped, cut between documents or lines where long."""

import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any

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
LARGE = 64 << 20  # a document or line that is longer is cut within
ERRORS: tuple[type[Exception], ...] = (OSError, EOFError, zlib.error, unzip.error)
BOM = b"\xef\xbb\xbf"
DOCUMENT = re.compile(rb'\s*\{\s*"Records"\s*:\s*\[')
# In valid JSON these stand between two documents and nowhere else: in a string the quote would be escaped.
_BETWEEN = re.compile(rb'(?<=\})\s*(?=\{\s*"Records"\s*:)')
RECORD = b',{"eventVersion":'  # how a record begins after another one
# An export of CloudWatch Logs puts the time, and the command `aws logs tail` the stream too, before each message.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html
_DATED = rb"^\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d)? (?:[^\s:*]{1,512} )?(?=\{)"
DATED = re.compile(_DATED, re.MULTILINE)
DATED_TEXT = re.compile(_DATED.decode(), re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A document of Records, or whole lines; `number` is that of the document in the file, or of the first line."""

    data: bytes
    is_document: bool
    number: int = 1


def blocks(stream: IO[bytes], first: bytes = b"") -> Iterator[Block]:
    """What a stream holds, of which a CHUNK may have been read. Raises one of ERRORS where it cannot be read or
    unpacked, after what came before.
    """
    broken: list[Exception] = []
    pieces = _gathered(_until_broken(_pieces(stream, first), broken))
    first = next(pieces, b"").removeprefix(BOM)
    cut = _documents if DOCUMENT.match(first) else _lines
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
    if not head:
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


def arrays(data: bytes) -> Iterator[tuple[int, bytes]]:
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


def _documents(pieces: Iterator[bytes]) -> Iterator[Block]:
    """A file of one piece is a block: whether it holds several documents is asked where it cannot be decoded."""
    number, held = 1, next(pieces)
    for piece in pieces:
        held += piece
        *before, held = _BETWEEN.split(held)
        for whole in before:
            yield Block(whole, is_document=True, number=number)
            number += 1
        at = held.rfind(RECORD) if len(held) > LARGE else 0
        if at > 0:
            yield Block(held[:at] + b"]}", is_document=True, number=number)
            held, number = b'{"Records":[' + held[at + 1 :], number + 1
    if held.strip():
        yield Block(held, is_document=True, number=number)


def documents(block: Block) -> list[Block]:
    """The documents of a block that holds several, one after the other."""
    several = enumerate(_BETWEEN.split(block.data), block.number)
    return [Block(data, is_document=True, number=number) for number, data in several]


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
        if not at and len(held) > LARGE:
            at = max(held.rfind(b"\n"), held.rfind(b"}{")) + 1
        if at:
            yield _block(held[:at], number, dated)
            number, held = number + held.count(b"\n", 0, at), held[at:]
    if held.strip():
        yield _block(held, number, bool(dated))


def _block(data: bytes, number: int, dated: bool) -> Block:  # noqa: FBT001 - one of three in a row
    return Block(DATED.sub(b"", data) if dated else data, is_document=False, number=number)


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
