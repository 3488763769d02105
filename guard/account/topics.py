"""The topics: there, open to the alarms, their key too, and their mails delivered."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from guard import needs, policies
from guard.access import Document
from guard.account import alarms
from guard.account.account import Account
from guard.account.findings import DEPLOY, Finding, judged, unread
from guard.account.keys import Asked, allows, usable
from guard.account.metrics import Wanted, sums

CHECK = "topics"
SPAN = timedelta(days=14)
DAY = 24 * 3600
NOBODY = "alarms publish into nothing"


def check(account: Account) -> Iterator[Finding]:
    """The findings. A topic that cannot be read is one; the others are looked at."""
    arns, publishers = account.topic_arns(), alarms_of(account)
    behind: dict[str, list[str]] = defaultdict(list)
    owned: set[str] = set()
    for route, arn in arns.items():
        try:
            found = described(account, arn)
        except ClientError as error:
            yield unread(CHECK, error, arn.rsplit(":", 1)[-1], account.judges(arn))
            continue
        yield from topic(account, route, arn, found, publishers[arn])
        if key := found.get("KmsMasterKeyId"):
            behind[key] += publishers[arn]
            owned |= {key} if ours(account, route) else set()
    for key, alarm_arns in behind.items():
        yield from usable(account, CHECK, key, asked(alarm_arns), own_key(account) if key in owned else None)
    yield from deliveries(account, [arn for arn in arns.values() if here(account, arn)])


def ours(account: Account, route: str) -> bool:
    """Whether the stack makes a route's topic."""
    return route != "" or not account.settings.topic


def own_key(account: Account) -> Document | None:
    """The policy of the topics' key, where the stack makes one."""
    settings = account.settings
    return policies.topics_key(account.where, settings.names.alarm_prefix) if settings.encryption else None


def asked(alarm_arns: list[str]) -> Asked:
    """What the alarms ask of a key."""
    return lambda key: [one for alarm in alarm_arns for one in needs.topic_key(key, alarm)]


def alarms_of(account: Account) -> Mapping[str, list[str]]:
    """By the topic's ARN: the ARNs of the alarms that publish to it."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in alarms.expected(account):
        for arn in one.actions:
            found[arn].append(account.where.arn("cloudwatch", f"alarm:{one.name}"))
    return found


def described(account: Account, arn: str) -> Mapping[str, str]:
    """A topic's attributes; {} where there is none. Raises ClientError."""
    try:
        found: Mapping[str, str] = account.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NotFound", "NotFoundException"):
            raise
        return {}
    return found


def topic(account: Account, route: str, arn: str, found: Mapping[str, str], publishers: list[str]) -> Iterator[Finding]:
    """One topic: there, its policy lets the alarms publish, and it has the key that the stack gives it."""
    name, own_topic = arn.rsplit(":", 1)[-1], ours(account, route)
    if not found:
        yield Finding(CHECK, name, "FAIL", "is not there", NOBODY, DEPLOY if own_topic else "name another topic")
        return
    own = policies.topic(account.where, arn, account.settings.names.alarm_prefix) if own_topic else None
    requests = [one for alarm in publishers for one in needs.topic(arn, alarm)]
    yield from allows(CHECK, f"{name} policy", [json.loads(found["Policy"])], requests, own)
    last, key = route == "watchdog", found.get("KmsMasterKeyId")
    if own_topic and (last or account.settings.encryption) and bool(key) == last:
        why = "the last resort must not depend on a key" if last else "what it holds is not encrypted"
        yield Finding(CHECK, f"{name} key", "WARN", key or "none", why, DEPLOY)


def here(account: Account, arn: str) -> bool:
    """Whether a topic's metrics are in this account and region."""
    return arn.split(":")[3:5] == [account.where.region, account.where.account]


def deliveries(account: Account, arns: list[str]) -> Iterator[Finding]:
    """What SNS delivered of the last two weeks' messages, from its own metrics."""
    kinds = ("NumberOfMessagesPublished", "NumberOfNotificationsDelivered", "NumberOfNotificationsFailed")
    wanted = {
        (arn, kind): Wanted("AWS/SNS", kind, "TopicName", arn.rsplit(":", 1)[-1]) for arn in arns for kind in kinds
    }
    found = sums(account, list(wanted.values()), account.now - SPAN, DAY)
    for arn in arns:
        counts = [found[wanted[arn, kind]] for kind in kinds]
        yield delivered(arn.rsplit(":", 1)[-1], *counts)


def delivered(
    name: str, published: Mapping[Any, float], reached: Mapping[Any, float], failed: Mapping[Any, float]
) -> Finding:
    """One topic's deliveries: by day, how many."""
    asked, got, lost = (sum(one.values()) for one in (published, reached, failed))
    seen = f"published {asked:,.0f}, delivered {got:,.0f}, failed {lost:,.0f} in {SPAN.days} days"
    if lost:
        seen += f", the last on {max(day for day, count in failed.items() if count):%Y-%m-%d}"
    silent = asked > 0 and got == 0  # on the first day too: the heartbeat mails before anybody can have confirmed
    why = "nobody was told" if silent else "somebody was not told"
    fix = "guard confirm --status, then guard drill" if silent else "a full or closed mailbox refuses mails"
    fine = not silent and not lost
    return judged(CHECK, f"{name} deliveries", fine=fine, seen=seen, why=why, fix=fix, otherwise="WARN")
