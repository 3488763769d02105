"""The log group: there, of the class that filters work on, kept as long as the stack says, not to be deleted."""

from collections.abc import Iterator, Mapping
from typing import Any

from guard.account.account import Account
from guard.account.findings import Finding, judged

CHECK = "log group"


def described(account: Account) -> Mapping[str, Any]:
    """What DescribeLogGroups says of it; {} where it is not there. Raises ClientError."""

    def read() -> Mapping[str, Any]:
        pages = account.client("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix=account.group())
        every = (one for page in pages for one in page["logGroups"])
        return next((one for one in every if one["logGroupName"] == account.group()), {})

    return account.once("log group", read)


def check(account: Account) -> Iterator[Finding]:
    """The findings."""
    found, settings = described(account), account.settings
    yield judged(CHECK, "there", fine=bool(found), seen=account.group(), why="no rule reads anything")
    if not found:
        return
    kind = found.get("logGroupClass") or "STANDARD"
    why = "metric filters work on no other class"
    fix = "give the trail a log group of the Standard class"
    yield judged(CHECK, "class", fine=kind == "STANDARD", seen=kind, why=why, fix=fix)
    if not account.owns_trail:
        return
    days = found.get("retentionInDays")
    why = "events go sooner than the stack says; what happened before cannot be looked up"
    kept = f"{days} day{'s' * (days > 1)}" if days else "for ever"
    yield judged(CHECK, "retention", fine=not days or days >= settings.retention_days, seen=kept, why=why)
    if settings.protect:
        on = bool(found.get("deletionProtectionEnabled"))
        why = "whoever may delete it deletes the events and every filter with it"
        yield judged(CHECK, "deletion protection", fine=on, seen="on" if on else "off", why=why)
