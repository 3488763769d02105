"""Mute rules that hold alarms' actions back: states change, and nobody hears.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from guard.account.account import Account
from guard.account.findings import Finding

CHECK = "mute rules"
SHOWN = 3  # names of alarms in a finding


def rules(cloudwatch: Any, *statuses: str) -> Iterator[Mapping[str, Any]]:
    """The mute rules in these states. Which alarms a rule mutes only the rule itself says: a call for each.
    Raises ClientError.
    """
    pages = cloudwatch.get_paginator("list_alarm_mute_rules").paginate(Statuses=list(statuses))
    names = [one["AlarmMuteRuleArn"].rsplit(":", 1)[-1] for page in pages for one in page["AlarmMuteRuleSummaries"]]
    return (cloudwatch.get_alarm_mute_rule(AlarmMuteRuleName=name) for name in names)


def muted(cloudwatch: Any) -> dict[str, str]:
    """Alarm -> the mute rule that silences it now. Raises ClientError."""
    return {alarm: rule["Name"] for rule in rules(cloudwatch, "ACTIVE") for alarm in targets(rule)}


def targets(rule: Mapping[str, Any]) -> list[str]:
    """The alarms that a rule mutes."""
    return list((rule.get("MuteTargets") or {}).get("AlarmNames", ()))


def check(account: Account) -> Iterator[Finding]:
    """The findings: those over the component's alarms, now or later."""
    prefix, found = account.settings.names.alarm_prefix, []
    for rule in rules(account.client("cloudwatch"), "ACTIVE", "SCHEDULED"):
        ours = [one for one in targets(rule) if one.startswith(prefix)]
        found += [over(rule, ours)] if ours else []
    yield from found or [Finding(CHECK, "over our alarms", "PASS", "none")]


def over(rule: Mapping[str, Any], ours: list[str]) -> Finding:
    """A rule that mutes some of ours: a failure while it does, a warning before."""
    schedule, more = rule["Rule"]["Schedule"], len(ours) - SHOWN
    named = ", ".join(ours[:SHOWN]) + (f" and {more} more" if more > 0 else "")
    seen = f"{rule['Status'].lower()}, {schedule['Expression']} for {schedule['Duration']}, over {named}"
    why = "they ring and nobody hears it"
    fix = f"aws cloudwatch delete-alarm-mute-rule --alarm-mute-rule-name {rule['Name']}, or wait for its end"
    return Finding(CHECK, rule["Name"], "FAIL" if rule["Status"] == "ACTIVE" else "WARN", seen, why, fix)
