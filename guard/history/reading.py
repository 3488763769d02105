"""The events of one log file, one by one, in whatever wraps them: for whoever wants each, and counts none."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from guard.errors import Fault
from guard.history.content import ForeignError, blocks
from guard.history.packed import ERRORS
from guard.history.records import each, lines
from guard.history.sources import STDIN

UNREAD: tuple[type[Exception], ...] = (*ERRORS, ForeignError)


def events(name: str, faults: list[Fault], needle: bytes = b"") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The events of a file, or of `-`, each with its place; numbers as they are written. Of a long file little is
    held, and with a `needle` only what is near it is decoded. What cannot be read is put to the faults; that a file
    breaks off comes first, for what it ends in then is no JSON.
    """
    try:
        with sys.stdin.buffer if name == STDIN else Path(name).open("rb") as stream:
            for block in blocks(stream):
                for place, found in each(lines(name, block.data, block.number)) if needle in block.data else ():
                    if isinstance(found, str):
                        faults.append(Fault(place, found.removesuffix(": left out"), "write one event, or one a line"))
                    else:
                        yield place, found
    except UNREAD as error:
        faults.insert(0, Fault(name, f"cannot be read: {error}", "name a JSON file"))
