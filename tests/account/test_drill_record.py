"""A drill's record: whole, marked, and still what the rule means."""

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import pytest

from guard import rules
from guard.account.drill_record import ORDER, record
from guard.names import Where
from guard.pattern import parse
from guard.rules.drill import ADDRESS, AGENT, ID

WHERE = Where("aws", "eu-west-1", "123456789012")
AT = datetime(2026, 11, 2, 3, 4, 5, tzinfo=timezone.utc)
WHOLE = set(ORDER) - {"errorCode", "errorMessage", "additionalEventData"}
EVERY = [rules.fill(rule, rules.SAMPLE) for rule in rules.load(rules.shipped()).rules]


def made(example: Mapping[str, Any], *texts: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The record of an example, under these patterns, and what was left off."""
    patterns = [parse(text) for text in texts]
    found = record(example, WHERE, AT, lambda event: sum(one.matches(event) for one in patterns))
    return dict(found.event), found.left_off


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.id)
def test_each_shipped_rule_has_a_whole_marked_record(rule: rules.Rule) -> None:
    """Of each matching example: the rule matches it, no field of a record lacks but those the rule forbids, a
    drill's marks are on it, and it is JSON.
    """
    for example in rule.examples.match:
        event, left = made(example, *rule.patterns)
        assert any(parse(text).matches(json.dumps(event)) for text in rule.patterns)
        assert event.keys() >= WHOLE - set(left)
        assert (event["sourceIPAddress"], event["userAgent"]) == (ADDRESS, AGENT)
        assert event["eventID"].startswith(ID)


def test_the_examples_fields_stay() -> None:
    """What the example says is not overwritten; the rest is a user's call, here, now."""
    event, left = made({"eventName": "RunInstances", "awsRegion": "sa-east-1"}, '{ $.eventName = "RunInstances" }')
    assert (event["awsRegion"], event["eventTime"], left) == ("sa-east-1", "2026-11-02T03:04:05Z", ())
    assert event["eventSource"] == "ec2.amazonaws.com"
    assert event["userIdentity"]["arn"] == "arn:aws:iam::123456789012:user/guard-drill"


IDENTITIES = {
    "Root": {"arn": "arn:aws:iam::123456789012:root", "accountId": "123456789012"},
    "AssumedRole": {"arn": "arn:aws:sts::123456789012:assumed-role/guard-drill/guard-drill"},
    "AWSService": {"invokedBy": "guard-drill.amazonaws.com"},
    "IdentityCenterUser": {"accountId": "123456789012"},
}


@pytest.mark.parametrize("kind", IDENTITIES)
def test_identities_are_of_their_kind(kind: str) -> None:
    """A root user has no name, a role's session has an issuer."""
    event, _ = made({"userIdentity": {"type": kind}}, f'{{ $.userIdentity.type = "{kind}" }}')
    assert event["userIdentity"].items() >= IDENTITIES[kind].items()
    assert ("sessionContext" in event["userIdentity"]) is (kind == "AssumedRole")


def test_a_sign_in_is_one() -> None:
    """An example that names only the event's type is a console login."""
    event, _ = made({"eventType": "AwsConsoleSignIn"}, '{ $.eventType = "AwsConsoleSignIn" }')
    assert (event["eventName"], event["eventSource"]) == ("ConsoleLogin", "signin.amazonaws.com")


LEFT_OFF = [
    (
        '{ ($.sourceIPAddress = "203.0.113.*") && ($.userAgent = "curl*") }',
        {"sourceIPAddress": "203.0.113.7", "userAgent": "curl/8"},
        ("sourceIPAddress", "userAgent"),
    ),
    ("{ ($.a = 1) && ($.userIdentity.userName NOT EXISTS) }", {"a": 1}, ("userIdentity.userName",)),
    ("{ ($.a = 1) && ($.userIdentity IS NULL) }", {"a": 1, "userIdentity": None}, ()),
    ("{ ($.a = 1) && ($.requestParameters NOT EXISTS) }", {"a": 1}, ("requestParameters",)),
]


@pytest.mark.parametrize(("text", "example", "left"), LEFT_OFF)
def test_what_breaks_the_match_is_left_off(text: str, example: dict[str, Any], left: tuple[str, ...]) -> None:
    """A mark keeps the example's value then; the eventID's mark is always there."""
    event, found = made(example, text)
    assert set(left) <= set(found)
    assert parse(text).matches(event)
    assert {key: event[key] for key in example} == example
    assert event["eventID"].startswith(ID)


def test_records_differ_in_their_ids() -> None:
    """CloudTrail never writes an eventID twice."""
    assert len({made({"a": 1}, "{ $.a = 1 }")[0]["eventID"] for _ in range(20)}) == 20
