"""Policy documents say what AWS's guides say, and no more; the evaluator is the judge."""

import json
from typing import Any

import pytest

from guard import policies
from guard.access import Request, decide
from guard.names import Names, Where

HERE = Where("aws", "eu-west-1", "123456789012")
NAMES = Names("guard")
TRAIL = HERE.arn("cloudtrail", "trail/guard")
GROUP = HERE.arn("logs", f"log-group:{NAMES.log_group}")
ALARM = HERE.arn("cloudwatch", f"alarm:{NAMES.alarm('root-usage')}")
KEY = HERE.arn("kms", "key/1")
TOPIC = HERE.arn("sns", NAMES.topic())


def says(document: Any, service: str, action: str, resource: str, **context: str) -> str:
    """What a document says of a service's call."""
    keys = {name.replace("__", ":"): value for name, value in context.items()}
    return decide([document], Request({"Service": f"{service}.amazonaws.com"}, action, resource, keys))


@pytest.mark.parametrize(
    ("action", "source", "expected"),
    [
        ("kms:GenerateDataKey", TRAIL, "allow"),
        ("kms:Decrypt", TRAIL, "allow"),
        ("kms:DescribeKey", TRAIL, "allow"),
        ("kms:GenerateDataKey", TRAIL + "2", "implicit"),
        ("kms:ScheduleKeyDeletion", TRAIL, "implicit"),
    ],
)
def test_the_log_key_serves_its_trail(action: str, source: str, expected: str) -> None:
    """CloudTrail encrypts with it, for this trail."""
    key = policies.log_key(HERE, TRAIL, NAMES.log_group)
    context = {"aws:SourceArn": source, "kms:EncryptionContext:aws:cloudtrail:arn": source}
    request = Request({"Service": "cloudtrail.amazonaws.com"}, action, KEY, context)
    assert decide([key], request) == expected


@pytest.mark.parametrize(("group", "expected"), [(GROUP, "allow"), (GROUP + "2", "implicit")])
def test_the_log_key_serves_its_log_group(group: str, expected: str) -> None:
    """CloudWatch Logs of the region uses it, for this log group."""
    key = policies.log_key(HERE, TRAIL, NAMES.log_group)
    request = Request(
        {"Service": "logs.eu-west-1.amazonaws.com"}, "kms:Decrypt", KEY, {"kms:EncryptionContext:aws:logs:arn": group}
    )
    assert decide([key], request) == expected


def test_logs_of_china_have_another_suffix() -> None:
    """The service's name there ends in .cn."""
    there = Where("aws-cn", "cn-north-1", "123456789012")
    statement = policies.log_group_statement(there, NAMES.log_group)
    assert statement["Principal"] == {"Service": "logs.cn-north-1.amazonaws.com.cn"}


@pytest.mark.parametrize(
    ("alarm", "account", "expected"),
    [
        (ALARM, "123456789012", "allow"),
        (ALARM.replace("guard/", "guard-2/"), "123456789012", "implicit"),
        (ALARM, "210987654321", "implicit"),
    ],
)
def test_topic_and_key_hear_our_alarms_alone(alarm: str, account: str, expected: str) -> None:
    """Of this account and of the component's prefix."""
    context = {"aws__SourceArn": alarm, "aws__SourceAccount": account}
    topic = policies.topic(HERE, TOPIC, NAMES.alarm_prefix)
    key = policies.topics_key(HERE, NAMES.alarm_prefix)
    assert says(topic, "cloudwatch", "sns:Publish", TOPIC, **context) == expected
    assert says(key, "cloudwatch", "kms:GenerateDataKey", KEY, **context) == expected
    assert says(key, "cloudwatch", "kms:Decrypt", KEY, **context) == expected


def test_access_logs_come_from_the_one_bucket() -> None:
    """S3's log delivery writes, for the bucket and account that it says."""
    document = policies.access_log_bucket("arn:aws:s3:::logs", "arn:aws:s3:::source", "123456789012")
    context = {"aws__SourceArn": "arn:aws:s3:::source", "aws__SourceAccount": "123456789012"}
    assert says(document, "logging.s3", "s3:PutObject", "arn:aws:s3:::logs/access/x", **context) == "allow"
    other = {**context, "aws__SourceArn": "arn:aws:s3:::other"}
    assert says(document, "logging.s3", "s3:PutObject", "arn:aws:s3:::logs/access/x", **other) == "implicit"


def test_only_cloudtrail_takes_the_role() -> None:
    """And no other service."""
    trust = policies.role_trust()
    assert says(trust, "cloudtrail", "sts:AssumeRole", "*") == "allow"
    assert says(trust, "ec2", "sts:AssumeRole", "*") == "implicit"


def test_documents_fit_their_services() -> None:
    """Far below 20 KB for a bucket, 32 KB for a key, 10 KB for a role, 30 KB for a topic."""
    documents = [
        policies.log_bucket("arn:aws:s3:::b", TRAIL, "o-exampleorgid"),
        policies.log_key(HERE, TRAIL, NAMES.log_group),
        policies.topics_key(HERE, NAMES.alarm_prefix),
        policies.topic(HERE, TOPIC, NAMES.alarm_prefix),
        policies.role(HERE, NAMES.log_group, "o-exampleorgid"),
    ]
    assert max(len(json.dumps(one)) for one in documents) < 4_000
