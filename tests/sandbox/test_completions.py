"""Each completion is needed: by itself, moto lacks it or answers otherwise. A test that fails here says that
moto has learnt it, and that the entry can go.
"""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from guard.sandbox.completions import TABLE

REGION = "us-east-1"
GROUP = "/g"
TO = [{"metricName": "M", "metricNamespace": "N", "metricValue": "1"}]
HIT = json.dumps({"a": 1})


def client(service: str) -> Any:
    """A client of plain moto."""
    return boto3.client(service, REGION, aws_access_key_id="x", aws_secret_access_key="x")


def logs() -> Any:
    """CloudWatch Logs with a group, a stream and a filter."""
    found = client("logs")
    found.create_log_group(logGroupName=GROUP, deletionProtectionEnabled=True)
    found.create_log_stream(logGroupName=GROUP, logStreamName="s")
    found.put_metric_filter(filterName="f", filterPattern="{ $.a = 1 }", logGroupName=GROUP, metricTransformations=TO)
    return found


def put_events(found: Any, *messages: str) -> None:
    """Log events of now."""
    events = [{"timestamp": int(time.time() * 1000), "message": message} for message in messages]
    found.put_log_events(logGroupName=GROUP, logStreamName="s", logEvents=events)


def trails() -> Any:
    """CloudTrail with a trail on a bucket without a policy."""
    client("s3").create_bucket(Bucket="b")
    found = client("cloudtrail")
    found.create_trail(Name="trail", S3BucketName="b", KmsKeyId="alias/none")
    return found


def alarms() -> Any:
    """CloudWatch with an alarm that mails a topic."""
    topic = client("sns").create_topic(Name="t")["TopicArn"]
    found = client("cloudwatch")
    found.put_metric_alarm(
        AlarmName="a",
        MetricName="M",
        Namespace="N",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[topic],
    )
    return found


def state(found: Any) -> str:
    """The alarm's state."""
    return str(found.describe_alarms()["MetricAlarms"][0]["StateValue"])


def topics(service: str = "sns") -> tuple[Any, str]:
    """SNS with a topic and one address that never confirmed."""
    found = client(service)
    arn = found.create_topic(Name="t")["TopicArn"]
    found.subscribe(TopicArn=arn, Protocol="email", Endpoint="a@example.com")
    return found, arn


def sent() -> int:
    """How many messages topic `t` has sent."""
    from moto.backends import get_backend

    return sum(len(one.sent_notifications) for one in get_backend("sns")["123456789012"][REGION].topics.values())


def refuses(code: str, act: Callable[[], Any]) -> bool:
    """Whether a call is refused with this code."""
    try:
        act()
    except ClientError as error:
        return bool(error.response["Error"]["Code"] == code)
    return False


def create_trail() -> bool:
    """A bucket without a policy is refused."""
    return refuses("InsufficientS3BucketPolicyException", trails)


def update_trail() -> bool:
    """So is one that a trail is changed to."""
    found = trails()
    client("s3").create_bucket(Bucket="c")
    return refuses("InsufficientS3BucketPolicyException", lambda: found.update_trail(Name="trail", S3BucketName="c"))


def delete_trail() -> bool:
    """By ARN."""
    found = trails()
    found.delete_trail(Name=found.get_trail(Name="trail")["Trail"]["TrailARN"])
    return not found.list_trails()["Trails"]


def event_selectors() -> bool:
    """A new trail has a default."""
    return bool(trails().get_event_selectors(TrailName="trail")["EventSelectors"])


def replaced_selectors() -> bool:
    """Basic selectors replace advanced ones."""
    found = trails()
    fields = [{"Field": "eventCategory", "Equals": ["Management"]}]
    found.put_event_selectors(TrailName="trail", AdvancedEventSelectors=[{"FieldSelectors": fields}])
    found.put_event_selectors(TrailName="trail", EventSelectors=[{"ReadWriteType": "All"}])
    return not found.get_event_selectors(TrailName="trail").get("AdvancedEventSelectors")


def insight_selectors() -> bool:
    """A second put replaces the first."""
    found = trails()
    for _ in range(2):
        found.put_insight_selectors(TrailName="trail", InsightSelectors=[{"InsightType": "ApiCallRateInsight"}])
    return len(found.get_insight_selectors(TrailName="trail")["InsightSelectors"]) == 1


def trail_status() -> bool:
    """With the time of the last delivery to CloudWatch Logs."""
    return "LatestCloudWatchLogsDeliveryTime" in trails().get_trail_status(Name="trail")


