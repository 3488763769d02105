"""Are events arriving? The newest one in the log group, and the volume of the last hours."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from guard.account.account import Account, ago
from guard.account.findings import Finding, judged
from guard.account.metrics import Wanted, sums

CHECK = "arriving"
STREAMS = 5  # CloudTrail writes one stream for a region, more where much happens
HOURS = 24
WHY = "no alarm can ring on what does not arrive"
FIX = "look at the findings of trail, role and keys"


def check(account: Account) -> Iterator[Finding]:
    """The findings."""
    yield newest(account)
    yield volume(account)


def newest(account: Account) -> Finding:
    """The age of the newest event that CloudTrail delivered; drills have streams of their own."""
    logs, group = account.client("logs"), account.group()
    streams = logs.describe_log_streams(logGroupName=group, orderBy="LastEventTime", descending=True, limit=STREAMS)[
        "logStreams"
    ]
    times = [last(logs, group, one["logStreamName"]) for one in streams if "_CloudTrail_" in one["logStreamName"]]
    at = max((one for one in times if one), default=None)
    fine = at is not None and account.now - at <= account.patience
    return judged(CHECK, "newest event", fine=fine, seen=ago(account, at) if at else "none", why=WHY, fix=FIX)


def last(logs: Any, group: str, stream: str) -> datetime | None:
    """When the last event of a stream was delivered."""
    events = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=False, limit=1)["events"]
    return datetime.fromtimestamp(events[-1]["timestamp"] / 1000, timezone.utc) if events else None


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
    return account.once("incoming", lambda: sums(account, [wanted], timedelta(hours=HOURS), 3600)[wanted])
