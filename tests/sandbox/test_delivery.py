"""CloudTrail delivers only where policies, keys, role and selectors let it."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from moto.backends import get_backend

from tests.sandbox.deployed import NAME, RUN, Deployed, happening


def role_name(guard: Deployed) -> str:
    """The role by which CloudTrail writes."""
    trail = guard.client("cloudtrail").get_trail(Name=NAME)["Trail"]
    return str(trail["CloudWatchLogsRoleArn"]).rsplit("/", 1)[-1]


def without_role_policy(guard: Deployed) -> None:
    """The role may do nothing any more."""
    guard.client("iam").delete_role_policy(RoleName=role_name(guard), PolicyName="write-log-streams")


def trusting(guard: Deployed, service: str, **more: Any) -> None:
    """Only this service may take the role."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **more}
    guard.client("iam").update_assume_role_policy(
        RoleName=role_name(guard), PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )


def with_foreign_trust(guard: Deployed) -> None:
    """Somebody else may take the role."""
    trusting(guard, "ec2.amazonaws.com")


def with_trust_of_an_account(guard: Deployed) -> None:
    """CloudTrail may take the role if it tells for whom, as scanners advise; it does not."""
    told = {"StringEquals": {"aws:SourceAccount": guard.aws.world.account}}
    trusting(guard, "cloudtrail.amazonaws.com", Condition=told)


def without_bucket_policy(guard: Deployed) -> None:
    """Nobody but the account writes to the bucket."""
    guard.client("s3").delete_bucket_policy(Bucket=guard.exports()["bucket"])


def with_log_key_disabled(guard: Deployed) -> None:
    """The key of bucket and log group cannot be used."""
    key = guard.client("cloudtrail").get_trail(Name=NAME)["Trail"]["KmsKeyId"]
    guard.client("kms").disable_key(KeyId=key)


def with_group_gone(guard: Deployed) -> None:
    """The log group is deleted, its protection first."""
    group = guard.exports()["logGroup"]
    guard.client("logs").put_log_group_deletion_protection(logGroupIdentifier=group, deletionProtectionEnabled=False)
    guard.client("logs").delete_log_group(logGroupName=group)


def stopped(guard: Deployed) -> None:
    """The trail does not log."""
    guard.client("cloudtrail").stop_logging(Name=NAME)


def deleted(guard: Deployed) -> None:
    """The trail is gone, by its ARN."""
    guard.client("cloudtrail").delete_trail(Name=guard.client("cloudtrail").get_trail(Name=NAME)["Trail"]["TrailARN"])


def reads_only(guard: Deployed) -> None:
    """The selector leaves out what writes."""
    selector = {"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True}
    guard.client("cloudtrail").put_event_selectors(TrailName=NAME, EventSelectors=[selector])


def data_alone(guard: Deployed) -> None:
    """An advanced selector leaves out management events."""
    fields = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
    ]
    guard.client("cloudtrail").put_event_selectors(
        TrailName=NAME, AdvancedEventSelectors=[{"Name": "data", "FieldSelectors": fields}]
    )


@pytest.mark.parametrize(
    ("attack", "field", "said"),
    [
        (without_role_policy, "LatestCloudWatchLogsDeliveryError", "PutLogEvents"),
        (with_foreign_trust, "LatestCloudWatchLogsDeliveryError", "does not trust"),
        (with_trust_of_an_account, "LatestCloudWatchLogsDeliveryError", "does not trust"),
        (without_bucket_policy, "LatestDeliveryError", "AccessDenied"),
        (with_log_key_disabled, "LatestDeliveryError", "AccessDenied"),
        (with_log_key_disabled, "LatestCloudWatchLogsDeliveryError", "Disabled"),
        (with_group_gone, "LatestCloudWatchLogsDeliveryError", "does not exist"),
    ],
)
def test_a_cut_leg_shows_in_the_trails_status(
    guard: Deployed, attack: Callable[[Deployed], None], field: str, said: str
) -> None:
    """Each leg that cannot be used is named by GetTrailStatus."""
    attack(guard)
    guard.aws.play([RUN])
    assert said in guard.client("cloudtrail").get_trail_status(Name=NAME)[field]


@pytest.mark.parametrize(
    "attack", [without_role_policy, with_foreign_trust, with_log_key_disabled, stopped, deleted, reads_only, data_alone]
)
def test_what_is_not_delivered_rings_nothing(guard: Deployed, attack: Callable[[Deployed], None]) -> None:
    """An event that does not reach the log group rings no alarm, though it happened."""
    attack(guard)
    assert guard.aws.play([RUN]) == 0
    assert guard.state("ec2-instance-changes") == "OK"


def test_a_bucket_that_refuses_does_not_stop_the_log_group(guard: Deployed) -> None:
    """The two legs of a trail are independent."""
    without_bucket_policy(guard)
    assert guard.aws.play([RUN]) == 1
    assert guard.state("ec2-instance-changes") == "ALARM"


def test_files_in_the_bucket_are_cloudtrails(guard: Deployed) -> None:
    """A delivery puts one gzipped file of Records under AWSLogs/ACCOUNT/CloudTrail/REGION/date."""
    guard.aws.play([RUN, RUN])
    s3, bucket = guard.client("s3"), guard.exports()["bucket"]
    store: Any = get_backend("s3")[guard.aws.world.account]["aws"]
    keys = list(store.buckets[bucket].keys)
    assert len(keys) == 1
    assert keys[0].startswith("AWSLogs/123456789012/CloudTrail/eu-west-1/2")
    body = store.get_object(bucket, keys[0]).value
    assert len(json.loads(gzip.decompress(body))["Records"]) == 2
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


def test_events_arrive_now_and_keep_their_own_time(guard: Deployed) -> None:
    """An event of years ago is not dropped: its log event is stamped with the arrival."""
    old = happening("RunInstances", eventTime="2019-01-01T00:00:00Z")
    assert guard.aws.play([old]) == 1
    found = guard.client("logs").filter_log_events(logGroupName=guard.exports()["logGroup"])["events"]
    assert json.loads(found[0]["message"])["eventTime"] == "2019-01-01T00:00:00Z"


def test_what_cloudtrail_does_not_send_to_logs(guard: Deployed) -> None:
    """An event over 256 KB goes to the bucket alone; text that is no event goes nowhere."""
    large = happening("RunInstances", requestParameters={"userData": "x" * 300_000})
    assert guard.aws.play([large, "no json", "[1]"]) == 0


def test_many_events_go_in_batches(guard: Deployed) -> None:
    """More than PutLogEvents takes at once arrive all the same, each counted."""
    assert guard.aws.play(happening("DescribeInstances", readOnly=True) for _ in range(10_050)) == 10_050
