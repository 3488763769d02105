"""Log groups and metric filters in the sandbox behave as CloudWatch Logs' do."""

import json
import time

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.deployed import RUN, Deployed

TO = [{"metricName": "M", "metricNamespace": "N", "metricValue": "1"}]


def put(guard: Deployed, pattern: str, name: str = "mine", group: str = "") -> None:
    """Write a metric filter."""
    guard.client("logs").put_metric_filter(
        filterName=name,
        filterPattern=pattern,
        logGroupName=group or guard.exports()["logGroup"],
        metricTransformations=TO,
    )


def test_a_filter_is_replaced(guard: Deployed) -> None:
    """A second put of the same name replaces the first; a delete leaves none, a second says so."""
    put(guard, '{ $.a = "1" }')
    put(guard, '{ $.a = "2" }')
    logs, group = guard.client("logs"), guard.exports()["logGroup"]
    found = logs.describe_metric_filters(logGroupName=group, filterNamePrefix="mine")["metricFilters"]
    assert [one["filterPattern"] for one in found] == ['{ $.a = "2" }']
    logs.delete_metric_filter(logGroupName=group, filterName="mine")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        logs.delete_metric_filter(logGroupName=group, filterName="mine")


@pytest.mark.parametrize("pattern", ["{ ($.a = 1 }", "{ $.a == 1 }", "{ $.a = %(x)% }", "ERROR"])
def test_a_broken_pattern_is_refused(guard: Deployed, pattern: str) -> None:
    """As AWS refuses it, with where and why."""
    with pytest.raises(ClientError, match="InvalidParameterException"):
        put(guard, pattern)


def test_a_missing_group_is_refused(guard: Deployed) -> None:
    """A filter needs a log group that is there."""
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        put(guard, "{ $.a = 1 }", group="/nowhere")


def test_a_hundred_filters_and_no_more(guard: Deployed) -> None:
    """The limit of a log group."""
    logs, group = guard.client("logs"), guard.exports()["logGroup"]
    before = len(logs.describe_metric_filters(logGroupName=group)["metricFilters"])
    for number in range(100 - before):
        put(guard, "{ $.a = 1 }", name=f"n{number}")
    with pytest.raises(ClientError, match="LimitExceededException"):
        put(guard, "{ $.a = 1 }", name="one-more")


def test_five_filters_with_a_regular_expression_and_no_more(guard: Deployed) -> None:
    """The limit of a log group counts filters, and one of them may be replaced."""
    guard.client("logs").create_log_group(logGroupName="other")
    for number in range(5):
        put(guard, "{ $.a = %x% && $.b = %y% }", name=f"n{number}", group="other")
    put(guard, "{ $.a = %z% }", name="n0", group="other")
    put(guard, '{ $.a = "%x%" }', name="text", group="other")
    with pytest.raises(ClientError, match="LimitExceededException"):
        put(guard, "{ $.a = %x% }", name="one-more", group="other")


def test_events_from_outside_ring_too(guard: Deployed) -> None:
    """Whoever puts an event into the group rings the alarm; an old one is rejected and counts for nothing."""
    logs, group = guard.client("logs"), guard.exports()["logGroup"]
    logs.create_log_stream(logGroupName=group, logStreamName="outside")
    now = int(time.time() * 1000)
    old = {"timestamp": now - 15 * 24 * 3600 * 1000, "message": json.dumps(RUN)}
    answer = logs.put_log_events(logGroupName=group, logStreamName="outside", logEvents=[old])
    assert "tooOldLogEventEndIndex" in answer["rejectedLogEventsInfo"]
    assert guard.state("ec2-instance-changes") == "OK"
    fresh = {"timestamp": now, "message": json.dumps(RUN)}
    logs.put_log_events(logGroupName=group, logStreamName="outside", logEvents=[fresh])
    assert guard.state("ec2-instance-changes") == "ALARM"


def test_a_search_by_pattern(guard: Deployed) -> None:
    """FilterLogEvents and TestMetricFilter evaluate the pattern."""
    logs, group = guard.client("logs"), guard.exports()["logGroup"]
    guard.aws.play([RUN, {**RUN, "eventName": "StopInstances"}])
    found = logs.filter_log_events(logGroupName=group, filterPattern='{ $.eventName = "Stop*" }')["events"]
    assert len(found) == 1
    matches = logs.test_metric_filter(filterPattern="{ $.a = 1 }", logEventMessages=['{"a":2}', '{"a":1}'])["matches"]
    assert [one["eventNumber"] for one in matches] == [2]


def test_a_protected_group_stays(guard: Deployed) -> None:
    """Deletion protection refuses; without it the group goes and takes its filters along."""
    logs, group = guard.client("logs"), guard.exports()["logGroup"]
    with pytest.raises(ClientError, match="ValidationException"):
        logs.delete_log_group(logGroupName=group)
    logs.put_log_group_deletion_protection(logGroupIdentifier=group, deletionProtectionEnabled=False)
    logs.delete_log_group(logGroupName=group)
    assert logs.describe_metric_filters()["metricFilters"] == []


def test_saved_queries(guard: Deployed) -> None:
    """A query definition is made, changed by its id, listed by prefix and deleted."""
    logs = guard.client("logs")
    made = logs.put_query_definition(name="mine/a", queryString="fields @timestamp")["queryDefinitionId"]
    logs.put_query_definition(name="mine/b", queryString="fields @message", queryDefinitionId=made)
    found = logs.describe_query_definitions(queryDefinitionNamePrefix="mine/")["queryDefinitions"]
    assert [one["name"] for one in found] == ["mine/b"]
    assert logs.delete_query_definition(queryDefinitionId=made)["success"]


def test_a_group_needs_a_key_that_works(guard: Deployed) -> None:
    """A key that isn't there is refused."""
    with pytest.raises(ClientError, match="InvalidParameterException"):
        guard.client("logs").create_log_group(logGroupName="/x", kmsKeyId="arn:aws:kms:eu-west-1:123456789012:key/none")
