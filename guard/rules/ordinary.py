"""Ordinary events: what a pattern that matches all of them says nothing about.

They have no error, name no event, source or caller that a rule would name, and differ in what a rule may ask
for alone: who calls (a session of a role, a user), whether it only reads, region and account. The regions and
accounts that the pattern itself names are among them.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from guard.pattern import Pattern
from guard.pattern.ast import Comparison, Condition, Node, Text, conditions
from guard.rules.record import names

ACCOUNTS = ("409118273645", "112233445566")
REGIONS = ("eu-north-1", "us-west-2", "sa-east-1")
_ACCOUNT = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_REGION = ("awsRegion",)
_CALLS = (
    {
        "eventVersion": "1.11",
        "eventTime": "2026-03-05T06:07:08Z",
        "eventName": "Qzxv",
        "eventSource": "qzxv.amazonaws.com",
        "sourceIPAddress": "203.0.113.77",
        "userAgent": "Qzxv/4.1",
        "requestID": "5d1f7c0e-qzv",
        "eventID": "90ab3c4d-qzv",
    },
    {
        "eventVersion": "1.08",
        "eventTime": "2031-12-14T21:32:43Z",
        "eventName": "JumpyDwarfHog",
        "eventSource": "jumpydwarfhog.amazonaws.com",
        "sourceIPAddress": "2001:db8::9",
        "userAgent": "curl/8",
        "requestID": "wk-81",
        "eventID": "wk-82",
    },
)


def matches_all(root: Node) -> bool:
    """Whether a pattern matches every ordinary event."""
    pattern = Pattern("", root)
    return all(pattern.matches(event) for event in _events(conditions(root)))


def _events(asked: list[Condition]) -> Iterator[dict[str, Any]]:
    literals = [
        (names(one.selector), one.value.text)
        for one in asked
        if isinstance(one, Comparison) and isinstance(one.value, Text)
    ]
    regions = (*REGIONS, *(text.replace("*", "") for path, text in literals if path == _REGION))
    accounts = (*ACCOUNTS, *(found for _, text in literals for found in _ACCOUNT.findall(text)))
    for call, who, region, account, owner, reads in product(
        _CALLS, (_session, _user), regions, accounts, accounts, (True, False)
    ):
        yield {
            **call,
            "awsRegion": region,
            "eventType": "AwsApiCall",
            "recipientAccountId": owner,
            "eventCategory": "Management",
            "managementEvent": True,
            "readOnly": reads,
            "userIdentity": who(account),
            "requestParameters": None,
            "responseElements": None,
        }


def _session(account: str) -> dict[str, Any]:
    return {
        "type": "AssumedRole",
        "principalId": "AROAQ7ZK2MVX4NPLW3BHD:qzv",
        "arn": f"arn:aws:sts::{account}:assumed-role/Qzv/qzv",
        "accountId": account,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAQ7ZK2MVX4NPLW3BHD",
                "arn": f"arn:aws:iam::{account}:role/Qzv",
                "accountId": account,
                "userName": "Qzv",
            },
            "attributes": {"creationDate": "2026-03-05T06:07:08Z", "mfaAuthenticated": "false"},
        },
    }


def _user(account: str) -> dict[str, Any]:
    return {
        "type": "IAMUser",
        "principalId": "AIDAX5JTR8GYC6WENU2FS",
        "arn": f"arn:aws:iam::{account}:user/wxk",
        "accountId": account,
        "userName": "wxk",
    }
