"""The bytes of a log file, unpacked where it is gzipped."""

import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import IO, Any

unzip: Any = zlib
with suppress(ImportError):  # no wheel for this machine
    from isal import isal_zlib as unzip

GZIP = b"\x1f\x8b"
CHUNK = 4 << 20  # bytes read at once; a CloudTrail file is smaller
SLICE = 16 << 10  # of a packed file: what is unpacked at once, and of a long one lost where it breaks
STEP = 512  # the same of a small file that is broken, or has several members
LARGE = 64 << 20  # what a small file unpacks to at once, at most
# How files begin, at which byte, that hold no text: https://en.wikipedia.org/wiki/List_of_file_signatures
FOREIGN = (
    (0, b"PK\x03\x04", "a zip archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"BZh", "packed by bzip2"),
    (0, b"\xfd7zXZ\x00", "packed by xz"),
    (0, b"\x28\xb5\x2f\xfd", "packed by zstd"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"\xff\xfe", "UTF-16"),
    (0, b"\xfe\xff", "UTF-16"),
)
ERRORS: tuple[type[Exception], ...] = (OSError, EOFError, zlib.error, unzip.error)


def unpacked(stream: IO[bytes], first: bytes, broken: list[Exception]) -> Iterator[bytes]:
    """What a stream holds, of which a CHUNK may have been read: a CHUNK at least at once, but for the last. An error
    that ends it early, one of ERRORS, is put to those broken.
    """
    yield from _gathered(_until_broken(_pieces(stream, first), broken))


def foreign(first: bytes) -> str | None:
    """What a file is that begins so, where that is no text."""
    return next((what for at, text, what in FOREIGN if first.startswith(text, at)), None)


def one_member(data: bytes) -> Iterator[bytes]:
    """Of the one gzip member that a file has, what each slice unpacks to. Raises one of ERRORS."""
    member = unzip.decompressobj(wbits=31)
    for piece in _slices((data,)):
        yield member.decompress(piece)
    if not member.eof or member.unused_data:
        raise EOFError("it is not one whole member")


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


def _pieces(stream: IO[bytes], first: bytes) -> Iterator[bytes]:
    first = first or stream.read(CHUNK)
    if not first.startswith(GZIP):
        yield from chain((first,), _chunks(stream))
    elif len(first) < CHUNK and (whole := _whole(first)) is not None:
        yield whole
    else:
        step = STEP if len(first) < CHUNK else SLICE
        yield from _members(chain((first,), _chunks(stream)), step)


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


def _members(chunks: Iterator[bytes], step: int) -> Iterator[bytes]:
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


def _slices(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Short, since what a step leaves is copied."""
    for chunk in chunks:
        yield from (chunk[at : at + SLICE] for at in range(0, len(chunk), SLICE))
