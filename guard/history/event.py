"""What a report says of one event, and what an exclusion could name it by."""

from collections.abc import Sequence
from typing import NamedTuple

from guard.pattern.ast import Name, Selector

ROLE = "userIdentity.sessionContext.sessionIssuer.arn"
REPORT = (
    "eventName",
    "eventSource",
    "sourceIPAddress",
    "userAgent",
    "awsRegion",
    "recipientAccountId",
    "errorCode",
    ROLE,
    "userIdentity.arn",
    "userIdentity.invokedBy",
    "userIdentity.type",
)
SELECTORS = tuple(Selector(tuple(map(Name, path.split(".")))) for path in REPORT)
# The conditions that an event's `conditions` gives the values of, in order.
KINDS = ("principal", "source_ip", "service")


class Event(NamedTuple):
    """`at` in seconds since the epoch; `?` where the event does not say."""

    at: float
    name: str
    source: str
    principal: str
    address: str
    region: str
    account: str
    error: str
    agent: str
    conditions: tuple[str | None, ...]


def event(at: float, said: Sequence[str | None]) -> Event:
    """Of what an event says of itself, in the order of REPORT; None for what is no text. The principal is of a
    role's session the role's ARN, else the ARN, the service, or the kind of identity.
    """
    name, source, address, agent, region, account, error, role, arn, invoked, kind = said
    return Event(
        at,
        name or "?",
        source or "?",
        role or arn or invoked or kind or "?",
        address or "?",
        region or "?",
        account or "?",
        error or "",
        agent or "?",
        (role or arn, address, invoked),
    )
