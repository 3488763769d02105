"""A log file's bytes as text blocks: unpacked where gzipped, cut at lines where long."""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any

unzip: Any = zlib
with suppress(ImportError):  # no wheel for this machine
    from isal import isal_zlib as unzip

GZIP = b"\x1f\x8b"
CHUNK = 4 << 20  # bytes read at once; a CloudTrail file is smaller
ERRORS: tuple[type[Exception], ...] = (OSError, EOFError, zlib.error, unzip.error)
# One JSON document that holds records; what is none is one event a line, and need not be held whole.
DOCUMENT = re.compile(rb'\s*\{\s*"(?:Records|events|Events)"\s*:')
# An export of CloudWatch Logs to S3 puts the time before each message.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html
EXPORTED = re.compile(rb"^\d{4}-\d\d-\d\dT[\d:.]{8,12}Z (?=\{)", re.MULTILINE)
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Block:
    """A document, or whole lines of which the first has the number `line`."""

    data: bytes
    line: int = 1

    @property
    def is_document(self) -> bool:
        """Whether it is one document, by how it starts."""
        return DOCUMENT.match(self.data) is not None


def blocks(stream: IO[bytes]) -> Iterator[Block]:
    """What a stream holds. Raises one of ERRORS where it cannot be read or unpacked."""
    pieces = _pieces(stream)
    first = next(pieces, b"").removeprefix(BOM)
    if DOCUMENT.match(first):
        rest = [*pieces]
        yield Block(b"".join((first, *rest)) if rest else first)
    else:
        yield from _lines(chain((first,), pieces))


def _lines(pieces: Iterator[bytes]) -> Iterator[Block]:
    line, rest = 1, b""
    for piece in pieces:
        head, newline, tail = piece.rpartition(b"\n")
        if newline:
            block = rest + head + newline
            yield Block(EXPORTED.sub(b"", block), line)
            line, rest = line + block.count(b"\n"), tail
        else:
            rest += tail
    if rest.strip():
        yield Block(EXPORTED.sub(b"", rest), line)


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    first = stream.read(CHUNK)
    chunks = chain((first,), iter(lambda: stream.read(CHUNK), b""))
    return _unpacked(chunks) if first.startswith(GZIP) else chunks


def _unpacked(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Of one gzip member after the other; zeros may pad the end."""
    member: Any = None
    for chunk in chunks:
        data = chunk
        while data:
            member = member or unzip.decompressobj(wbits=31)
            yield member.decompress(data)
            data = b""
            if member.eof:
                data, member = member.unused_data.lstrip(b"\0"), None
    if member is not None:
        raise EOFError("the gzip file ends early")
