"""The alarms, the rules' and the watchdog's: there as the stack says, may act, not muted, not stuck."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from guard import watchdog
from guard.account.account import Account, ago, utc
from guard.account.findings import DEPLOY, Finding
from guard.rules.model import Rule

CHECK = "alarms"
LONG = timedelta(hours=24)
BLIND = "it does not ring as the stack says"
DEAF = "it rings and nobody hears it"


@dataclass(frozen=True, slots=True)
class Expected:
    """An alarm of the stack: DescribeAlarms' keys and values, and whom it tells."""

    name: str
    settings: Mapping[str, Any]
    actions: tuple[str, ...]
    ok_actions: tuple[str, ...]
    watchdog: bool


def described(account: Account) -> Mapping[str, Mapping[str, Any]]:
    """The component's alarms, by name. Raises ClientError."""

    def read() -> dict[str, Mapping[str, Any]]:
        prefix = account.settings.names.alarm_prefix
        pages = (
            account.client("cloudwatch")
            .get_paginator("describe_alarms")
            .paginate(AlarmNamePrefix=prefix, PaginationConfig={"PageSize": 100})
        )
        return {one["AlarmName"]: one for page in pages for one in page["MetricAlarms"]}

    return account.once("alarms", read)


def expected(account: Account) -> list[Expected]:
    """Every alarm that the stack deploys."""
    group, arns = account.group(), account.topic_arns()
    rules = [of_rule(account, rule, arns) for rule in account.settings.rules.rules]
    return rules + [of_watchdog(account, one, arns["watchdog"]) for one in watchdog.alarms(account.settings, group)]


def of_rule(account: Account, rule: Rule, arns: Mapping[str, str]) -> Expected:
    """A rule's alarm."""
    names, alarm = account.settings.names, rule.alarm
    topic = arns[account.settings.route(rule)]
    settings = {
        "Namespace": names.namespace,
        "MetricName": rule.id,
        "Dimensions": [],
        "Statistic": "Sum",
        "ComparisonOperator": alarm.comparison,
        "Threshold": alarm.threshold,
        "Period": alarm.period,
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm,
        "TreatMissingData": alarm.treat_missing_data,
    }
    ok = (topic,) if account.settings.notify_ok else ()
    return Expected(names.alarm(rule.id), settings, (topic, *rule.actions), ok, watchdog=False)


def of_watchdog(account: Account, one: watchdog.WatchdogAlarm, topic: str) -> Expected:
    """One of the watchdog's."""
    settings: dict[str, Any] = {
        "ComparisonOperator": one.comparison,
        "Threshold": one.threshold,
        "EvaluationPeriods": one.evaluation_periods,
        "DatapointsToAlarm": one.evaluation_periods,
        "TreatMissingData": one.missing,
    }
    metrics = {key: [*of_metric(metric).items(), ("Period", metric.period)] for key, metric in one.metrics.items()}
    if one.expression:
        settings["Metrics"] = {**metrics, "expression": one.expression}
    else:
        (metric,) = metrics.values()
        settings |= {**dict(metric), "Statistic": "Sum"}
    ok = (topic,) if one.notify_ok else ()
    return Expected(account.settings.names.alarm(one.id), settings, (topic,), ok, watchdog=True)


def of_metric(metric: watchdog.Metric) -> dict[str, Any]:
    """A metric as DescribeAlarms names it."""
    dimensions = [{"Name": key, "Value": value} for key, value in metric.dimensions.items()]
    return {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}


def check(account: Account) -> Iterator[Finding]:
    """The findings."""
    there, wanted = described(account), expected(account)
    for one in wanted:
        found = there.get(one.name)
        if found is None:
            yield Finding(CHECK, one.name, "FAIL", "is not there", BLIND, DEPLOY)
            continue
        wrong = [*differences(one, found), *silenced(one, found), *stuck(account, one, found)]
        yield from wrong
        if not wrong:
            yield Finding(CHECK, one.name, "PASS", f"is as the stack says, {state(account, found)}")
    for name in sorted(there.keys() - {one.name for one in wanted}):
        fix = f"aws cloudwatch delete-alarms --alarm-names {name}"
        yield Finding(CHECK, name, "WARN", "no rule of the stack has it", "it costs, and may mail", fix)


def differences(one: Expected, found: Mapping[str, Any]) -> Iterator[Finding]:
    """What is set otherwise."""
    seen = {
        "TreatMissingData": "missing",
        **found,
        "Metrics": math(found.get("Metrics") or ()),
        "Dimensions": found.get("Dimensions") or [],
    }
    changed = [
        f"{key} is {seen.get(key)}, not {value}" for key, value in one.settings.items() if seen.get(key) != value
    ]
    if changed:
        yield Finding(CHECK, one.name, "FAIL", "; ".join(changed), BLIND, DEPLOY)


def math(queries: Any) -> dict[str, Any]:
    """Metric math in the form of `Expected`."""
    found: dict[str, Any] = {}
    for query in queries:
        stat = query.get("MetricStat")
        if stat:
            metric = {key: stat["Metric"].get(key) for key in ("Namespace", "MetricName", "Dimensions")}
            found[query["Id"]] = [*metric.items(), ("Period", stat["Period"])]
        else:
            found["expression"] = query.get("Expression")
    return found


def silenced(one: Expected, found: Mapping[str, Any]) -> Iterator[Finding]:
    """Actions off, gone, or pointing elsewhere."""
    if not found.get("ActionsEnabled"):
        fix = f"aws cloudwatch enable-alarm-actions --alarm-names {one.name}, then find out who disabled them"
        yield Finding(CHECK, one.name, "FAIL", "its actions are disabled", DEAF, fix)
    for key, wanted in (("AlarmActions", one.actions), ("OKActions", one.ok_actions)):
        there = set(found.get(key) or ())
        missing, more = sorted(set(wanted) - there), sorted(there - set(wanted))
        if missing:
            yield Finding(CHECK, one.name, "FAIL", f"{key} lacks {', '.join(missing)}", DEAF, DEPLOY)
        if more:
            why = "somebody else is told, or something else is done"
            yield Finding(CHECK, one.name, "WARN", f"{key} has {', '.join(more)} besides", why, DEPLOY)


def stuck(account: Account, one: Expected, found: Mapping[str, Any]) -> Iterator[Finding]:
    """States that mean silence: no data for long, or ringing for long."""
    now, since = found["StateValue"], found.get("StateTransitionedTimestamp") or found.get("StateUpdatedTimestamp")
    long = since is not None and account.now - utc(since) > LONG
    if now == "ALARM" and one.watchdog:
        why = "the watchdog rings: events do not arrive, or mails are not delivered"
        fix = "look at the findings of trail, arriving, recipients and topics; they say what mends it"
        yield Finding(CHECK, one.name, "FAIL", state(account, found), why, fix)
    elif now == "ALARM" and long:
        why = "an alarm mails when it changes; while it stays in ALARM nobody hears of what happens next"
        fix = "end what rings it, exclude what is meant to happen, or raise the rule's threshold"
        yield Finding(CHECK, one.name, "WARN", state(account, found), why, fix)
    elif now == "INSUFFICIENT_DATA" and long:
        why = "it is not evaluated: no data"
        yield Finding(CHECK, one.name, "WARN", state(account, found), why, "look at the finding of its filter")


def state(account: Account, found: Mapping[str, Any]) -> str:
    """The state and since when."""
    since = found.get("StateTransitionedTimestamp") or found.get("StateUpdatedTimestamp")
    return f"{found['StateValue']} since {ago(account, since)}" if since else str(found["StateValue"])
