"""Topics that mail: subscriptions wait for confirmation, and only who may publish is heard."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.backends import get_backend

from guard import needs
from guard.sandbox import keys
from guard.sandbox.intercept import Call, Refused
from guard.sandbox.metrics import key
from guard.sandbox.world import Mail, Undelivered, World

TOKEN_HOURS = 48
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
MAIL = ("email", "email-json")


@dataclass(frozen=True, slots=True)
class Note:
    """What is published; `about` is the alarm's name."""

    topic: str
    subject: str
    text: str
    about: str = ""


def _backend(world: World, region: str) -> Any:
    return get_backend("sns")[world.account][region]


def refusal(world: World, region: str, topic_arn: str, alarm_arn: str) -> str:
    """Why an alarm may not publish to a topic, "" where it may: the topic's policy, then its key's."""
    topic = _backend(world, region).topics.get(topic_arn)
    if topic is None:
        return "the topic does not exist"
    if needs.lacking([json.loads(topic.policy)], needs.topic(topic_arn, alarm_arn)):
        return "the topic's policy does not let CloudWatch publish"
    return keys.refusal(world, region, topic.kms_master_key_id, lambda key: needs.topic_key(key, alarm_arn))


def lose(world: World, note: Note, reason: str) -> None:
    """Nobody gets it."""
    world.undelivered.append(Undelivered(note.topic, note.subject, reason))


def send(world: World, region: str, note: Note) -> None:
    """Publish: moto serves the queues, the sandbox the mails; SNS's metrics count both."""
    backend = _backend(world, region)
    backend.publish(note.text, arn=note.topic, subject=note.subject[:100])
    _count(world, region, note.topic, "NumberOfMessagesPublished")
    subscriptions = [one for one in backend.subscriptions.values() if one.topic_arn == note.topic]
    reached = [one for one in subscriptions if _delivered(world, region, one, note)]
    if not reached:
        lose(world, note, "no confirmed subscription" if subscriptions else "no subscription")


def _delivered(world: World, region: str, subscription: Any, note: Note) -> bool:
    if subscription.attributes.get("PendingConfirmation") == "true":
        return False
    failed = subscription.endpoint in world.unreachable
    _count(world, region, note.topic, "NumberOfNotificationsFailed" if failed else "NumberOfNotificationsDelivered")
    if subscription.protocol in MAIL and not failed:
        world.mails.append(Mail(subscription.endpoint, note.subject, note.text, note.topic, note.about))
    return not failed


def _count(world: World, region: str, topic_arn: str, metric: str) -> None:
    dimensions = {"TopicName": topic_arn.rsplit(":", 1)[-1]}
    world.regions[region].metrics.add(key("AWS/SNS", metric, dimensions), world.clock.minute(), 1)
    get_backend("cloudwatch")[world.account][region].put_metric_data(
        "AWS/SNS",
        [
            {
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
                "Value": 1,
                "Timestamp": world.clock.at().replace(tzinfo=None),
            }
        ],
    )


# --- completions ---


def publish(world: World, call: Call) -> Mapping[str, Any]:
    """A message from an identity of the account."""
    arn = call.params.get("TopicArn") or call.params.get("TargetArn") or ""
    topic = call.backend.topics.get(arn)
    if topic is None:
        raise Refused("NotFound", "Topic does not exist")
    wrong = keys.disabled(world, call.region, topic.kms_master_key_id)
    if wrong:
        raise Refused("KMSDisabled", wrong)
    send(
        world, call.region, Note(arn, call.params.get("Subject") or "AWS Notification Message", call.params["Message"])
    )
    return {"MessageId": hashlib.md5(str(world.clock.now()).encode(), usedforsecurity=False).hexdigest()}


def subscribe(world: World, call: Call) -> Mapping[str, Any]:
    """An address is asked first: a mail with a token goes to it."""
    wanted = call.params
    if wanted.get("TopicArn") not in call.backend.topics:
        raise Refused("NotFound", "Topic does not exist")
    mail = wanted["Protocol"] in MAIL
    if mail and not ADDRESS.fullmatch(wanted.get("Endpoint") or ""):
        raise Refused("InvalidParameter", f"Invalid parameter: Email address: {wanted.get('Endpoint')}")
    known = set(call.backend.subscriptions)
    if not call.passed():
        raise Refused("InvalidParameter", str(call.own()[2]))
    found = next(
        one
        for one in call.backend.subscriptions.values()
        if (one.topic_arn, one.protocol, one.endpoint) == (wanted["TopicArn"], wanted["Protocol"], wanted["Endpoint"])
    )
    if mail and found.arn not in known:
        _ask(world, call.region, found)
    pending = found.attributes["PendingConfirmation"] == "true" and not wanted.get("ReturnSubscriptionArn")
    return {"SubscriptionArn": "pending confirmation" if pending else found.arn}


def _ask(world: World, region: str, subscription: Any) -> None:
    subscription.attributes |= {"PendingConfirmation": "true", "ConfirmationWasAuthenticated": "false"}
    token = hashlib.sha256(subscription.arn.encode()).hexdigest() * 4
    world.regions[region].tokens[token] = (subscription.arn, world.clock.now())
    topic = subscription.topic_arn
    page = f"https://sns.{region}.amazonaws.com/confirmation.html?TopicArn={topic}&Token={token}"
    text = f"Confirm the subscription to {topic}:\n{page}&Endpoint={subscription.endpoint}"
    world.mails.append(
        Mail(subscription.endpoint, "AWS Notification - Subscription Confirmation", text, topic, token=token)
    )


def confirm_subscription(world: World, call: Call) -> Mapping[str, Any]:
    """The token of the mail, within 48 hours; with AuthenticateOnUnsubscribe only the owner can cancel."""
    wanted = call.params
    if wanted["TopicArn"] not in call.backend.topics:
        raise Refused("NotFound", "Topic does not exist")
    arn, asked = world.regions[call.region].tokens.get(wanted["Token"], ("", 0.0))
    found = call.backend.subscriptions.get(arn)
    if found is None or found.topic_arn != wanted["TopicArn"]:
        raise Refused("InvalidParameter", "Invalid parameter: Token")
    if world.clock.now() - asked > TOKEN_HOURS * 3600:
        raise Refused("InvalidParameter", "Invalid parameter: Token: it has lapsed")
    signed = str(wanted.get("AuthenticateOnUnsubscribe", "")).lower() == "true"
    found.attributes |= {"PendingConfirmation": "false", "ConfirmationWasAuthenticated": str(signed).lower()}
    return {"SubscriptionArn": found.arn}


def list_subscriptions(world: World, call: Call) -> Mapping[str, Any]:  # noqa: ARG001 - a completion's signature
    """The subscriptions, of one topic where it is named; pending ones have no ARN yet. In pages of 100."""
    topic = call.params.get("TopicArn")
    if topic is not None and topic not in call.backend.topics:
        raise Refused("NotFound", "Topic does not exist")
    found = [one for one in call.backend.subscriptions.values() if topic in (None, one.topic_arn)]
    first = int(call.params.get("NextToken") or 0)
    answer: dict[str, Any] = {"Subscriptions": [_listed(one) for one in found[first : first + 100]]}
    return answer | ({"NextToken": str(first + 100)} if len(found) > first + 100 else {})


def _listed(subscription: Any) -> dict[str, str]:
    pending = subscription.attributes.get("PendingConfirmation") == "true"
    return {
        "SubscriptionArn": "PendingConfirmation" if pending else subscription.arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic_arn,
    }