def disable_key() -> bool:
    """By ARN."""
    found = client("kms")
    found.disable_key(KeyId=found.create_key()["KeyMetadata"]["Arn"])
    return True


def enable_key() -> bool:
    """By ARN."""
    found = client("kms")
    found.enable_key(KeyId=found.create_key()["KeyMetadata"]["Arn"])
    return True


def create_group() -> bool:
    """A key that isn't there is refused."""
    key = "arn:aws:kms:us-east-1:123456789012:key/none"
    return refuses(
        "InvalidParameterException", lambda: client("logs").create_log_group(logGroupName="/x", kmsKeyId=key)
    )


def delete_group() -> bool:
    """A protected group stays."""
    found = logs()
    return refuses("ValidationException", lambda: found.delete_log_group(logGroupName=GROUP))


def describe_groups() -> bool:
    """With protection."""
    return "deletionProtectionEnabled" in logs().describe_log_groups()["logGroups"][0]


def protect() -> bool:
    """Deletion protection can be set."""
    logs().put_log_group_deletion_protection(logGroupIdentifier=GROUP, deletionProtectionEnabled=True)
    return True


def put_filter() -> bool:
    """An upsert."""
    found = logs()
    found.put_metric_filter(filterName="f", filterPattern="{ $.b = 1 }", logGroupName=GROUP, metricTransformations=TO)
    return len(found.describe_metric_filters()["metricFilters"]) == 1


def delete_filter() -> bool:
    """A filter that isn't there is an error."""
    found = logs()
    return refuses(
        "ResourceNotFoundException", lambda: found.delete_metric_filter(filterName="none", logGroupName=GROUP)
    )


def try_filter() -> bool:
    """TestMetricFilter answers."""
    return bool(logs().test_metric_filter(filterPattern="{ $.a = 1 }", logEventMessages=[HIT])["matches"])


def search() -> bool:
    """FilterLogEvents evaluates the pattern."""
    found = logs()
    put_events(found, HIT, '{"a":2}')
    return len(found.filter_log_events(logGroupName=GROUP, filterPattern="{ $.a = 1 }")["events"]) == 1


def count_events() -> bool:
    """A log event that a filter matches makes a metric."""
    put_events(logs(), HIT)
    return bool(client("cloudwatch").list_metrics(Namespace="N")["Metrics"])


def put_query() -> bool:
    """Saved queries can be made."""
    client("logs").put_query_definition(name="q", queryString="fields @message")
    return True


def list_queries() -> bool:
    """And listed."""
    client("logs").describe_query_definitions()
    return True


def delete_query() -> bool:
    """And deleted."""
    client("logs").delete_query_definition(queryDefinitionId="q")
    return True


def new_alarm() -> bool:
    """A new alarm knows nothing yet."""
    return state(alarms()) == "INSUFFICIENT_DATA"


def set_state() -> bool:
    """A state that is set runs the actions."""
    alarms().set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="x")
    return sent() > 0


def alarm_history() -> bool:
    """An alarm has a history."""
    return bool(alarms().describe_alarm_history(AlarmName="a")["AlarmHistoryItems"])


def metric_data() -> bool:
    """A metric moves its alarm."""
    found = alarms()
    found.put_metric_data(Namespace="N", MetricData=[{"MetricName": "M", "Value": 2}])
    return state(found) == "ALARM"


def read_metric() -> bool:
    """What a filter counted can be read."""
    put_events(logs(), HIT)
    now = datetime.now(timezone.utc)
    stat = {"Metric": {"Namespace": "N", "MetricName": "M"}, "Period": 60, "Stat": "Sum"}
    answer = client("cloudwatch").get_metric_data(
        MetricDataQueries=[{"Id": "m", "MetricStat": stat}], StartTime=now - timedelta(hours=1), EndTime=now
    )
    return bool(answer["MetricDataResults"][0]["Values"])


def put_mute() -> bool:
    """Mute rules can be made."""
    schedule = {"Schedule": {"Expression": "cron(* * * * *)", "Duration": "PT1H"}}
    client("cloudwatch").put_alarm_mute_rule(Name="m", Rule=schedule, MuteTargets={"AlarmNames": ["a"]})
    return True


def get_mute() -> bool:
    """And read."""
    client("cloudwatch").get_alarm_mute_rule(AlarmMuteRuleName="m")
    return True


def list_mutes() -> bool:
    """And listed."""
    client("cloudwatch").list_alarm_mute_rules()
    return True


