"""Topics mail only those who confirmed, and hear only those who may publish."""

import json
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.deployed import CONFIG, REGION, ROOT, RUN, Deployed

ALERT = "ALARM ec2-instance-changes"


def topic(guard: Deployed) -> str:
    """The rules' topic."""
    return str(guard.exports()["topics"]["default"])


def key(guard: Deployed) -> str:
    """The topics' key."""
    return str(guard.client("sns").get_topic_attributes(TopicArn=topic(guard))["Attributes"]["KmsMasterKeyId"])


def with_key_disabled(guard: Deployed) -> None:
    """The topics' key cannot be used."""
    guard.client("kms").disable_key(KeyId=key(guard))


def with_key_closed(guard: Deployed) -> None:
    """The topics' key lets nobody but the account."""
    root = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*"}
    policy = {"Version": "2012-10-17", "Statement": [{**root, "Resource": "*"}]}
    guard.client("kms").put_key_policy(KeyId=key(guard), PolicyName="default", Policy=json.dumps(policy))


def with_aws_key(guard: Deployed) -> None:
    """The key that AWS manages for SNS lets no alarm publish."""
    guard.client("sns").set_topic_attributes(
        TopicArn=topic(guard), AttributeName="KmsMasterKeyId", AttributeValue="alias/aws/sns"
    )


def with_policy_replaced(guard: Deployed) -> None:
    """Only EventBridge may publish."""
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"}
    policy = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": topic(guard)}]}
    guard.client("sns").set_topic_attributes(
        TopicArn=topic(guard), AttributeName="Policy", AttributeValue=json.dumps(policy)
    )


def with_topic_gone(guard: Deployed) -> None:
    """The topic is deleted."""
    guard.client("sns").delete_topic(TopicArn=topic(guard))


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        (with_key_disabled, "is Disabled"),
        (with_key_closed, "does not allow kms:Decrypt, kms:GenerateDataKey"),
        (with_aws_key, "alias/aws/sns"),
        (with_policy_replaced, "does not let CloudWatch publish"),
        (with_topic_gone, "does not exist"),
    ],
)
def test_an_alarm_that_may_not_publish_mails_nobody(
    guard: Deployed, attack: Callable[[Deployed], None], said: str
) -> None:
    """The action fails, the alarm's history says why, and nobody is mailed."""
    attack(guard)
    guard.aws.play([RUN])
    assert ALERT not in guard.subjects()
    history = guard.client("cloudwatch").describe_alarm_history(HistoryItemType="Action")["AlarmHistoryItems"]
    assert any(said in one["HistorySummary"] for one in history if "Failed to execute" in one["HistorySummary"])


def test_nobody_is_mailed_before_they_confirm() -> None:
    """A pending address gets the mail that asks, and no other."""
    from guard.sandbox.sandbox import Sandbox

    with Sandbox() as aws:
        aws.deploy(ROOT, "dev", CONFIG)
        aws.play([RUN])
        assert aws.mails == []
        assert {mail.to for mail in aws.world.mails} == {"security@example.com"}
        pending = aws.client("sns", REGION).list_subscriptions()["Subscriptions"]
        assert {one["SubscriptionArn"] for one in pending} == {"PendingConfirmation"}


def test_a_token_confirms_its_topic_alone(guard: Deployed) -> None:
    """A made-up token, one of another topic and a lapsed one are refused; the right one works, signed."""
    sns, here = guard.client("sns"), topic(guard)
    answer = sns.subscribe(TopicArn=here, Protocol="email", Endpoint="new@example.com")
    assert answer["SubscriptionArn"] == "pending confirmation"
    token = guard.aws.world.mails[-1].token
    for arn, given in ((here, "made-up"), (guard.exports()["topics"]["watchdog"], token)):
        with pytest.raises(ClientError, match="InvalidParameter"):
            sns.confirm_subscription(TopicArn=arn, Token=given)
    arn = sns.confirm_subscription(TopicArn=here, Token=token, AuthenticateOnUnsubscribe="true")["SubscriptionArn"]
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert (attributes["PendingConfirmation"], attributes["ConfirmationWasAuthenticated"]) == ("false", "true")


def test_a_token_lapses_after_48_hours(guard: Deployed) -> None:
    """Two days later the link in the mail is dead."""
    guard.client("sns").subscribe(TopicArn=topic(guard), Protocol="email", Endpoint="late@example.com")
    guard.aws.world.clock.skip(49 * 3600)
    with pytest.raises(ClientError, match="lapsed"):
        guard.client("sns").confirm_subscription(TopicArn=topic(guard), Token=guard.aws.world.mails[-1].token)


def test_no_address_is_refused(guard: Deployed) -> None:
    """SNS wants an @."""
    with pytest.raises(ClientError, match="InvalidParameter"):
        guard.client("sns").subscribe(TopicArn=topic(guard), Protocol="email", Endpoint="nobody")


def test_a_queue_gets_the_alarm_too(guard: Deployed) -> None:
    """Subscribers other than mail are moto's, and are served."""
    sqs = guard.client("sqs")
    url = sqs.create_queue(QueueName="alarms")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    guard.client("sns").subscribe(TopicArn=topic(guard), Protocol="sqs", Endpoint=arn)
    guard.aws.play([RUN])
    assert "ec2-instance-changes" in sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"]


def test_publishing_by_hand(guard: Deployed) -> None:
    """An identity of the account publishes; with the key disabled it is refused."""
    guard.client("sns").publish(TopicArn=topic(guard), Subject="hello", Message="there")
    assert guard.aws.mails[-1].subject == "hello"
    with_key_disabled(guard)
    with pytest.raises(ClientError, match="KMSDisabled"):
        guard.client("sns").publish(TopicArn=topic(guard), Subject="hello", Message="there")
