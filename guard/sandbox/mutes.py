"""Mute rules: windows of time in which some alarms' actions are held back.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from guard.sandbox.intercept import Call, Refused
from guard.sandbox.world import World, moment

FIELDS = (range(60), range(24), range(1, 32), range(1, 13), range(7))  # minutes hours days months weekdays
SUMMARY = ("AlarmMuteRuleArn", "ExpireDate", "LastUpdatedTimestamp")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
NAMES = {name: number for number, name in enumerate(MONTHS, 1)} | {name: number for number, name in enumerate(DAYS)}


def put_mute_rule(world: World, call: Call) -> Mapping[str, Any]:
    """A rule that holds the actions of some alarms back for a while."""
    name = call.params["Name"]
    schedule = call.params["Rule"]["Schedule"]
    if not re.fullmatch(r"(at|cron)\(.+\)", schedule["Expression"]) or not _duration(schedule["Duration"]):
        raise Refused("InvalidParameterValue", "an expression is at(...) or cron(...), a duration such as PT4H")
    arn = f"arn:aws:cloudwatch:{call.region}:{world.account}:alarm-mute-rule:{name}"
    rule: dict[str, Any] = {
        **{one: call.params[one] for one in ("Name", "Description", "Rule", "MuteTargets") if call.params.get(one)},
        **{one: moment(call.params.get(one)) for one in ("StartDate", "ExpireDate")},
        "AlarmMuteRuleArn": arn,
        "LastUpdatedTimestamp": world.clock.at(),
    }
    world.regions[call.region].mutes[name] = rule
    return {}


def get_mute_rule(world: World, call: Call) -> Mapping[str, Any]:
    """One rule, and whether it mutes now."""
    name = call.params["AlarmMuteRuleName"].rsplit(":", 1)[-1]
    rule = world.regions[call.region].mutes.get(name)
    if rule is None:
        raise Refused("ResourceNotFoundException", f"no mute rule {name}")
    return {one: value for one, value in rule.items() if value is not None} | {"Status": _status(world, rule)}


def list_mute_rules(world: World, call: Call) -> Mapping[str, Any]:
    """The rules; of one alarm where it is named."""
    alarm, statuses = call.params.get("AlarmName"), call.params.get("Statuses")
    found = []
    for rule in world.regions[call.region].mutes.values():
        status = _status(world, rule)
        if (alarm and alarm not in _targets(rule)) or (statuses and status not in statuses):
            continue
        kept = {one: value for one, value in rule.items() if one in SUMMARY and value is not None}
        found.append({**kept, "Status": status})
    return {"AlarmMuteRuleSummaries": found}


def delete_mute_rule(world: World, call: Call) -> Mapping[str, Any]:
    """Delete a rule; one that isn't there is no error."""
    world.regions[call.region].mutes.pop(call.params["AlarmMuteRuleName"].rsplit(":", 1)[-1], None)
    return {}


def muted(world: World, region: str, alarm: str) -> bool:
    """Whether a mute rule holds an alarm's actions back now."""
    rules = world.regions[region].mutes.values()
    return any(alarm in _targets(rule) and _status(world, rule) == "ACTIVE" for rule in rules)


def _targets(rule: Mapping[str, Any]) -> list[str]:
    return list(rule.get("MuteTargets", {}).get("AlarmNames", ()))


def _status(world: World, rule: Mapping[str, Any]) -> str:
    now = world.clock.at()
    if rule.get("ExpireDate") and now >= rule["ExpireDate"]:
        return "EXPIRED"
    started = not rule.get("StartDate") or now >= rule["StartDate"]
    return "ACTIVE" if started and _within(rule["Rule"]["Schedule"], now) else "SCHEDULED"


def _within(schedule: Mapping[str, str], now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(schedule.get("Timezone") or "UTC")).replace(tzinfo=None)
    kind, _, inner = schedule["Expression"].rstrip(")").partition("(")
    length = _duration(schedule["Duration"])
    if kind == "at":
        start = datetime.fromisoformat(inner)
        return start <= local < start + length
    fields = [_cron(text, choices) for text, choices in zip(inner.split(), FIELDS, strict=True)]
    minutes = range(int(length.total_seconds()) // 60)
    return any(_starts(local - timedelta(minutes=back), fields) for back in minutes)


def _starts(moment: datetime, fields: list[set[int]]) -> bool:
    parts = (moment.minute, moment.hour, moment.day, moment.month, moment.isoweekday() % 7)
    return all(part in choices for part, choices in zip(parts, fields, strict=True))


def _cron(text: str, choices: range) -> set[int]:
    if text == "*":
        return set(choices)
    found: set[int] = set()
    for part in text.split(","):
        low, _, high = part.partition("-")
        found |= set(range(_cron_number(low), _cron_number(high or low) + 1))
    return found


def _cron_number(text: str) -> int:
    return NAMES.get(text.upper(), 0) if text.isalpha() else int(text)


def _duration(text: str) -> timedelta:
    match = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?", text)
    days, hours, minutes = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    return timedelta(days=days, hours=hours, minutes=minutes)
