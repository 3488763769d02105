"""The trail: there, records everything everywhere, logs now, and delivers."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from guard.account import selectors
from guard.account.account import Account, ago, utc
from guard.account.findings import DEPLOY, Finding, Status, judged

CHECK = "trail"
DIGEST = "delivery of digests"
DIGESTS = timedelta(hours=3)  # one an hour, even where nothing happens
# what GetTrail says -> what it means, why it matters, and how bad it is where the trail is somebody else's
FLAGS: Mapping[str, tuple[str, str, Status]] = {
    "IsMultiRegionTrail": ("all regions", "calls in other regions are not seen", "FAIL"),
    "IncludeGlobalServiceEvents": ("global services", "calls of IAM and STS are not seen", "FAIL"),
    "LogFileValidationEnabled": ("validated files", "a changed or deleted log file is not noticed", "WARN"),
}
LEGS = {  # what is delivered -> GetTrailStatus's keys begin so, why it matters, what to look at
    "delivery to S3": ("LatestDelivery", "the record has a gap", "bucket and keys"),
    "delivery to CloudWatch Logs": ("LatestCloudWatchLogsDelivery", "no alarm can ring", "role, log group and keys"),
    DIGEST: ("LatestDigestDelivery", "log files cannot be validated", "bucket and keys"),
}


def check(account: Account) -> Iterator[Finding]:
    """The findings; none where the rules stand on a log group alone."""
    name, found = account.trail_name, account.trail()
    if not name:
        return
    yield from settings(account, found)
    client = account.client("cloudtrail")
    yield selectors.whole(client.get_event_selectors(TrailName=name))
    yield from deliveries(account, client.get_trail_status(Name=name))


def settings(account: Account, found: Mapping[str, Any]) -> Iterator[Finding]:
    """What GetTrail says."""
    fix = DEPLOY if account.owns_trail else "ask the trail's owner"
    for key, (what, why, theirs) in FLAGS.items():
        yield judged(
            CHECK,
            what,
            fine=bool(found.get(key)),
            seen="on" if found.get(key) else f"off ({key})",
            why=why,
            fix=fix,
            otherwise="FAIL" if account.owns_trail else theirs,
        )
    home = str(found["TrailARN"]).split(":")[3]
    why = "the alarms stand in another region than the log group"
    fix = "deploy the guard in the trail's home region"
    yield judged(CHECK, "home region", fine=home == account.where.region, seen=home, why=why, fix=fix)
    group = str(found.get("CloudWatchLogsLogGroupArn") or "")
    yield judged(
        CHECK,
        "log group",
        fine=bool(group) and f"{account.group()}:" in group,
        seen=group or "none",
        why="the rules read a log group that the trail does not write to",
        fix=fix if account.owns_trail else "give the trail a log group: aws cloudtrail update-trail",
    )
    if account.settings.organization:
        of_all = bool(found.get("IsOrganizationTrail"))
        why = "calls in the organization's other accounts are not seen"
        yield judged(CHECK, "organization", fine=of_all, seen="on" if of_all else "off", why=why)


def deliveries(account: Account, found: Mapping[str, Any]) -> Iterator[Finding]:
    """It logs, and what it last delivered was recent and without error."""
    logs = bool(found.get("IsLogging"))
    stopped = found.get("StopLoggingTime")
    yield judged(
        CHECK,
        "logging",
        fine=logs,
        seen="on" if logs else f"stopped{f' {ago(account, stopped)}' if stopped else ''}",
        why="nothing is recorded",
        fix=f"aws cloudtrail start-logging --name {account.trail_name}, then find out who stopped it",
    )
    for leg in LEGS:
        if leg != DIGEST or account.trail().get("LogFileValidationEnabled"):
            yield delivery(account, leg, found)


def delivery(account: Account, leg: str, found: Mapping[str, Any]) -> Finding:
    """One leg. A young trail has not delivered yet, and that is only worth a look."""
    key, why, cause = LEGS[leg]
    wrong, at = found.get(f"{key}Error"), found.get(f"{key}Time")
    since = at or found.get("StartLoggingTime")
    late = since is None or account.now - utc(since) > (DIGESTS if leg == DIGEST else account.patience)
    last = f"last {ago(account, at)}" if at else "none yet"
    status: Status = "FAIL" if wrong or late else "PASS" if at else "WARN"
    seen = f"error: {wrong}, {last}" if wrong else last
    fix = f"look at the findings of {cause}"
    return judged(CHECK, leg, fine=status == "PASS", seen=seen, why=why, fix=fix, otherwise=status)
