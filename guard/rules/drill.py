"""The marks of a drill's record: what people and `backtest` know it by."""

import uuid

# For people. A caller writes the user agent as it likes, and may have the address in a VPC of its making, so
# neither is proof.
ADDRESS = "192.0.2.1"  # of a block that no host on the internet has: RFC 5737
AGENT = "guard-drill"
# For programs: AWS gives each event its eventID. A drill's begins so, and is a UUID all the same.
ID = "d2111000-0000-4000-8000-"
ID_BYTES = bytes.fromhex(ID.replace("-", ""))


def event_id() -> str:
    """A new eventID of a drill's record."""
    return ID + uuid.uuid4().hex[:12]
