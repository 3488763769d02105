"""Each rule's alarm: there as the rule says, may act, and is not stuck."""

from collections.abc import Iterator, Mapping
from typing import Any

from guard.account.account import Account
from guard.account.findings import DEPLOY, Finding, judged
from guard.rules.model import Rule

CHECK = "alarms"


def described(account: Account) -> Mapping[str, Mapping[str, Any]]:
    """The component's alarms, by name."""

    def read() -> dict[str, Mapping[str, Any]]:
        prefix = account.settings.names.alarm_prefix
        pages = account.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=prefix)
        return {one["AlarmName"]: one for page in pages for one in page["MetricAlarms"]}

    return account.once("alarms", read)


def check(account: Account) -> Iterator[Finding]:
    """The findings."""
    names, there = account.settings.names, described(account)
    wanted = {names.alarm(rule.id): rule for rule in account.settings.rules.rules}
    for name, rule in wanted.items():
        yield from of_rule(name, there.get(name), rule, names.namespace)
    for name in sorted(there.keys() - wanted.keys()):
        if name.removeprefix(names.alarm_prefix).startswith("watchdog-"):
            yield acts(name, there[name])
        else:
            yield Finding(CHECK, name, "WARN", "no rule has it", "it costs, and may mail", DEPLOY)


def of_rule(name: str, found: Mapping[str, Any] | None, rule: Rule, namespace: str) -> Iterator[Finding]:
    """A rule's alarm against the rule."""
    why = "the rule does not ring as it says"
    if found is None:
        yield Finding(CHECK, name, "FAIL", "is not there", why, DEPLOY)
        return
    alarm = rule.alarm
    wanted = {
        "Namespace": namespace,
        "MetricName": rule.id,
        "Threshold": alarm.threshold,
        "Period": alarm.period,
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm,
        "TreatMissingData": alarm.treat_missing_data,
    }
    changed = [f"{key} is {found.get(key)}, not {value}" for key, value in wanted.items() if found.get(key) != value]
    yield judged(CHECK, name, fine=not changed, seen="; ".join(changed) or "is as the rule says", why=why)
    yield acts(name, found)


def acts(name: str, found: Mapping[str, Any]) -> Finding:
    """Whether its actions are on, and there."""
    on = bool(found.get("ActionsEnabled")) and bool(found.get("AlarmActions"))
    return judged(
        CHECK,
        f"{name} actions",
        fine=on,
        seen=f"enabled: {found.get('ActionsEnabled')}, {len(found.get('AlarmActions') or ())} of them",
        why="it rings and nobody hears it",
        fix="aws cloudwatch enable-alarm-actions, then find out who disabled them",
    )
