"""`guard verify`: a whole guard, one in which much is broken, one that is gone, and none yet."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from guard.account.account import Account
from guard.account.findings import Finding
from guard.account.verify import BEFORE, verify
from guard.names import Names
from guard.policies import document, role_trust, root
from guard.policies import topic as policy_of_topic
from guard.sandbox.sandbox import Sandbox
from tests.account.live import CONFIG, GROUP, HERE, account, found, guarded, other, settings, sign
from tests.sandbox.deployed import NAME, REGION, ROOT, RUN, happening

NAMES = Names(NAME)
Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def whole() -> list[Finding]:
    """The findings of a whole guard."""
    with guarded() as aws:
        return verify(account(aws))


def test_a_whole_guard_has_nothing_wrong(whole: list[Finding]) -> None:
    """No FAIL, no WARN; a PASS for each filter and alarm."""
    assert found(whole, "FAIL", "WARN") == {}
    passed = found(whole, "PASS")
    assert {"filters: root-usage", "alarms: root-usage", "alarms: watchdog-silent", "trail: logging"} <= passed.keys()
    assert passed["alarm history: rang"].startswith("ec2-instance-changes 1x, last 0 min ago")


# --- what is broken, and what is found of it ---


def trail(aws: Client) -> None:
    """Narrow what is recorded."""
    aws("cloudtrail").put_event_selectors(
        TrailName=NAME,
        EventSelectors=[
            {
                "ReadWriteType": "WriteOnly",
                "IncludeManagementEvents": True,
                "ExcludeManagementEventSources": ["kms.amazonaws.com"],
            }
        ],
    )
    aws("cloudtrail").stop_logging(Name=NAME)


def bucket(aws: Client) -> None:
    """Open it, and let its files go."""
    name, s3 = aws("cloudtrail").get_trail(Name=NAME)["Trail"]["S3BucketName"], aws("s3")
    s3.delete_public_access_block(Bucket=name)
    s3.delete_bucket_policy(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    rule = {"ID": "soon", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})


def group(aws: Client) -> None:
    """Keep events a day, and let them be deleted."""
    aws("logs").put_retention_policy(logGroupName=GROUP, retentionInDays=1)
    aws("logs").put_log_group_deletion_protection(logGroupIdentifier=GROUP, deletionProtectionEnabled=False)


def keys(aws: Client) -> None:
    """The log's key lets nobody but root; the topics' key is off."""
    log = aws("cloudtrail").get_trail(Name=NAME)["Trail"]["KmsKeyId"]
    policy = json.dumps(document(root(HERE)))
    aws("kms").put_key_policy(KeyId=log, PolicyName="default", Policy=policy)
    topic = HERE.arn("sns", NAMES.topic())
    aws("kms").disable_key(KeyId=aws("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["KmsMasterKeyId"])


def role(aws: Client) -> None:
    """Take its rights, and ask CloudTrail for which trail it comes, which it does not tell."""
    found = aws("cloudtrail").get_trail(Name=NAME)["Trail"]
    name = found["CloudWatchLogsRoleArn"].rsplit("/", 1)[-1]
    aws("iam").delete_role_policy(RoleName=name, PolicyName="write-log-streams")
    trust = role_trust()
    trust["Statement"][0]["Condition"] = {"StringEquals": {"aws:SourceArn": found["TrailARN"]}}
    aws("iam").update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))


def put_filter(aws: Client, rule: str, pattern: str, **to: Any) -> None:
    """Write a filter over."""
    transformation = {"metricName": rule, "metricNamespace": NAMES.namespace, "metricValue": "1", "defaultValue": 0.0}
    aws("logs").put_metric_filter(
        filterName=NAMES.filter(rule),
        logGroupName=GROUP,
        filterPattern=pattern,
        metricTransformations=[{key: value for key, value in {**transformation, **to}.items() if value is not None}],
    )


def filters(aws: Client) -> None:
    """One deleted, one edited, one reformatted, two that count otherwise, one left over."""
    there = aws("logs").describe_metric_filters(logGroupName=GROUP)["metricFilters"]
    text = {one["filterName"]: one["filterPattern"] for one in there}
    aws("logs").delete_metric_filter(logGroupName=GROUP, filterName=NAMES.filter("root-usage"))
    edited = text[NAMES.filter("ec2-instance-changes")].replace('"StopInstances"', '"DescribeInstances"')
    put_filter(aws, "ec2-instance-changes", edited)
    put_filter(aws, "vpc-changes", text[NAMES.filter("vpc-changes")].replace("=", "  =   "))
    put_filter(aws, "iam-policy-changes", text[NAMES.filter("iam-policy-changes")], metricName="nothing")
    put_filter(aws, "guard-role-changed", text[NAMES.filter("guard-role-changed")], metricValue="0", defaultValue=None)
    put_filter(aws, "old-rule", "{ $.a = 1 }")


def put_alarm(aws: Client, rule: str, **changed: Any) -> None:
    """Write an alarm over."""
    found = aws("cloudwatch").describe_alarms(AlarmNames=[NAMES.alarm(rule)])["MetricAlarms"][0]
    kept = ("AlarmName", "Namespace", "MetricName", "Statistic", "ComparisonOperator", "Period", "EvaluationPeriods")
    more = ("Threshold", "AlarmActions", "OKActions", "DatapointsToAlarm", "TreatMissingData", "ActionsEnabled")
    aws("cloudwatch").put_metric_alarm(**{key: found[key] for key in (*kept, *more) if key in found} | changed)


def alarms(aws: Client) -> None:
    """One deleted, one raised, one deaf, one pointed elsewhere, the heartbeat slowed, some muted, one left over."""
    cloudwatch = aws("cloudwatch")
    put_alarm(aws, "guard-key-changed", AlarmName=NAMES.alarm("old-rule"))
    cloudwatch.delete_alarms(AlarmNames=[NAMES.alarm("root-usage"), NAMES.alarm("watchdog-failed")])
    put_alarm(aws, "ec2-instance-changes", Threshold=100)
    cloudwatch.disable_alarm_actions(AlarmNames=[NAMES.alarm("vpc-changes")])
    put_alarm(aws, "iam-policy-changes", AlarmActions=["arn:aws:sns:eu-west-1:999999999999:elsewhere"])
    put_alarm(aws, "guard-trail-changed", AlarmActions=[])
    put_alarm(
        aws,
        "watchdog-silent",
        Dimensions=[{"Name": "LogGroupName", "Value": "/other"}],
        EvaluationPeriods=24,
        DatapointsToAlarm=24,
    )
    cloudwatch.put_alarm_mute_rule(
        Name="quiet-night",
        Rule={"Schedule": {"Expression": "cron(* * * * *)", "Duration": "PT4H"}},
        MuteTargets={"AlarmNames": [NAMES.alarm("guard-trail-changed")]},
    )


def topics(aws: Client) -> None:
    """One closed to alarms, one gone; an address cancelled, a stranger in, one that hears half."""
    sns = aws("sns")
    closed = '{"Version": "2012-10-17", "Statement": []}'
    watchdog, critical = (HERE.arn("sns", NAMES.topic(route)) for route in ("watchdog", "critical"))
    sns.set_topic_attributes(TopicArn=watchdog, AttributeName="Policy", AttributeValue=closed)
    sns.delete_topic(TopicArn=critical)
    main = HERE.arn("sns", NAMES.topic())
    for one in sns.list_subscriptions_by_topic(TopicArn=main)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    sns.subscribe(TopicArn=main, Protocol="email", Endpoint="stranger@example.org")
    (hears,) = sns.list_subscriptions_by_topic(TopicArn=watchdog)["Subscriptions"]
    sns.set_subscription_attributes(
        SubscriptionArn=hears["SubscriptionArn"], AttributeName="FilterPolicy", AttributeValue='{"a": ["b"]}'
    )


@pytest.fixture(scope="module")
def broken() -> dict[str, dict[str, str]]:
    """By status: what is found where all of this was done."""
    with guarded() as aws:
        for act in (trail, bucket, group, keys, role, filters, alarms, topics):
            act(lambda service: aws.client(service, REGION))
        findings = verify(account(aws))
    return {status: found(findings, status) for status in ("FAIL", "WARN", "PASS")}


BROKEN = [
    ("FAIL", "trail: logging", "stopped"),
    ("FAIL", "trail: all management events", "ReadWriteType WriteOnly without kms.amazonaws.com"),
    ("FAIL", "bucket: public access block", "off: BlockPublicAcls, BlockPublicPolicy"),
    ("FAIL", "bucket: versioning", "Suspended"),
    ("FAIL", "bucket: lifecycle", "rule soon: files go after 1 day"),
    ("FAIL", "log group: retention", "1 day"),
    ("FAIL", "log group: deletion protection", "off"),
    ("FAIL", "role: trust", "refuses sts:AssumeRole"),
    ("FAIL", "role: rights", "refuses logs:CreateLogStream, logs:PutLogEvents"),
    ("FAIL", "filters: root-usage", "is not there"),
    ("FAIL", "filters: ec2-instance-changes", 'lacks || $.eventName = "StopInstances"'),
    ("FAIL", "filters: ec2-instance-changes", 'has || $.eventName = "DescribeInstances"'),
    ("FAIL", "filters: iam-policy-changes", "metricName is nothing, not iam-policy-changes"),
    ("FAIL", "filters: guard-role-changed", "metricValue is 0, not 1; defaultValue is None, not 0"),
    ("WARN", "filters: old-rule", "no rule of the stack has it"),
    ("PASS", "filters: vpc-changes", "has the rule's pattern"),
    ("FAIL", "alarms: root-usage", "is not there"),
    ("FAIL", "alarms: watchdog-failed", "is not there"),
    ("FAIL", "alarms: ec2-instance-changes", "Threshold is 100"),
    ("FAIL", "alarms: vpc-changes", "its actions are disabled"),
    ("FAIL", "alarms: iam-policy-changes", "AlarmActions lacks arn:aws:sns:eu-west-1:123456789012:account-guard-dev"),
    ("WARN", "alarms: iam-policy-changes", "999999999999:elsewhere besides"),
    ("FAIL", "alarms: guard-trail-changed", "AlarmActions lacks"),
    ("FAIL", "alarms: watchdog-silent", "/other"),
    ("FAIL", "alarms: watchdog-silent", "EvaluationPeriods is 24, not 3"),
    ("WARN", "alarms: old-rule", "no rule of the stack has it"),
    ("FAIL", "mute rules: quiet-night", "over account-guard-dev/guard-trail-changed"),
    ("FAIL", "topics: watchdog policy", "refuses sns:Publish"),
    ("FAIL", "topics: critical", "is not there"),
    ("FAIL", "recipients: on-call@example.com (critical)", "gone"),
    ("FAIL", "recipients: alerts", "has nobody confirmed"),
    ("FAIL", "recipients: security@example.com (alerts)", "gone"),
    ("WARN", "recipients: stranger@example.org (alerts)", "is subscribed besides, pending"),
    ("FAIL", "recipients: security@example.com (watchdog)", 'has a filter policy: {"a": ["b"]}'),
]


@pytest.mark.parametrize(("status", "subject", "seen"), BROKEN)
def test_what_is_broken_is_found(broken: dict[str, dict[str, str]], status: str, subject: str, seen: str) -> None:
    """By its check, with what was seen."""
    assert seen in broken[status][subject]


def test_broken_policies_and_keys_are_found(broken: dict[str, dict[str, str]]) -> None:
    """Of those whose names AWS makes."""
    failed = broken["FAIL"]
    (policy,) = (seen for name, seen in failed.items() if name.startswith("bucket: policy of"))
    assert policy == "refuses s3:GetBucketAcl, s3:PutObject"
    said = [seen for name, seen in failed.items() if name.startswith(("keys: key/", "topics: key/"))]
    refused = "refuses kms:Decrypt, kms:DescribeKey, kms:GenerateDataKey"
    assert sorted(said) == ["Disabled", refused]


def test_a_policy_that_says_more_is_worth_a_look() -> None:
    """It allows what is needed, but somebody changed it."""
    with guarded() as aws:
        sns, arn = aws.client("sns", REGION), HERE.arn("sns", NAMES.topic())
        sns.add_permission(TopicArn=arn, Label="more", AWSAccountId=["999999999999"], ActionName=["Publish"])
        assert found(verify(account(aws)), "FAIL", "WARN") == {"topics: alerts policy": "is not what the stack wrote"}


def test_a_guard_that_is_gone_is_told() -> None:
    """Trail and log group deleted: each check says so, and the others go on."""
    with guarded() as aws:
        aws.client("cloudtrail", REGION).delete_trail(Name=NAME)
        logs = aws.client("logs", REGION)
        logs.put_log_group_deletion_protection(logGroupIdentifier=GROUP, deletionProtectionEnabled=False)
        logs.delete_log_group(logGroupName=GROUP)
        findings = verify(account(aws))
    failed = found(findings, "FAIL")
    assert "TrailNotFoundException" in failed["trail: look"]
    assert failed["log group: there"] == GROUP
    assert failed["filters: root-usage"] == "is not there"
    assert found(findings, "PASS")["alarms: root-usage"]


def test_what_only_the_trail_knows_is_not_called_changed() -> None:
    """Patterns that hold the bucket's name cannot be compared once the trail is gone."""
    with guarded() as aws:
        aws.client("cloudtrail", REGION).delete_trail(Name=NAME)
        findings = verify(account(aws))
    unsure = found(findings, "WARN")["filters: guard-bucket-changed"]
    assert unsure == "cannot be compared: bucket is known of the trail alone"


