"""What a report says of one event, and what an exclusion could name it by."""

from typing import NamedTuple, TypeAlias

from guard.pattern.ast import Name, Selector

# Of each, the first that is a text; a role's session counts as the role.
REPORT = (
    "eventName",
    "sourceIPAddress",
    "awsRegion",
    "recipientAccountId",
    "errorCode",
    "userIdentity.sessionContext.sessionIssuer.arn userIdentity.arn",
    "userIdentity.invokedBy",
    "userIdentity.type",
)
SELECTORS = tuple(tuple(Selector(tuple(map(Name, path.split(".")))) for path in paths.split()) for paths in REPORT)
# What an event says of itself, in the order of REPORT; None for what is no text.
Said: TypeAlias = tuple[str | None, ...]
KINDS = {"principal": 5, "source_ip": 1, "service": 6}  # what an exclusion can name -> where an event says it
UNKNOWN = "?"


class Event(NamedTuple):
    """`at` in seconds since the epoch; `?` where the event does not say."""

    at: float
    name: str
    principal: str
    address: str
    region: str
    account: str
    error: str


def principal(said: Said) -> str:
    """The ARN, else the service, or the kind of identity."""
    return said[5] or said[6] or said[7] or UNKNOWN


def event(at: float, said: Said) -> Event:
    """As a report shows it."""
    name, address, region, account, error, *_ = said
    return Event(
        at,
        name or UNKNOWN,
        principal(said),
        address or UNKNOWN,
        region or UNKNOWN,
        account or UNKNOWN,
        error or "",
    )
