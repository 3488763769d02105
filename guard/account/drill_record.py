"""A drill's record: a rule's example, completed to a whole CloudTrail record, with a drill's marks.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from guard.names import Where
from guard.rules.drill import ADDRESS, AGENT, event_id
from guard.rules.events import sources
from guard.rules.model import Event

Path: TypeAlias = tuple[str, ...]
WHO = "guard-drill"
CALL = ("sts.amazonaws.com", "GetCallerIdentity")  # of an example that names no call: one that changes nothing
CALLS = {"AwsConsoleSignIn": ("signin.amazonaws.com", "ConsoleLogin")}  # event type -> such a call
READS = ("Get", "List", "Describe", "Head", "Lookup")
# Kind of identity -> what a record says of one; {partition}, {account} and {at} are filled.
IDENTITIES: Mapping[str, Mapping[Path, str]] = {
    "IAMUser": {
        ("principalId",): "AIDAGUARDDRILL000000",
        ("arn",): "arn:{partition}:iam::{account}:user/" + WHO,
        ("accountId",): "{account}",
        ("userName",): WHO,
    },
    "Root": {
        ("principalId",): "{account}",
        ("arn",): "arn:{partition}:iam::{account}:root",
        ("accountId",): "{account}",
    },
    "AssumedRole": {
        ("principalId",): f"AROAGUARDDRILL000000:{WHO}",
        ("arn",): f"arn:{{partition}}:sts::{{account}}:assumed-role/{WHO}/{WHO}",
        ("accountId",): "{account}",
        ("sessionContext", "sessionIssuer", "type"): "Role",
        ("sessionContext", "sessionIssuer", "principalId"): "AROAGUARDDRILL000000",
        ("sessionContext", "sessionIssuer", "arn"): "arn:{partition}:iam::{account}:role/" + WHO,
        ("sessionContext", "sessionIssuer", "accountId"): "{account}",
        ("sessionContext", "sessionIssuer", "userName"): WHO,
        ("sessionContext", "attributes", "creationDate"): "{at}",
        ("sessionContext", "attributes", "mfaAuthenticated"): "false",
    },
    "AWSService": {("invokedBy",): "guard-drill.amazonaws.com"},
}
OTHER: Mapping[Path, str] = {("accountId",): "{account}"}
EVENT_TYPES = {"signin.amazonaws.com": "AwsConsoleSignIn"}


@dataclass(frozen=True, slots=True)
class Record:
    """An event to put into the log, and which marks and fields the pattern would not have let it keep."""

    event: Mapping[str, Any]
    left_off: tuple[str, ...]


def record(example: Event, where: Where, at: datetime, counts: Callable[[Event], int]) -> Record:
    """The example with every field that it lacks and a record has, and with the marks in place of what it has.
    `counts`: how many deployed filters an event matches; what would change that is left off.
    """
    found, left = dict(example), []
    wanted = counts(example)
    for path, value in (*_missing(example, where, at), *_marks()):
        changed = _with(found, path, value)
        if changed is not None and counts(changed) == wanted:
            found = changed
        else:
            left.append(".".join(path))
    return Record({key: found[key] for key in sorted(found, key=_order)}, tuple(left))


def _marks() -> Iterator[tuple[Path, Any]]:
    yield ("sourceIPAddress",), ADDRESS
    yield ("userAgent",), AGENT
    yield ("eventID",), event_id()


def _missing(example: Event, where: Where, at: datetime) -> Iterator[tuple[Path, Any]]:
    """What a record has and the example lacks."""
    for path, value in _whole(example, where, f"{at:%Y-%m-%dT%H:%M:%SZ}"):
        if not _holds(example, path):
            yield path, value


def _whole(example: Event, where: Where, at: str) -> Iterator[tuple[Path, Any]]:
    call = CALLS.get(str(example.get("eventType")), CALL)
    name = str(example.get("eventName") or call[1])
    source = str(example.get("eventSource") or (call[0] if name == call[1] else _source(name)))
    given = example.get("userIdentity")
    kind = str((given.get("type") if isinstance(given, Mapping) else None) or "IAMUser")
    yield ("eventVersion",), "1.11"
    yield ("userIdentity", "type"), kind
    for path, text in IDENTITIES.get(kind, OTHER).items():
        yield ("userIdentity", *path), text.format(partition=where.partition, account=where.account, at=at)
    yield ("eventTime",), at
    yield ("eventSource",), source
    yield ("eventName",), name
    yield ("awsRegion",), where.region
    yield ("requestParameters",), None
    yield ("responseElements",), None
    yield ("requestID",), str(uuid.uuid4())
    yield ("readOnly",), name.startswith(READS)
    yield ("eventType",), EVENT_TYPES.get(source, "AwsApiCall")
    yield ("managementEvent",), True
    yield ("recipientAccountId",), where.account
    yield ("eventCategory",), "Management"


def _source(name: str) -> str:
    """A service that has a call of this name."""
    return next((source for source, names in sources().items() if name in names), CALL[0])


ORDER = (
    *("eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress"),
    *("userAgent", "errorCode", "errorMessage", "requestParameters", "responseElements", "additionalEventData"),
    *("requestID", "eventID", "readOnly", "eventType", "managementEvent", "recipientAccountId", "eventCategory"),
)


def _order(key: str) -> int:
    """Fields stand as CloudTrail writes them."""
    return ORDER.index(key) if key in ORDER else len(ORDER)


def _holds(event: Event, path: Path) -> bool:
    here: Any = event
    for name in path:
        if not isinstance(here, Mapping) or name not in here:
            return False
        here = here[name]
    return True


def _with(event: Event, path: Path, value: Any) -> dict[str, Any] | None:
    """The event with another value at a path; None where something else than an object is on the way."""
    name, *rest = path
    if not rest:
        return {**event, name: value}
    inner = event.get(name, {})
    changed = _with(inner, tuple(rest), value) if isinstance(inner, Mapping) else None
    return None if changed is None else {**event, name: changed}
