"""Confirms e-mail subscriptions signed, so that only the topic's owner can cancel them, and lists them.

https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from guard.errors import Fault, FaultsError

REFUSALS = {
    "InvalidParameter": "the token is another topic's, was used, or has lapsed: AWS keeps it for 48 hours; deploy "
    "the stack again to have a new mail sent",
    "NotFound": "there is no such topic: the mail may be of a stack that is gone",
    "AuthorizationError": "these credentials may not confirm: they need sns:ConfirmSubscription on the topic",
}


class ConfirmError(FaultsError):
    """A subscription that could not be confirmed."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the mail holds: the token, and the topic's ARN."""

    token: str
    topic: str

    @property
    def region(self) -> str:
        """The topic's region."""
        return self.topic.split(":")[3]


@dataclass(frozen=True, slots=True)
class Recipient:
    """One subscription: `state` is pending, confirmed, unsigned (confirmed, anybody with the link can cancel
    it) or gone.
    """

    topic: str
    address: str
    state: str


def invitation(text: str, topic: str = "") -> Invitation:
    """Of the address in the mail, or of a bare token with its topic. Raises ConfirmError."""
    query = {key.lower(): values[0] for key, values in parse_qs(urlsplit(text.strip()).query).items()}
    found = Invitation(query.get("token") or text.strip(), query.get("topicarn") or topic)
    if found.topic.count(":") != 5:
        fix = "paste the whole address of the mail in quotes, or name the topic's ARN with --topic"
        raise ConfirmError([Fault("confirm", "the topic is not known", fix)])
    return found


def confirm(sns: Any, wanted: Invitation) -> str:
    """Confirm, signed; the subscription's ARN. Raises ConfirmError."""
    try:
        answer = sns.confirm_subscription(TopicArn=wanted.topic, Token=wanted.token, AuthenticateOnUnsubscribe="true")
    except ClientError as error:
        code = error.response["Error"]["Code"]
        fix = REFUSALS.get(code, error.response["Error"]["Message"])
        raise ConfirmError([Fault(wanted.topic, f"SNS refused ({code})", fix)]) from None
    except BotoCoreError as error:
        raise ConfirmError([Fault(wanted.topic, str(error), "look at credentials and region")]) from None
    return str(answer["SubscriptionArn"])


def status(sns: Any, topics: Mapping[str, Sequence[str]]) -> Iterator[Recipient]:
    """Each topic's recipients: those that are wanted (topic ARN -> addresses) and those that are there."""
    for topic, wanted in topics.items():
        try:
            pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
            there = {one["Endpoint"].lower(): one["SubscriptionArn"] for page in pages for one in page["Subscriptions"]}
        except ClientError as error:
            raise ConfirmError([Fault(topic, str(error), "deploy the stack, or look at the rights")]) from None
        for address in sorted({*there, *(one.lower() for one in wanted)}):
            yield Recipient(topic, address, _state(sns, there.get(address)))


def _state(sns: Any, arn: str | None) -> str:
    if arn is None or arn == "Deleted":
        return "gone"
    if arn == "PendingConfirmation":
        return "pending"
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    return "confirmed" if attributes.get("ConfirmationWasAuthenticated") == "true" else "unsigned"
