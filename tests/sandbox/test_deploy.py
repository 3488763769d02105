"""What a deployed guard is, read back with boto3."""

import json
from collections.abc import Mapping

import pytest

from guard.access import Request, decide
from tests.sandbox.deployed import NAME, REGION, Deployed

ACCOUNT = "123456789012"
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{NAME}"


def test_the_trail_records_everything(shared: Deployed) -> None:
    """All regions, global services, validated files, all management events, and it logs."""
    client = shared.client("cloudtrail")
    trail = client.get_trail(Name=NAME)["Trail"]
    assert trail["IsMultiRegionTrail"]
    assert trail["IncludeGlobalServiceEvents"]
    assert trail["LogFileValidationEnabled"]
    assert trail["CloudWatchLogsLogGroupArn"].endswith(":*")
    selector = client.get_event_selectors(TrailName=NAME)["EventSelectors"][0]
    assert (selector["ReadWriteType"], selector["IncludeManagementEvents"]) == ("All", True)
    assert client.get_trail_status(Name=NAME)["IsLogging"]


def test_the_bucket_is_locked_down(shared: Deployed) -> None:
    """No public access, no ACLs, versions, encryption with the key, access logs elsewhere."""
    s3, bucket = shared.client("s3"), shared.exports()["bucket"]
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    ownership = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert ownership == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    rule = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert rule["BucketKeyEnabled"]
    logs = s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]["TargetBucket"]
    assert logs != bucket
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=logs)


@pytest.mark.parametrize(
    ("who", "action", "path", "context", "decision"),
    [
        ("cloudtrail", "s3:PutObject", f"/AWSLogs/{ACCOUNT}/x", {}, "allow"),
        ("cloudtrail", "s3:GetBucketAcl", "", {}, "allow"),
        ("cloudtrail", "s3:PutObject", f"/AWSLogs/{ACCOUNT}/x", {"aws:SourceArn": TRAIL + "2"}, "implicit"),
        ("cloudtrail", "s3:PutObject", f"/AWSLogs/{ACCOUNT}/x", {"s3:x-amz-acl": "private"}, "implicit"),
        ("cloudtrail", "s3:PutObject", "/AWSLogs/210987654321/x", {}, "implicit"),
        ("cloudtrail", "s3:PutObject", f"/AWSLogs/{ACCOUNT}/x", {"aws:SecureTransport": "false"}, "deny"),
        ("cloudtrail", "s3:PutObject", f"/AWSLogs/{ACCOUNT}/x", {"s3:TlsVersion": "1.1"}, "deny"),
        ("config", "s3:PutObject", f"/AWSLogs/{ACCOUNT}/x", {}, "implicit"),
    ],
)
def test_only_this_trail_writes_to_the_bucket(
    shared: Deployed, who: str, action: str, path: str, context: Mapping[str, str], decision: str
) -> None:
    """Another trail, ACL, path, service or transport is not let in."""
    bucket = shared.exports()["bucket"]
    policy = json.loads(shared.client("s3").get_bucket_policy(Bucket=bucket)["Policy"])
    usual = {
        "aws:SourceArn": TRAIL,
        "aws:SourceAccount": ACCOUNT,
        "aws:SecureTransport": "true",
        "s3:TlsVersion": "1.3",
        "s3:x-amz-acl": "bucket-owner-full-control",
    }
    request = Request({"Service": f"{who}.amazonaws.com"}, action, f"arn:aws:s3:::{bucket}{path}", {**usual, **context})
    assert decide([policy], request) == decision


def test_filter_metric_alarm_and_topic_are_linked(shared: Deployed) -> None:
    """Each filter counts into a metric that one alarm reads, and the alarm mails through a topic of ours."""
    filters = shared.client("logs").describe_metric_filters(logGroupName=shared.exports()["logGroup"])["metricFilters"]
    alarms = shared.client("cloudwatch").describe_alarms()["MetricAlarms"]
    counted = {
        (one["metricTransformations"][0]["metricNamespace"], one["metricTransformations"][0]["metricName"])
        for one in filters
    }
    read = {(one["Namespace"], one["MetricName"]): one for one in alarms if "watchdog" not in one["AlarmName"]}
    assert counted == set(read)
    assert {action for one in read.values() for action in one["AlarmActions"]} <= set(
        shared.exports()["topics"].values()
    )
    assert all(one["Statistic"] == "Sum" and one["TreatMissingData"] == "notBreaching" for one in read.values())


def test_the_log_group_is_kept(shared: Deployed) -> None:
    """Retention, the log's own key, and nobody deletes it by mistake."""
    found = shared.client("logs").describe_log_groups(logGroupNamePrefix=shared.exports()["logGroup"])["logGroups"][0]
    assert found["retentionInDays"] == 365
    assert found["deletionProtectionEnabled"]
    topics = shared.client("sns")
    keys = [
        topics.get_topic_attributes(TopicArn=arn)["Attributes"].get("KmsMasterKeyId")
        for arn in shared.exports()["topics"].values()
    ]
    assert found["kmsKeyId"] not in keys


def test_the_watchdogs_topic_has_no_key(shared: Deployed) -> None:
    """The last resort has the fewest parts."""
    arn = shared.exports()["topics"]["watchdog"]
    assert not shared.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"].get("KmsMasterKeyId")


def test_each_alarm_names_a_query_that_is_there(shared: Deployed) -> None:
    """The description of an alarm names a saved query and links to it."""
    queries = shared.client("logs").describe_query_definitions()["queryDefinitions"]
    for one in queries:
        alarm = shared.client("cloudwatch").describe_alarms(AlarmNames=[one["name"]])["MetricAlarms"][0]
        assert one["name"] in alarm["AlarmDescription"]
        assert one["queryDefinitionId"] in alarm["AlarmDescription"]
