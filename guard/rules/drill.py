"""The marks of a drill's record: what a person, `verify` and `backtest` know it by."""

from collections.abc import Mapping
from typing import Any

ADDRESS = "192.0.2.1"  # of a block that no host has: RFC 5737
AGENT = "guard-drill"


def is_mark(address: object, agent: object) -> bool:
    """Whether a record with this source address and user agent is a drill's; one mark is enough, since the
    other may have been left off.
    """
    return agent == AGENT or address == ADDRESS


def is_drill(event: Mapping[str, Any]) -> bool:
    """Whether an event is a drill's."""
    return is_mark(event.get("sourceIPAddress"), event.get("userAgent"))
