"""Ordinary events: what a pattern that matches all of them says nothing about.

They have no error, name no event, source or caller that a rule would name, and differ in what a rule may ask
for alone: who calls (a session of a role, a user), whether it only reads, region and account.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

from guard.pattern import Pattern
from guard.pattern.ast import Comparison, Condition, Node, Text
from guard.rules.record import names
from guard.rules.satisfy import conditions

_ACCOUNT = "409118273645"
_ROLE = {
    "type": "AssumedRole",
    "principalId": "AROAQ7ZK2MVX4NPLW3BHD:qzv",
    "arn": f"arn:aws:sts::{_ACCOUNT}:assumed-role/Qzv/qzv",
    "accountId": _ACCOUNT,
    "sessionContext": {
        "sessionIssuer": {
            "type": "Role",
            "principalId": "AROAQ7ZK2MVX4NPLW3BHD",
            "arn": f"arn:aws:iam::{_ACCOUNT}:role/Qzv",
            "accountId": _ACCOUNT,
            "userName": "Qzv",
        },
        "attributes": {"creationDate": "2026-03-05T06:07:08Z", "mfaAuthenticated": "false"},
    },
}
_USER = {
    "type": "IAMUser",
    "principalId": "AIDAX5JTR8GYC6WENU2FS",
    "arn": f"arn:aws:iam::{_ACCOUNT}:user/wxk",
    "accountId": _ACCOUNT,
    "userName": "wxk",
}
_CALLS = (
    ("Qzxv", "qzxv.amazonaws.com", "203.0.113.77", "Qzxv/4.1", _ROLE),
    ("JumpyDwarfHog", "jumpydwarfhog.amazonaws.com", "2001:db8::9", "curl/8", _USER),
)
REGIONS = ("eu-north-1", "us-west-2", "sa-east-1")
_REGION, _OWNER = ("awsRegion",), ("recipientAccountId",)


def matches_all(root: Node) -> bool:
    """Whether a pattern matches every ordinary event."""
    pattern = Pattern("", root)
    return all(pattern.matches(event) for event in _events(conditions(root)))


def _events(asked: list[Condition]) -> Iterator[dict[str, Any]]:
    regions = (*REGIONS, *_named(asked, _REGION))
    accounts = (_ACCOUNT, "112233445566", *_named(asked, _OWNER))
    for call, region, account, reads in product(_CALLS, regions, accounts, (True, False)):
        name, source, address, agent, caller = call
        yield {
            "eventVersion": "1.11",
            "eventTime": "2026-03-05T06:07:08Z",
            "eventName": name,
            "eventSource": source,
            "awsRegion": region,
            "sourceIPAddress": address,
            "userAgent": agent,
            "requestID": "5d1f7c0e-qzv",
            "eventID": "90ab3c4d-qzv",
            "eventType": "AwsApiCall",
            "recipientAccountId": account,
            "eventCategory": "Management",
            "managementEvent": True,
            "readOnly": reads,
            "userIdentity": caller,
            "requestParameters": None,
            "responseElements": None,
        }


def _named(asked: list[Condition], path: tuple[str, ...]) -> Iterator[str]:
    """The texts that a pattern compares a field with; a `*` in one stands for nothing."""
    for condition in asked:
        if not isinstance(condition, Comparison) or names(condition.selector) != path:
            continue
        if isinstance(condition.value, Text):
            yield condition.value.text.replace("*", "")
