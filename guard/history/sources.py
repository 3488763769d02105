"""Where logs are: files, folder trees, globs, standard input and S3, each as named streams.

Names are texts here: a tree may hold a file every few minutes, and a Path of each takes longer than its events.
"""

import glob
import io
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from guard.errors import Fault, FaultsError
from guard.history import s3
from guard.history.packed import CHUNK, ERRORS
from guard.history.window import Window

STDIN = "-"


class SourceError(FaultsError):
    """A source that holds nothing to read."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, an object of S3, or `-`; its size in bytes as it is stored, 0 where that is not known."""

    name: str
    size: int = 0


def sources(names: Sequence[str], window: Window) -> Iterator[Source | None]:
    """What the names stand for; None for what the path alone rules out. Raises SourceError, before anything is
    read, for a name that stands for nothing.
    """
    here = {name: _expanded(name) for name in names if name != STDIN and not s3.is_url(name)}
    missing = [name for name, paths in here.items() if not paths]
    if missing:
        fix = "name a log file, a folder of them, a glob or s3://bucket/prefix"
        raise SourceError(Fault(one, "there is no such file or folder", fix) for one in missing)
    for name in names:
        if name == STDIN:
            yield Source(name)
        elif s3.is_url(name):
            yield from (Source(found, size) for found, size in s3.objects(name, window))
        else:
            yield from (_source(path, window) for path in here[name])


def _source(path: str, window: Window) -> Source | None:
    if not window.may_hold(path) or os.path.basename(path).startswith("."):
        return None
    try:
        return Source(path, os.stat(path).st_size)
    except OSError:  # said when it is opened
        return Source(path)


def _expanded(name: str) -> list[str]:
    if os.path.isdir(name):
        return _below(name)
    if os.path.exists(name):
        return [name]
    several = sorted(glob.glob(name, recursive=True))
    return [found for one in several for found in (_below(one) if os.path.isdir(one) else [one])]


def _below(folder: str) -> list[str]:
    """All files below; a folder that cannot be listed stands for itself, and is a fault when it is opened."""
    refused: list[OSError] = []
    found = [os.path.join(where, name) for where, _, names in os.walk(folder, onerror=refused.append) for name in names]
    return sorted([*found, *(str(one.filename) for one in refused)])


def opened(found: Sequence[Source]) -> Iterator[tuple[Source, IO[bytes] | Exception]]:
    """Each source's stream, or why it cannot be opened. Objects of S3 are fetched ahead, several at once."""
    if any(s3.is_url(one.name) for one in found):
        s3.client()  # before threads ask for it, each of which would make one
    with ThreadPoolExecutor(s3.AT_ONCE) as pool:
        ahead = {one.name: pool.submit(s3.get, one.name) for one in found[: s3.AT_ONCE] if s3.is_url(one.name)}
        for number, one in enumerate(found):
            later = found[number + s3.AT_ONCE : number + s3.AT_ONCE + 1]
            ahead.update({next_.name: pool.submit(s3.get, next_.name) for next_ in later if s3.is_url(next_.name)})
            try:
                if one.name in ahead:
                    yield one, io.BytesIO(ahead.pop(one.name).result())
                else:
                    with _stream(one) as stream:
                        yield one, stream
            except ERRORS as error:
                yield one, error


@contextmanager
def _stream(source: Source) -> Iterator[IO[bytes]]:
    if source.name == STDIN:
        yield sys.stdin.buffer
    else:
        with open(source.name, "rb") as stream:
            small = 0 < source.size < CHUNK  # read at once, into no more memory than it takes
            yield io.BytesIO(stream.read()) if small else stream
