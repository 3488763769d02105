"""Are events arriving? The newest one in the log group, and the volume of the last hours."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from guard.account.account import Account, ago
from guard.account.findings import Finding, judged
from guard.account.metrics import Wanted, sums

CHECK = "arriving"
CLOUDTRAIL = "_CloudTrail_"  # in the name of each stream that it writes
STREAMS = 5  # CloudTrail writes one stream for a region, more where much happens
HOURS = 24
WHY = "no alarm can ring on what does not arrive"
FIX = "look at the findings of trail, role and keys"


def check(account: Account) -> Iterator[Finding]:
    """The findings."""
    yield newest(account)
    yield volume(account)


def newest(account: Account) -> Finding:
    """The age of the newest event that CloudTrail delivered; drills have a stream of their own."""
    group = account.group()
    found = account.client("logs").describe_log_streams(
        logGroupName=group, orderBy="LastEventTime", descending=True, limit=STREAMS
    )
    at = max(
        (last(account, group, one) for one in found["logStreams"] if CLOUDTRAIL in one["logStreamName"]), default=0
    )
    when = datetime.fromtimestamp(at / 1000, timezone.utc)
    fine = account.now - when <= account.patience
    return judged(CHECK, "newest event", fine=fine, seen=ago(account, when) if at else "none", why=WHY, fix=FIX)


def last(account: Account, group: str, stream: Mapping[str, Any]) -> int:
    """When the last event of a stream was delivered, in milliseconds. What the stream says of itself may lag by an
    hour, and the page of its last event may be empty: the later of both.
    """
    events = account.client("logs").get_log_events(
        logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=False, limit=1
    )["events"]
    return max([stream.get("lastEventTimestamp") or 0, *(int(one["timestamp"]) for one in events)])


def volume(account: Account) -> Finding:
    """Events an hour."""
    hourly = incoming(account)
    late = sum(count for at, count in hourly.items() if account.now - at <= account.patience + timedelta(hours=1))
    day = sum(hourly.values())
    hours = int(account.patience.total_seconds()) // 3600
    seen = f"events: {late:,.0f} in the last {hours} h, {day:,.0f} in {HOURS} h"
    return judged(CHECK, "volume", fine=late > 0, seen=seen, why=WHY, fix=FIX)


def incoming(account: Account) -> dict[datetime, float]:
    """By hour, of the last day: how many events arrived in the log group."""
    wanted = Wanted("AWS/Logs", "IncomingLogEvents", "LogGroupName", account.group())
    return account.once("incoming", lambda: sums(account, [wanted], account.now - timedelta(hours=HOURS), 3600)[wanted])
