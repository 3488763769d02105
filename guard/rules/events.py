"""Which event names there are, by event source; made by guard/rules/event_table.py."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

FILE = Path(__file__).resolve().parents[1] / "packs" / "events.txt"


@lru_cache(maxsize=1)
def sources() -> Mapping[str, frozenset[str]]:
    """`ec2.amazonaws.com` -> the names of its events."""
    lines = (line.split() for line in FILE.read_text(encoding="utf-8").splitlines())
    return MappingProxyType({f"{name}.amazonaws.com": frozenset(names) for name, *names in lines})
