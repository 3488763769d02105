"""What AWS limits: filters and regular expressions of the log group, trails of the region; and what a second
copy of the events costs.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from guard.account import alarms, filters, selectors
from guard.account.account import Account
from guard.account.arriving import incoming
from guard.account.findings import Finding, Status, judged
from guard.pattern.count import regexes
from guard.prices import PRICES
from guard.rules.limits import FILTERS, REGEX_FILTERS

CHECK = "quotas"
TRAILS = 5
NEAR = 0.9
DAYS = 30  # of a month


def check(account: Account) -> Iterator[Finding]:
    """The findings of an account where the stack is deployed."""
    yield from of_group([one.get("filterPattern", "") for one in filters.described(account).values()])
    yield Finding(CHECK, "alarms", "PASS", f"{len(alarms.expected(account))}; CloudWatch sets no limit")
    found = account.trails()
    yield used("trails of the region", len(found), TRAILS)
    yield copies(account, found, coming=0)


def of_group(patterns: Collection[str]) -> Iterator[Finding]:
    """The log group's, of the patterns of its filters."""
    yield used("metric filters of the log group", len(patterns), FILTERS)
    yield used("filters with a regular expression", sum(map(bool, map(regexes, patterns))), REGEX_FILTERS)


def used(subject: str, count: int, limit: int) -> Finding:
    """A quota: full is a failure only above the limit."""
    status: Status = "FAIL" if count > limit else "WARN" if count > limit * NEAR else "PASS"
    why = "AWS refuses more" if status == "FAIL" else "the next rules will not fit"
    fix = "enable fewer rules, or remove what others left there"
    seen = f"{count} of {limit}"
    return judged(CHECK, subject, fine=status == "PASS", seen=seen, why=why, fix=fix, otherwise=status)


def copies(account: Account, found: list[Mapping[str, Any]], coming: int) -> Finding:
    """How many trails record management events: each after the first is billed. `coming`: trails to be deployed."""
    recording = [one["Name"] for one in found if records(account, one["TrailARN"])]
    count = len(recording) + coming
    month = sum(incoming(account).values()) * DAYS if not coming else 0
    price = PRICES["management copy"]
    cost = f"; at the last day's volume ${price.cost(month / 100_000):,.2f} a month" if month else ""
    seen = f"{count} trails record management events: {', '.join(recording) or 'the one to come'}"
    return judged(
        CHECK,
        "copies of management events",
        fine=count <= 1,
        seen=seen if count > 1 else "1 trail records management events",
        why=f"the first copy is free, each further one costs ${price.amount:.2f} per {price.unit}{cost}",
        fix="stand on the trail that is there: trail: {existing: NAME}; or stop recording twice",
        otherwise="WARN",
    )


def records(account: Account, arn: str) -> bool:
    """Whether a trail records management events; one that cannot be read is taken to."""
    try:
        found = account.client("cloudtrail").get_event_selectors(TrailName=arn)
    except ClientError:
        return True
    basic = (one.get("IncludeManagementEvents", True) for one in found.get("EventSelectors") or ())
    return any(basic) or any(map(selectors.takes_management, found.get("AdvancedEventSelectors") or ()))
