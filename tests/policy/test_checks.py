"""The policy pack's checks, each on resources that hold and on resources that do not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from policy import checks

GOOD_TRAIL = {"isMultiRegionTrail": True, "enableLogFileValidation": True, "enableLogging": True}
METRIC = {"namespace": "Guard", "name": "root"}
HITS = {"namespace": "Guard", "metricName": "root"}


@dataclass
class Found:
    """A resource as the engine shows it to a policy."""

    resource_type: str
    props: Mapping[str, Any]
    urn: str = "urn"
    property_dependencies: Mapping[str, Any] = field(default_factory=dict)


FILTER = Found(
    "aws:cloudwatch/logMetricFilter:LogMetricFilter", {"metricTransformation": METRIC, "logGroupName": "/log"}
)


def alarm(**props: Any) -> Found:
    """An alarm."""
    return Found("aws:cloudwatch/metricAlarm:MetricAlarm", props, "alarm")


def topic(**props: Any) -> Found:
    """A topic."""
    return Found("aws:sns/topic:Topic", props, "topic")


@pytest.mark.parametrize(
    ("props", "faults"),
    [
        (GOOD_TRAIL, 0),
        ({"isMultiRegionTrail": True, "enableLogFileValidation": True}, 0),
        ({**GOOD_TRAIL, "isMultiRegionTrail": False}, 1),
        ({**GOOD_TRAIL, "enableLogging": False}, 1),
        ({**GOOD_TRAIL, "enableLogFileValidation": False}, 1),
        ({}, 2),
    ],
)
def test_a_trail_is_multi_region_logging_and_validated(props: Mapping[str, Any], faults: int) -> None:
    """A trail that leaves one of the three out is refused; logging is on where nothing is said."""
    assert len(list(checks.trail(props))) == faults


@pytest.mark.parametrize(
    ("key", "faults"),
    [
        (None, 0),
        ("arn:aws:kms:eu-west-1:1:key/2", 0),
        ("alias/mine", 0),
        ("alias/aws/sns", 1),
        ("arn:aws:kms:eu-west-1:1:alias/aws/sns", 1),
    ],
)
def test_no_alarm_topic_has_the_key_of_aws(key: str | None, faults: int) -> None:
    """A topic that an alarm names is refused with `alias/aws/sns`."""
    used = topic(arn="arn:topic", kmsMasterKeyId=key)

    assert len(list(checks.topics([used, alarm(alarmActions=["arn:topic"])]))) == faults


def test_a_topic_is_found_by_dependency_where_its_arn_is_not_known() -> None:
    """In a preview of a new stack the ARN is unknown: the alarm's dependency tells."""
    used = topic(kmsMasterKeyId="alias/aws/sns")
    ringing = alarm()
    ringing.property_dependencies = {"alarmActions": [used]}

    assert [urn for urn, _ in checks.topics([used, ringing])] == ["topic"]


def test_a_topic_without_an_alarm_may_have_the_key_of_aws() -> None:
    """Other topics of a stack are none of this pack's business."""
    assert list(checks.topics([topic(arn="arn:other", kmsMasterKeyId="alias/aws/sns"), alarm()])) == []


@pytest.mark.parametrize(
    ("props", "faults"),
    [
        ({**HITS, "treatMissingData": "notBreaching"}, 0),
        ({**HITS, "treatMissingData": "breaching"}, 1),
        (HITS, 1),
        ({"namespace": "AWS/Logs", "metricName": "IncomingLogEvents", "treatMissingData": "breaching"}, 0),
    ],
)
def test_alarms_on_hits_take_missing_data_for_fine(props: Mapping[str, Any], faults: int) -> None:
    """An alarm on a filter's metric is `notBreaching`; a heartbeat may be what it likes."""
    assert len(list(checks.alarms([FILTER, alarm(**props)]))) == faults


@pytest.mark.parametrize(
    ("name", "kind", "faults"),
    [
        ("/log", None, 0),
        ("/log", "STANDARD", 0),
        ("/log", "INFREQUENT_ACCESS", 1),
        ("/other", "INFREQUENT_ACCESS", 0),
    ],
)
def test_log_groups_with_filters_are_standard(name: str, kind: str | None, faults: int) -> None:
    """A filter's log group of another class is refused."""
    group = Found("aws:cloudwatch/logGroup:LogGroup", {"name": name, "logGroupClass": kind})

    assert len(list(checks.log_groups([FILTER, group]))) == faults


@pytest.mark.parametrize(
    ("text", "region", "faults"),
    [
        ("arn:aws:s3:::b", "eu-west-1", 0),
        ("arn:aws-cn:s3:::b", "cn-north-1", 0),
        ("arn:aws:s3:::b", "cn-north-1", 1),
        ("arn:aws:s3:::b", "us-gov-west-1", 1),
        ("arn:aws-us-gov:s3:::b", "us-east-1", 1),
        ("arn:aws-eusc:s3:::b", "eusc-de-east-1", 0),
        ("arn:aws:s3:::b", "eusc-de-east-1", 1),
        ("arn:aws:s3:::b", "", 0),
        ("no arn", "cn-north-1", 0),
    ],
)
def test_no_arn_of_another_partition(text: str, region: str, faults: int) -> None:
    """An ARN anywhere in the properties, in a policy document too, is of the region's partition."""
    props = {"policy": f'{{"Resource": "{text}"}}', "tags": {"deep": [text]}, "description": text}

    assert len(list(checks.partition(props, region))) == 2 * faults