def test_pending_ones_have_hours_left() -> None:
    """As the newest Subscribe event of the topic says; without one it is unknown."""
    topic = HERE.arn("sns", NAMES.topic("critical"))
    with Sandbox() as aws:
        aws.deploy(ROOT, "dev", CONFIG)
        subscribe = happening(
            "Subscribe", "sns.amazonaws.com", requestParameters={"topicArn": topic, "protocol": "email"}
        )
        now = account(aws).now
        aws.play([RUN, {**subscribe, "eventTime": f"{now:%Y-%m-%dT%H:%M:%SZ}"}])
        failed = found(verify(account(aws)), "FAIL")
        sign(aws)
    assert failed["recipients: on-call@example.com (critical)"] == "pending, 48 h left"
    assert failed["recipients: security@example.com (alerts)"] == "pending, hours left unknown"


def test_before_anything_is_deployed() -> None:
    """Quotas and names are free; another trail costs; once deployed, the names are taken."""
    with Sandbox() as aws:
        assert found(verify(account(aws), BEFORE), "FAIL", "WARN") == {}
        other(aws)
        copies = found(verify(account(aws), BEFORE), "WARN")["quotas: copies of management events"]
        assert copies == "2 trails record management events: another"
        aws.deploy(ROOT, "dev", CONFIG)
        taken = found(verify(account(aws), BEFORE), "FAIL")
        assert {"free names: trail account-guard-dev", "free names: log group /cloudtrail"} <= taken.keys()


