"""Everybody who is to be mailed: subscribed, and confirmed so that nobody else can cancel it."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from itertools import islice

from botocore.exceptions import ClientError

from guard.account.account import Account
from guard.account.findings import DEPLOY, Finding, Status, unread
from guard.account.subscriptions import Recipient, recipients

CHECK = "recipients"
LAPSE = timedelta(hours=48)  # AWS forgets an address that nobody confirmed by then
PAGES = 20  # of FilterLogEvents: more than that is not searched for one event
HEARS = ("confirmed", "unsigned")
UNMAILED = "this address gets no mail"
ADVICE: Mapping[str, tuple[Status, str, str]] = {
    "confirmed": ("PASS", "", ""),
    "pending": ("FAIL", UNMAILED, "guard confirm 'the address in the mail'; has it lapsed: pulumi up --refresh"),
    "gone": ("FAIL", UNMAILED, f"{DEPLOY}, then guard confirm"),
    "unsigned": (
        "WARN",
        "whoever has a mail's link can cancel it, and mail scanners click links",
        "aws sns unsubscribe, pulumi up --refresh, then guard confirm 'the address in the new mail'",
    ),
}


def topics_of(account: Account) -> dict[str, list[str]]:
    """By topic, of those that alarms publish to: whom the stack names; nobody, of a topic of others."""
    arns, settings = account.topic_arns(), account.settings
    found = {arns[route]: [str(one) for one in emails] for route, emails in settings.routes.items()}
    return found | ({arns[""]: []} if settings.topic else {})


def own(account: Account) -> dict[str, list[str]]:
    """By topic, of the stack's own: whom the stack names."""
    return {topic: emails for topic, emails in topics_of(account).items() if emails}


def listed(account: Account) -> Iterator[Recipient]:
    """Whoever is to be mailed through the stack's own topics, or is mailed. Raises ClientError."""
    return recipients(account.client("sns"), own(account))


def check(account: Account) -> Iterator[Finding]:
    """The findings."""
    found: list[Recipient] = []
    for topic, emails in topics_of(account).items():
        try:
            mine = list(recipients(account.client("sns"), {topic: emails}))
        except ClientError as error:
            yield unread(CHECK, error, name(topic))
            continue
        found += mine
        if not any(one.state in HEARS for one in mine):
            why, fix = "nobody is told", "guard confirm --status shows whom to ask"
            yield Finding(CHECK, name(topic), "FAIL", "has nobody confirmed", why, fix)
    left = hours_left(account) if any(one.state == "pending" for one in found) else {}
    yield from (judge(one, left) for one in found)


def name(topic: str) -> str:
    """A topic's name."""
    return topic.rsplit(":", 1)[-1]


def judge(one: Recipient, left: Mapping[str, str]) -> Finding:
    """One recipient."""
    subject = f"{one.address} ({name(one.topic)})"
    if not one.wanted:
        why = "the stack does not name it; whoever it is hears what you hear"
        cancel = (
            "let it lapse: 48 hours" if one.state == "pending" else f"aws sns unsubscribe --subscription-arn {one.arn}"
        )
        return Finding(CHECK, subject, "WARN", f"is subscribed besides, {one.state}", why, cancel)
    if one.filtered:
        why = "it gets only what its filter lets through"
        return Finding(CHECK, subject, "FAIL", f"has a filter policy: {one.filtered}", why, "take it off, or " + DEPLOY)
    status, why, fix = ADVICE[one.state]
    seen = one.state
    if one.state == "pending":
        seen += f", {left.get(one.topic, 'hours left unknown')}"
    return Finding(CHECK, subject, status, seen, why, fix)


def hours_left(account: Account) -> dict[str, str]:
    """By topic: how long its newest invitation holds. SNS does not tell, but the Subscribe event in our log does,
    where it was recorded and can be read.
    """
    pattern = '{ ($.eventSource = "sns.amazonaws.com") && ($.eventName = "Subscribe") }'
    start = int((account.now - LAPSE).timestamp() * 1000)
    pages = account.client("logs").get_paginator("filter_log_events")
    newest: dict[str, datetime] = {}
    try:
        for page in islice(pages.paginate(logGroupName=account.group(), filterPattern=pattern, startTime=start), PAGES):
            for one in page["events"]:
                event = json.loads(one["message"])
                topic = (event.get("requestParameters") or {}).get("topicArn", "")
                at = datetime.strptime(event["eventTime"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
                newest[topic] = max(at, newest.get(topic, at))
    except ClientError:
        return {}  # the findings of the log group say why
    return {topic: remaining(account, at) for topic, at in newest.items()}


def remaining(account: Account, asked: datetime) -> str:
    """What is left of an invitation, in words."""
    left = asked + LAPSE - account.now
    return f"{left.total_seconds() / 3600:.0f} h left" if left > timedelta(0) else "lapsed"
