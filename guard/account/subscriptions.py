"""Who is subscribed to the topics, and how firmly."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from guard.settings import UNREAD


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of one topic. `state` is pending, confirmed, unsigned (confirmed, anybody with the link can
    cancel it) or gone. `wanted`: the stack names it. `filtered`: the policy by which it gets some messages only.
    """

    topic: str
    address: str
    state: str
    wanted: bool = True
    filtered: str = ""
    arn: str = ""


def recipients(sns: Any, topics: Mapping[str, Sequence[str]]) -> Iterator[Recipient]:
    """Each topic's recipients: those that are wanted (topic ARN -> addresses) and those that are there. Where
    addresses could not be read, or none is named, nobody is unwanted. A call for each page and each confirmed
    one. Raises ClientError.
    """
    for topic, addresses in topics.items():
        there = _subscribed(sns, topic)
        wanted = {one.lower() for one in addresses if not one.endswith(UNREAD)}
        everybody = len(wanted) < len(addresses) or not addresses
        for address in sorted({*there, *wanted}):
            state, filtered = _state(sns, there.get(address))
            yield Recipient(topic, address, state, everybody or address in wanted, filtered, there.get(address, ""))


def _subscribed(sns: Any, topic: str) -> dict[str, str]:
    """Address -> ARN; nobody, of a topic that is not there."""
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    try:
        return {one["Endpoint"].lower(): one["SubscriptionArn"] for page in pages for one in page["Subscriptions"]}
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NotFound", "NotFoundException"):
            raise
        return {}


def _state(sns: Any, arn: str | None) -> tuple[str, str]:
    if arn is None or arn == "Deleted":
        return "gone", ""
    if arn == "PendingConfirmation":
        return "pending", ""
    found = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    signed = found.get("ConfirmationWasAuthenticated") == "true"
    return "confirmed" if signed else "unsigned", str(found.get("FilterPolicy") or "")
