"""On what an account already has: the statements of docs/existing.md are enough, and are needed."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from moto.backends import get_backend

from guard.errors import ConfigError
from guard.sandbox.sandbox import DeployError, Sandbox
from tests.sandbox.deployed import CONFIG, REGION, ROOT, RUN, happening

ACCOUNT = "123456789012"
PAGE = (ROOT / "docs" / "existing.md").read_text(encoding="utf-8").replace("111122223333", ACCOUNT)
ROOT_USER = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
RANG = "account-guard-prod/ec2-instance-changes"


@pytest.fixture
def aws() -> Iterator[Sandbox]:
    """An account with nothing in it."""
    with Sandbox() as found:
        yield found


def statements(name: str) -> list[dict[str, Any]]:
    """Those that the page gives under a name."""
    block = re.search(rf"generated: {name} -->\n```json\n(.*?)```", PAGE, re.DOTALL)
    assert block
    found: list[dict[str, Any]] = json.loads(block[1])
    return found


def document(*found: Mapping[str, Any]) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": found})


def bucket(aws: Sandbox, *found: Mapping[str, Any]) -> str:
    """A bucket of one's own with these statements in its policy."""
    client = aws.client("s3", REGION)
    client.create_bucket(Bucket="my-bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    if found:
        client.put_bucket_policy(Bucket="my-bucket", Policy=document(*found))
    return "my-bucket"


def key(aws: Sandbox, *found: Mapping[str, Any]) -> str:
    """A key of one's own with these statements in its policy; its ARN."""
    made = aws.client("kms", REGION).create_key(Policy=document(ROOT_USER, *found))["KeyMetadata"]
    return str(made["Arn"])


def deploy(aws: Sandbox, **config: Any) -> Mapping[str, Any]:
    """The stack `prod` with these keys, its people confirmed; its exports."""
    own = {f"account-guard:{name}": value for name, value in config.items()}
    deployed = aws.deploy(ROOT, "prod", {**CONFIG, **own})
    aws.confirm()
    return deployed.exports


def rang(aws: Sandbox) -> set[str]:
    """The alarms that mailed."""
    return {mail.about for mail in aws.mails if mail.subject.startswith("ALARM")}


def objects(aws: Sandbox, name: str) -> list[str]:
    """The keys of a bucket's objects."""
    store: Any = get_backend("s3")[aws.world.account]["aws"]
    return list(store.buckets[name].keys)


def test_a_bucket_with_just_the_pages_statements_works(aws: Sandbox) -> None:
    """Files are delivered to it, and an event rings."""
    exports = deploy(aws, bucket=bucket(aws, *statements("bucket-statements")))
    assert exports["bucket"] == "my-bucket"
    assert aws.play([RUN]) == 1
    assert rang(aws) == {RANG}
    assert len(objects(aws, "my-bucket")) == 1


@pytest.mark.parametrize("left_out", range(2))
def test_a_bucket_that_lacks_a_statement_is_refused(aws: Sandbox, left_out: int) -> None:
    """Each of the two is needed; the bucket and the reason are named."""
    found = statements("bucket-statements")
    del found[left_out]
    with pytest.raises(DeployError, match=r"InsufficientS3BucketPolicyException.*my-bucket"):
        deploy(aws, bucket=bucket(aws, *found))


def test_a_bucket_that_lets_in_another_trail_is_refused(aws: Sandbox) -> None:
    """The statements name the stack's trail; of another stack they let nothing in."""
    found = json.loads(json.dumps(statements("bucket-statements")).replace("guard-prod", "guard-dev"))
    with pytest.raises(DeployError, match="InsufficientS3BucketPolicyException"):
        deploy(aws, bucket=bucket(aws, *found))


def test_a_key_with_just_the_pages_statements_works(aws: Sandbox) -> None:
    """Trail and log group use it, and an event rings."""
    own = key(aws, *statements("key-statements"))
    deploy(aws, key=own)
    trail = aws.client("cloudtrail", REGION).get_trail(Name="account-guard-prod")["Trail"]
    assert trail["KmsKeyId"] == own
    assert aws.play([RUN]) == 1
    assert rang(aws) == {RANG}


@pytest.mark.parametrize("left_out", range(3))
def test_a_key_that_lacks_a_statement_does_not_do(aws: Sandbox, left_out: int) -> None:
    """Without one for CloudTrail the trail is refused; without the one for logs no event arrives."""
    found = statements("key-statements")
    del found[left_out]
    if left_out < 2:
        with pytest.raises(DeployError, match="InsufficientEncryptionPolicyException"):
            deploy(aws, key=key(aws, *found))
        return
    deploy(aws, key=key(aws, *found))
    assert aws.play([RUN]) == 0


def topic(aws: Sandbox, **attributes: str) -> str:
    """A topic of one's own with a confirmed address."""
    client = aws.client("sns", REGION)
    arn = str(client.create_topic(Name="my-topic", Attributes=attributes)["TopicArn"])
    client.subscribe(TopicArn=arn, Protocol="email", Endpoint="soc@example.com")
    return arn


def test_a_topic_with_just_the_pages_statement_works(aws: Sandbox) -> None:
    """Encrypted or not, the rules' mails go to whoever subscribed to it."""
    own = topic(
        aws,
        Policy=document(*statements("topic-statements")),
        KmsMasterKeyId=key(aws, *statements("topic-key-statements")),
    )
    deploy(aws, topic=own)
    aws.play([RUN])
    assert [(mail.about, mail.to) for mail in aws.mails if mail.about == RANG] == [(RANG, "soc@example.com")]


@pytest.mark.parametrize(
    ("policy", "key_policy", "said"),
    [
        ((), statements("topic-key-statements"), "policy"),
        (statements("topic-statements"), (), "the policy of the key"),
    ],
)
def test_a_topic_that_lets_no_alarm_in_is_not_mailed(aws: Sandbox, policy: Any, key_policy: Any, said: str) -> None:
    """The alarm rings and nobody hears it, as in AWS."""
    nobody = {"Effect": "Deny", "Principal": "*", "Action": "sns:AddPermission", "Resource": "*"}
    deploy(aws, topic=topic(aws, Policy=document(nobody, *policy), KmsMasterKeyId=key(aws, *key_policy)))
    aws.play([RUN])
    assert rang(aws) == set()
    assert [one.reason for one in aws.world.undelivered if one.topic.endswith(":my-topic") and said in one.reason]


def trail(aws: Sandbox, **more: Any) -> str:
    """The ARN of somebody's trail, which writes to a log group where a stack `dev` made one."""
    aws.deploy(ROOT, "dev", CONFIG)
    client = aws.client("cloudtrail", REGION)
    found = client.get_trail(Name="account-guard-dev")["Trail"]
    if more:
        client.update_trail(Name="account-guard-dev", **more)
    return str(found["TrailARN"])


def test_a_trail_by_its_arn(aws: Sandbox) -> None:
    """As by its name; nothing second is made, and one event rings both stacks."""
    exports = deploy(aws, trail={"existing": trail(aws)})
    assert (exports["trail"], exports["logGroup"]) == ("account-guard-dev", "/account-guard-dev/cloudtrail")
    assert len(aws.client("cloudtrail", REGION).list_trails()["Trails"]) == 1
    assert aws.play([RUN]) == 1
    assert rang(aws) == {RANG, RANG.replace("prod", "dev")}


def test_a_trail_that_rules_cannot_stand_on(aws: Sandbox) -> None:
    """Of one region, and seen from another: both reasons, in one message."""
    arn = trail(aws, IsMultiRegionTrail=False)
    with pytest.raises(ConfigError) as caught:
        deploy(aws, trail={"existing": arn})
    assert "is not multi-region" in str(caught.value)
    with pytest.raises(ConfigError) as caught:
        aws.deploy(ROOT, "prod", {**CONFIG, "aws:region": "us-east-1", "account-guard:trail": {"existing": arn}})
    assert "is not multi-region" in str(caught.value)
    assert "lives in eu-west-1: deploy the guard there" in str(caught.value)


def test_a_log_group_alone(aws: Sandbox) -> None:
    """Rules stand on it; those that only a trail could fill are not there."""
    trail(aws)
    exports = deploy(aws, trail={"logGroup": "/account-guard-dev/cloudtrail"}, packs=["essentials", "self-protection"])
    assert (exports["trail"], exports["bucket"]) == ("", "")
    names = {name.split("/")[1] for name in exports["alarmNames"]}
    assert {"guard-bucket-changed", "guard-role-changed"}.isdisjoint(names)
    aws.play([RUN, happening("DeleteMetricFilter", "logs.amazonaws.com")])
    assert {RANG, "account-guard-prod/guard-filters-changed"} <= rang(aws)


def test_a_log_group_that_is_not_there(aws: Sandbox) -> None:
    """It is named."""
    with pytest.raises(DeployError, match=r"resource '/theirs' does not exist\n.*what these keys name: trail "):
        deploy(aws, trail={"logGroup": "/theirs"})


def test_a_log_group_without_metric_filters(aws: Sandbox) -> None:
    """One of another class is refused, with its class."""
    aws.client("logs", REGION).create_log_group(logGroupName="/theirs", logGroupClass="INFREQUENT_ACCESS")
    with pytest.raises(ConfigError, match="'/theirs' is of the class INFREQUENT_ACCESS"):
        deploy(aws, trail={"logGroup": "/theirs"})


def test_an_organisations_trail_hears_every_account(aws: Sandbox) -> None:
    """Accounts are kept apart in bucket and log group, and an event of any of them rings."""
    exports = deploy(aws, organization=True)
    theirs = {**RUN, "recipientAccountId": "222222222222"}
    assert aws.play([{**RUN, "recipientAccountId": ACCOUNT}, theirs]) == 2
    assert rang(aws) == {RANG}
    folders = {"/".join(one.split("/")[:3]) for one in objects(aws, exports["bucket"])}
    assert folders == {f"AWSLogs/o-exampleorgid/{account}" for account in (ACCOUNT, "222222222222")}
    streams = aws.client("logs", REGION).describe_log_streams(logGroupName=exports["logGroup"])["logStreams"]
    assert {one["logStreamName"] for one in streams} == {
        f"o-exampleorgid_{account}_CloudTrail_{REGION}" for account in (ACCOUNT, "222222222222")
    }


def test_an_organisations_trail_that_is_there(aws: Sandbox) -> None:
    """Left unsaid, it is a warning; said, mails tell the accounts apart."""
    aws.deploy(ROOT, "dev", {**CONFIG, "account-guard:organization": True})
    existing = {"account-guard:trail": {"existing": "account-guard-dev"}}
    unsaid = aws.deploy(ROOT, "prod", {**CONFIG, **existing})
    assert "is an organization's" in " ".join(unsaid.messages)
    aws.deploy(ROOT, "said", {**CONFIG, **existing, "account-guard:organization": True})
    aws.confirm()
    aws.client("cloudwatch", REGION).set_alarm_state(
        AlarmName="account-guard-said/ec2-instance-changes", StateValue="ALARM", StateReason="try"
    )
    assert "where_from" in aws.mails[-1].text


def test_an_organisations_trail_needs_the_organisations_rights(aws: Sandbox) -> None:
    """A bucket that lets the account alone in is refused; with the organisation's prefix it does."""
    found = statements("bucket-statements")
    name = bucket(aws, *found)
    with pytest.raises(DeployError, match="InsufficientS3BucketPolicyException"):
        deploy(aws, organization=True, bucket=name)
