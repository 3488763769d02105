"""What a part of a log held: hits, keys that tell events from each other, and what could not be read."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from guard.history.compiled import Matches
from guard.history.event import Said
from guard.history.window import stretched

KEY = 16  # bytes of an event's key
# An event that patterns matched: its position among the page's events, the patterns' positions, its time, and
# what it says of itself.
Hit: TypeAlias = tuple[int, Matches, datetime, Said]


@dataclass(slots=True)
class Page:
    """Of events within the window: their names, KEY bytes each, the first and last time, and what patterns matched;
    how many were outside; what could not be read, with its place.
    """

    names: list[Any] = field(default_factory=list)
    packed: list[bytes] = field(default_factory=list)
    low: datetime | None = None
    high: datetime | None = None
    hits: list[Hit] = field(default_factory=list)
    outside: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)

    @property
    def keys(self) -> bytes:
        """The keys, one after the other; an event without an eventID is like no other."""
        return b"".join(self.packed)

    def add(self, times: Sequence[datetime], ids: Sequence[Any], names: Sequence[Any]) -> None:
        """Take events."""
        self.names += names
        self.packed.append(_keys(ids))
        self.low, self.high = stretched(self.low, self.high, times)


def _keys(ids: Sequence[Any]) -> bytes:
    """Of all at once where they are UUIDs, as AWS writes them; else one by one."""
    try:
        packed = bytes.fromhex("".join(ids).replace("-", ""))
        if len(packed) == KEY * len(ids) and set(map(len, ids)) <= {36}:
            return packed
    except (TypeError, ValueError):
        pass
    return b"".join(map(_key, ids))


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
