"""The trail: there, records everything everywhere, logs now, and delivers."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from guard.account.account import Account, utc
from guard.account.findings import Finding, judged

CHECK = "trail"
RECENT = timedelta(hours=2)  # CloudTrail delivers within minutes; digests within the hour
KEYS = {
    "IsMultiRegionTrail": ("all regions", "calls in other regions would not be seen"),
    "LogFileValidationEnabled": ("validated files", "a changed log file would not be noticed"),
    "IncludeGlobalServiceEvents": ("global services", "calls of IAM and STS would not be seen"),
}
LEGS = {
    "S3": ("LatestDelivery", "the record has a gap", "look at the bucket's policy and the key"),
    "CloudWatch Logs": ("LatestCloudWatchLogsDelivery", "no alarm can ring", "look at the role and the log group"),
    "digests": ("LatestDigestDelivery", "files cannot be validated", "look at the bucket's policy and the key"),
}


def check(account: Account) -> Iterator[Finding]:
    """The findings; none where the rules stand on a log group alone."""
    name, found = account.trail_name, account.trail()
    if not name:
        return
    client = account.client("cloudtrail")
    for key, (what, why) in KEYS.items():
        yield judged(CHECK, what, fine=bool(found.get(key)), seen=f"{key} is {found.get(key)}", why=why)
    yield selectors(client.get_event_selectors(TrailName=name))
    yield from deliveries(account, client.get_trail_status(Name=name))


def selectors(answer: Mapping[str, Any]) -> Finding:
    """All management events, read and write, with nothing left out."""
    basic = answer.get("EventSelectors") or ()
    every = any(
        one.get("ReadWriteType") == "All"
        and one.get("IncludeManagementEvents")
        and not one.get("ExcludeManagementEventSources")
        for one in basic
    )
    fields = [one["FieldSelectors"] for one in answer.get("AdvancedEventSelectors") or ()]
    whole = [{"Field": "eventCategory", "Equals": ["Management"]}]
    seen = f"{len(basic)} basic and {len(fields)} advanced selectors"
    why = "what the selectors leave out no rule can see"
    return judged(CHECK, "all management events", fine=every or whole in fields, seen=seen, why=why)


def deliveries(account: Account, found: Mapping[str, Any]) -> Iterator[Finding]:
    """It logs, and what it last delivered was recent and without error."""
    yield judged(
        CHECK,
        "logging",
        fine=bool(found.get("IsLogging")),
        seen=f"IsLogging is {found.get('IsLogging')}",
        why="nothing is recorded",
        fix=f"aws cloudtrail start-logging --name {account.trail_name}, then find out who stopped it",
    )
    for leg, (key, why, fix) in LEGS.items():
        wrong, at = found.get(f"{key}Error"), found.get(f"{key}Time")
        late = at is None or account.now - utc(at) > RECENT
        seen = f"error: {wrong}" if wrong else f"last at {at}" if at else "none yet"
        yield judged(
            CHECK,
            f"delivery to {leg}",
            fine=not wrong and not late,
            seen=seen,
            why=why,
            fix=fix,
            otherwise="FAIL" if wrong else "WARN",
        )
