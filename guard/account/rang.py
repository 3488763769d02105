"""What the alarms did in the last two weeks: when they rang, and whether their actions ran."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from guard.account.account import Account, ago, utc
from guard.account.findings import Finding

CHECK = "alarm history"
SPAN = timedelta(days=14)
PAGES = 100  # of 100 items: an account whose alarms change more often than that is not read to its end
FAILED = "Failed to execute action"
DONE = "Successfully executed action"


def check(account: Account) -> Iterator[Finding]:
    """The findings; the history comes newest first, of all alarms of the region at once."""
    prefix = account.settings.names.alarm_prefix
    by_alarm: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for number, page in enumerate(history(account), 1):
        for item in page["AlarmHistoryItems"]:
            if item["AlarmName"].startswith(prefix):
                by_alarm[item["AlarmName"]].append(item)
        if number == PAGES:
            why = "older failures may be hidden"
            fix = "find the alarm that changes all the time, and calm it"
            yield Finding(CHECK, "length", "WARN", f"more than {PAGES} pages; only the newest were read", why, fix)
            break
    for name, items in sorted(by_alarm.items()):
        yield from failures(account, name, items)
    yield rang(account, by_alarm)


def history(account: Account) -> Iterator[Mapping[str, Any]]:
    """Its pages."""
    paginator = account.client("cloudwatch").get_paginator("describe_alarm_history")
    found: Iterator[Mapping[str, Any]] = iter(
        paginator.paginate(
            StartDate=account.now - SPAN, ScanBy="TimestampDescending", PaginationConfig={"PageSize": 100}
        )
    )
    return found


def failures(account: Account, name: str, items: list[Mapping[str, Any]]) -> Iterator[Finding]:
    """Actions that failed; a later one that ran says that it is mended."""
    actions = [one for one in items if one["HistorySummary"].startswith((FAILED, DONE))]
    failed = [one for one in actions if one["HistorySummary"].startswith(FAILED)]
    if not failed:
        return
    newest = max(failed, key=lambda one: utc(one["Timestamp"]))
    mended = any(
        one["HistorySummary"].startswith(DONE) and utc(one["Timestamp"]) > utc(newest["Timestamp"]) for one in actions
    )
    seen = f"{newest['HistorySummary']}, {ago(account, newest['Timestamp'])}"
    why = "it rang and nobody was told" + ("; it worked again since" if mended else "")
    fix = "look at the findings of the topics, then: guard drill"
    yield Finding(CHECK, name, "WARN" if mended else "FAIL", seen, why, fix)


def rang(account: Account, by_alarm: Mapping[str, list[Mapping[str, Any]]]) -> Finding:
    """When each alarm last rang."""
    prefix = account.settings.names.alarm_prefix
    found = []
    for name, items in sorted(by_alarm.items()):
        times = [
            one["Timestamp"]
            for one in items
            if one["HistoryItemType"] == "StateUpdate" and one["HistorySummary"].endswith("to ALARM")
        ]
        if times:
            found.append(f"{name.removeprefix(prefix)} {len(times)}x, last {ago(account, max(times, key=utc))}")
    return Finding(CHECK, "rang", "PASS", "; ".join(found) or f"none in {SPAN.days} days")
