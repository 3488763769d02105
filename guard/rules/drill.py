"""The marks of a drill's record: what a person, `verify` and `backtest` know it by."""

import uuid
from collections.abc import Mapping
from typing import Any

ADDRESS = "192.0.2.1"  # of a block that no host has: RFC 5737
AGENT = "guard-drill"
ID = "d2111000-0000-4000-8000-"  # an eventID begins so, and is a UUID all the same
ID_BYTES = bytes.fromhex(ID.replace("-", ""))


def event_id() -> str:
    """A new eventID of a drill's record."""
    return ID + uuid.uuid4().hex[:12]


def is_mark(address: object, agent: object) -> bool:
    """Whether a record with this source address and user agent is a drill's; one mark is enough, since the
    other may have been left off.
    """
    return agent == AGENT or address == ADDRESS


def is_drill(event: Mapping[str, Any]) -> bool:
    """Whether an event is a drill's; its eventID tells where both other marks were left off."""
    marked = is_mark(event.get("sourceIPAddress"), event.get("userAgent"))
    return marked or str(event.get("eventID", "")).startswith(ID)
