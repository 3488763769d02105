"""The fields of a CloudTrail record, as selectors can name them.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from guard.pattern.ast import Name, Selector

# `always`: a text that every record has. `any`: whatever the service writes.
Kind = Literal["always", "text", "boolean", "object", "list", "any", "unknown"]

ALWAYS_TEXT, TEXT, BOOLEAN, LIST, ANY = "always", "text", "boolean", "list", "any"
_ISSUER = dict.fromkeys(("type", "principalId", "arn", "accountId", "userName"), TEXT)
_IDENTITY: Mapping[str, Any] = {
    **dict.fromkeys(
        (
            "type",
            "principalId",
            "arn",
            "accountId",
            "accessKeyId",
            "userName",
            "invokedBy",
            "identityProvider",
        ),
        TEXT,
    ),
    "credentialId": TEXT,
    "sessionContext": {
        "sessionIssuer": _ISSUER,
        "attributes": {"creationDate": TEXT, "mfaAuthenticated": TEXT, "sessionCredentialFromConsole": TEXT},
        "webIdFederationData": {"federatedProvider": TEXT, "attributes": ANY},
        "sourceIdentity": TEXT,
        "ec2RoleDelivery": TEXT,
        "assumedRoot": TEXT,
    },
    "onBehalfOf": {"userId": TEXT, "identityStoreArn": TEXT},
    "inScopeOf": ANY,
    "invokedByDelegate": ANY,
}
RECORD: Mapping[str, Any] = {
    **dict.fromkeys(("eventVersion", "eventTime", "eventSource", "eventName", "awsRegion"), ALWAYS_TEXT),
    **dict.fromkeys(
        (
            *(
                "sourceIPAddress",
                "userAgent",
                "errorCode",
                "errorMessage",
                "requestID",
                "eventID",
                "eventType",
                "apiVersion",
            ),
            *("recipientAccountId", "sharedEventID", "vpcEndpointId", "vpcEndpointAccountId"),
            *("eventCategory", "sessionCredentialFromConsole"),
        ),
        TEXT,
    ),
    "userIdentity": _IDENTITY,
    "readOnly": BOOLEAN,
    "managementEvent": BOOLEAN,
    "tlsDetails": {
        "tlsVersion": TEXT,
        "cipherSuite": TEXT,
        "clientProvidedHostHeader": TEXT,
        "keyExchange": TEXT,
    },
    "addendum": {"reason": TEXT, "updatedFields": TEXT, "originalRequestID": TEXT, "originalEventID": TEXT},
    **dict.fromkeys(
        (
            *("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"),
            *("insightDetails", "edgeDeviceDetails", "eventContext", "annotation"),
        ),
        ANY,
    ),
    "resources": LIST,
}
OPEN_OBJECTS = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails")

# Fields that every record of a management event holds.
ALWAYS = frozenset(
    {
        *("eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "eventID"),
        *("eventType", "recipientAccountId", "eventCategory", "readOnly", "managementEvent"),
    }
)
_STEP = "[]"  # an index or a wildcard


def names(selector: Selector) -> tuple[str, ...]:
    """The names of a selector's steps; `[]` for an index or wildcard."""
    return tuple(step.name if isinstance(step, Name) else _STEP for step in selector.steps)


def kind(path: Sequence[str]) -> Kind:
    """What stands at a path of names in a record."""
    here: Any = RECORD
    for name in path:
        if here == ANY or (name == _STEP and (here == LIST or isinstance(here, Mapping))):
            return "any"
        if not isinstance(here, Mapping) or name not in here:
            return "unknown"
        here = here[name]
    if here == ANY:
        return "object" if path[-1] in OPEN_OBJECTS and len(path) == 1 else "any"
    return "object" if isinstance(here, Mapping) else here


def known(path: Sequence[str]) -> list[str]:
    """The names that could stand in place of the first one on the path that no record has."""
    here: Any = RECORD
    for name in path:
        if not isinstance(here, Mapping) or name not in here:
            break
        here = here[name]
    return sorted(here) if isinstance(here, Mapping) else []
