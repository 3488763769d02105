"""The self-protection pack: who touches the guard is heard, whoever touches the like elsewhere is not."""

import re
from typing import Any

import pytest

from guard.pattern import Pattern, parse
from guard.rules import SAMPLE, fill, read_pack

PACK = read_pack("self-protection").rules
FILLED: dict[str, list[Pattern]] = {rule.id: [parse(text) for text in fill(rule, SAMPLE).patterns] for rule in PACK}
PREFIX, BUCKET, GROUP, ROLE = (SAMPLE[name] for name in ("prefix", "bucket", "logGroup", "role"))
TOPIC = f"arn:aws-cn:sns:cn-north-1:111122223333:{PREFIX}-watchdog"

# source, event name, its parameters, the rule that hears it; "" for none.
ACTS: list[tuple[str, str, dict[str, Any], str]] = [
    *[
        ("cloudtrail", name, {"name": trail}, "guard-trail-changed")
        for name in ("StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors", "PutInsightSelectors")
        for trail in ("mine", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/mine")
    ],
    ("cloudtrail", "StartLogging", {"name": "mine"}, ""),
    *[
        ("s3", name, {"bucketName": BUCKET}, "guard-bucket-changed")
        for name in ("PutBucketPolicy", "DeleteBucketPolicy", "PutBucketLifecycle", "DeleteBucketLifecycle")
    ],
    ("s3", "PutBucketPolicy", {"bucketName": BUCKET + "-else"}, ""),
    *[
        ("kms", name, {"keyId": key}, "guard-key-changed")
        for name in ("DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy")
        for key in ("0a1b", "alias/x", "arn:aws:kms:eu-west-1:111122223333:key/0a1b")
    ],
    ("iam", "DeleteRolePolicy", {"roleName": ROLE}, "guard-role-changed"),
    ("iam", "UpdateAssumeRolePolicy", {"roleName": ROLE}, "guard-role-changed"),
    ("iam", "DeleteRolePolicy", {"roleName": "orders"}, ""),
    ("logs", "DeleteLogGroup", {"logGroupName": GROUP}, "guard-log-group-changed"),
    ("logs", "PutRetentionPolicy", {"logGroupName": GROUP, "retentionInDays": 1}, "guard-log-group-changed"),
    ("logs", "PutRetentionPolicy", {"logGroupName": "/aws/lambda/orders"}, ""),
    ("logs", "DeleteMetricFilter", {"logGroupName": GROUP}, "guard-filters-changed"),
    ("logs", "PutMetricFilter", {"logGroupName": GROUP}, "guard-filters-changed"),
    *[
        ("monitoring", name, {}, "guard-alarms-changed")
        for name in ("DeleteAlarms", "DisableAlarmActions", "SetAlarmState", "PutAlarmMuteRule")
    ],
    ("monitoring", "PutMetricAlarm", {"alarmName": f"{PREFIX}/root-usage"}, "guard-alarms-changed"),
    ("monitoring", "PutMetricAlarm", {"alarmName": "orders"}, ""),
    ("sns", "DeleteTopic", {"topicArn": TOPIC}, "guard-topics-changed"),
    ("sns", "SetTopicAttributes", {"topicArn": TOPIC}, "guard-topics-changed"),
    ("sns", "Subscribe", {"topicArn": TOPIC}, "guard-topics-changed"),
    ("sns", "Unsubscribe", {"subscriptionArn": f"{TOPIC}:0a1b"}, "guard-topics-changed"),
    ("sns", "DeleteTopic", {"topicArn": "arn:aws:sns:eu-west-1:111122223333:orders"}, ""),
]


def heard(event: dict[str, Any]) -> list[str]:
    """The rules that count an event."""
    return [rule for rule, patterns in FILLED.items() if any(one.matches(event) for one in patterns)]


@pytest.mark.parametrize(("source", "name", "parameters", "rule"), ACTS)
def test_who_touches_the_guard_is_heard(source: str, name: str, parameters: dict[str, Any], rule: str) -> None:
    """Whoever it is, the deploying role too: no rule reads the caller, but for services that call by themselves."""
    role = {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/pulumi"}
    event = {
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "requestParameters": parameters,
        "userIdentity": role,
    }
    assert heard(event) == ([rule] if rule else [])
    assert heard({**event, "eventSource": "else.amazonaws.com"}) == []


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        ({}, True),
        ({"type": "IAMUser"}, True),
        ({"type": "AWSService", "invokedBy": "cloudformation.amazonaws.com"}, True),
        ({"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"}, False),
        ({"type": "AssumedRole", "invokedBy": "dynamodb.application-autoscaling.amazonaws.com"}, False),
    ],
)
def test_scaling_is_left_out_null_safe(identity: dict[str, str], *, expected: bool) -> None:
    """Auto Scaling deletes its own alarms all day; a caller without `invokedBy` is not let through for that."""
    event = {"eventSource": "monitoring.amazonaws.com", "eventName": "DeleteAlarms", "userIdentity": identity}
    assert (heard(event) == ["guard-alarms-changed"]) is expected


@pytest.mark.parametrize("rule", PACK, ids=lambda rule: rule.id)
def test_each_rule_is_of_one_source(rule: Any) -> None:
    """Split by eventSource, so that each stays short and says where."""
    assert len(set(re.findall(r'eventSource = "(.*?)"', rule.pattern))) == 1


@pytest.mark.parametrize("rule_id", ["guard-trail-changed", "guard-key-changed"])
def test_trails_and_keys_are_not_narrowed(rule_id: str) -> None:
    """A trail is called by name or ARN, a key by id, ARN or alias: whoever narrows by one is evaded by another."""
    (rule,) = (rule for rule in PACK if rule.id == rule_id)
    assert "requestParameters" not in rule.pattern


def test_the_last_resort_mails_all_of_it() -> None:
    """Through the watchdog's topic."""
    assert {rule.topic for rule in PACK} == {"watchdog"}