def test_what_is_to_be_used_and_is_not_there() -> None:
    """A name in the config may be wrong: no deployment would make what is somebody else's."""
    config = {**CONFIG, "account-guard:trail": {"existing": "nosuch"}}
    config.pop("account-guard:archiveDays")
    with Sandbox() as aws:
        fixes = {one.fix for one in verify(account(aws, config), BEFORE) if one.status == "FAIL"}
    assert all(fix.startswith("see whether account, region and the config's name for it are right") for fix in fixes)
    assert fixes


def test_what_is_others_is_held_against_what_the_wire_needs() -> None:
    """A trail, its bucket and a topic of somebody else's: no stack's policies, and no FAIL while they suffice."""
    topic = HERE.arn("sns", "theirs")
    config = {key: value for key, value in CONFIG.items() if key != "account-guard:archiveDays"}
    config |= {"account-guard:trail": {"existing": NAME}, "account-guard:topic": topic}
    with guarded() as aws:  # its trail is what the other guard stands on
        sns = aws.client("sns", REGION)
        sns.create_topic(Name="theirs")
        allowed = policy_of_topic(HERE, topic, "other/")
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(allowed))
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="they@example.com")
        sign(aws)
        other = Account(replace(settings(config), component="other"), HERE, lambda one: aws.client(one, REGION))
        before = found(verify(other, BEFORE), "FAIL", "WARN")
        assert before == {}
        sns.set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy_of_topic(HERE, topic, "x/"))
        )
        assert found(verify(other, BEFORE), "FAIL") == {"topics: theirs policy": "refuses sns:Publish"}
