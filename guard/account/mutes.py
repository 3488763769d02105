"""Mute rules that hold alarms' actions back.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html
"""

from typing import Any


def muted(cloudwatch: Any) -> dict[str, str]:
    """Alarm -> the mute rule that silences it now. Raises ClientError."""
    pages = cloudwatch.get_paginator("list_alarm_mute_rules").paginate(Statuses=["ACTIVE"])
    names = [one["AlarmMuteRuleArn"].rsplit(":", 1)[-1] for page in pages for one in page["AlarmMuteRuleSummaries"]]
    rules = (cloudwatch.get_alarm_mute_rule(AlarmMuteRuleName=name) for name in names)
    return {alarm: rule["Name"] for rule in rules for alarm in rule.get("MuteTargets", {}).get("AlarmNames", ())}