def delete_mute() -> bool:
    """And deleted."""
    client("cloudwatch").delete_alarm_mute_rule(AlarmMuteRuleName="m")
    return True


def publish() -> bool:
    """A disabled key forbids it."""
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.disable_key(KeyId=key)
    found = client("sns")
    arn = found.create_topic(Name="t", Attributes={"KmsMasterKeyId": key})["TopicArn"]
    return refuses("KMSDisabled", lambda: found.publish(TopicArn=arn, Message="x"))


def subscribe() -> bool:
    """An address must confirm."""
    found, arn = topics()
    answer = found.subscribe(TopicArn=arn, Protocol="email", Endpoint="b@example.com")
    return bool(answer["SubscriptionArn"] == "pending confirmation")


def confirm() -> bool:
    """A made-up token is refused."""
    found, arn = topics()
    return refuses("InvalidParameter", lambda: found.confirm_subscription(TopicArn=arn, Token="made-up"))


def list_all() -> bool:
    """Pending ones have no ARN yet."""
    found, _ = topics()
    return bool(found.list_subscriptions()["Subscriptions"][0]["SubscriptionArn"] == "PendingConfirmation")


def list_of_topic() -> bool:
    """Nor in a topic's list."""
    found, arn = topics()
    listed = found.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    return bool(listed[0]["SubscriptionArn"] == "PendingConfirmation")


PROBES: dict[tuple[str, str], Callable[[], bool]] = {
    ("cloudtrail", "CreateTrail"): create_trail,
    ("cloudtrail", "UpdateTrail"): update_trail,
    ("cloudtrail", "DeleteTrail"): delete_trail,
    ("cloudtrail", "GetEventSelectors"): event_selectors,
    ("cloudtrail", "PutEventSelectors"): replaced_selectors,
    ("cloudtrail", "PutInsightSelectors"): insight_selectors,
    ("cloudtrail", "GetTrailStatus"): trail_status,
    ("kms", "DisableKey"): disable_key,
    ("kms", "EnableKey"): enable_key,
    ("logs", "CreateLogGroup"): create_group,
    ("logs", "DeleteLogGroup"): delete_group,
    ("logs", "DescribeLogGroups"): describe_groups,
    ("logs", "PutLogGroupDeletionProtection"): protect,
    ("logs", "PutMetricFilter"): put_filter,
    ("logs", "DeleteMetricFilter"): delete_filter,
    ("logs", "TestMetricFilter"): try_filter,
    ("logs", "FilterLogEvents"): search,
    ("logs", "PutLogEvents"): count_events,
    ("logs", "PutQueryDefinition"): put_query,
    ("logs", "DescribeQueryDefinitions"): list_queries,
    ("logs", "DeleteQueryDefinition"): delete_query,
    ("cloudwatch", "PutMetricAlarm"): new_alarm,
    ("cloudwatch", "SetAlarmState"): set_state,
    ("cloudwatch", "DescribeAlarmHistory"): alarm_history,
    ("cloudwatch", "PutMetricData"): metric_data,
    ("cloudwatch", "GetMetricData"): read_metric,
    ("cloudwatch", "PutAlarmMuteRule"): put_mute,
    ("cloudwatch", "GetAlarmMuteRule"): get_mute,
    ("cloudwatch", "ListAlarmMuteRules"): list_mutes,
    ("cloudwatch", "DeleteAlarmMuteRule"): delete_mute,
    ("sns", "Publish"): publish,
    ("sns", "Subscribe"): subscribe,
    ("sns", "ConfirmSubscription"): confirm,
    ("sns", "ListSubscriptions"): list_all,
    ("sns", "ListSubscriptionsByTopic"): list_of_topic,
}


def test_every_completion_has_a_probe() -> None:
    """The table and the probes name the same operations."""
    assert set(PROBES) == set(TABLE)


def has(probe: Callable[[], bool]) -> bool:
    """Whether moto has what a probe asks; an operation it crashes on, or does not know, it has not."""
    try:
        return probe()
    except Exception:  # noqa: BLE001 - moto fails in its own ways
        return False


@pytest.mark.parametrize("operation", sorted(PROBES), ids="-".join)
def test_moto_by_itself_lacks_it(operation: tuple[str, str]) -> None:
    """Without the completion the answer is not AWS's; when this fails, delete the entry."""
    with mock_aws():
        assert not has(PROBES[operation]), f"moto has {'.'.join(operation)} now: delete its completion"
