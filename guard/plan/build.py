"""A plan from what the stack's program registered, and from what the rules say of themselves."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass, replace
from typing import Any

from guard.names import Names
from guard.plan.cost import estimate
from guard.plan.model import Plan, PlannedAlarm
from guard.plan.quotas import count
from guard.prices import PRICES
from guard.program import Resource
from guard.rules.model import Rule
from guard.settings import Settings

Inputs = Mapping[str, Any]
# Settings that the plan shows elsewhere, or that are no setting of a person's.
ELSEWHERE = {"component", "rules", "emails", "recipients", "warnings", "region", "tags"}
NAMESPACE = Names("").namespace
COMPUTED = "[computed]"  # what only AWS or another stack could tell
SEVERITY = re.compile(r"^Severity: (\w+)\.$", re.MULTILINE)
SIGNS = {
    "GreaterThanOrEqualToThreshold": ">=",
    "GreaterThanThreshold": ">",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "<=",
}


def build(resources: Iterable[Resource], settings: Settings, stack: str, events: int) -> Plan:
    """The plan of a stack at `events` management events a month."""
    made = [one for one in resources if one.type.startswith("aws:")]
    by_type: dict[str, list[Inputs]] = {}
    for one in made:
        by_type.setdefault(one.type.rsplit(":", 1)[-1], []).append(one.inputs)
    rules = {rule.id: rule for rule in settings.rules.rules}
    filters: dict[tuple[Any, Any], list[str]] = {}
    for found in sorted(by_type.get("LogMetricFilter", []), key=lambda inputs: str(inputs["name"])):
        metric = found["metricTransformation"]
        filters.setdefault((metric["namespace"], metric["name"]), []).append(found["pattern"])
    alarms = [_alarm(one, rules, filters) for one in by_type.get("MetricAlarm", [])]
    plan = Plan(
        stack=stack,
        region=settings.region,
        alarms=tuple(sorted(alarms, key=lambda alarm: alarm.order)),
        topics=_topics(by_type),
        resources=dict(sorted(Counter(one.type for one in made).items())),
        quotas=count(by_type),
        cost=estimate(by_type, events),
        settings=_settings(settings),
    )
    return _warned(plan, settings, second_trail=bool(by_type.get("Trail")))


def _alarm(inputs: Inputs, rules: Mapping[str, Rule], filters: Mapping[tuple[Any, Any], list[str]]) -> PlannedAlarm:
    rule = rules.get(str(inputs.get("metricName")))
    of_a_rule = str(inputs.get("namespace")).startswith(NAMESPACE)
    actions = [str(one or COMPUTED) for one in inputs.get("alarmActions") or ()]
    topics = [arn for arn in actions if _service(arn) == "sns" or arn == COMPUTED]
    threshold, periods = float(inputs["threshold"]), int(inputs["evaluationPeriods"])
    return PlannedAlarm(
        name=str(inputs["name"]),
        rule=str(inputs["metricName"]) if of_a_rule else "",
        title=rule.title if rule else _first_line(inputs),
        severity=rule.severity if rule else _severity(inputs) if of_a_rule else "",
        condition=_condition(inputs, threshold),
        threshold=threshold,
        period=_period(inputs),
        evaluation_periods=periods,
        datapoints_to_alarm=int(inputs.get("datapointsToAlarm") or periods),
        missing_data=str(inputs.get("treatMissingData") or "missing"),
        filters=tuple(filters.get((inputs.get("namespace"), inputs.get("metricName")), ())),
        topics=tuple(arn.rsplit(":", 1)[-1] for arn in topics),
        actions=tuple(arn for arn in actions if arn not in topics),
    )


def _condition(inputs: Inputs, threshold: float) -> str:
    """`>= 1 in 5 min`: when an alarm rings."""
    sign = SIGNS.get(str(inputs["comparisonOperator"]), str(inputs["comparisonOperator"]))
    period = _period(inputs)
    span = f"{period // 3600} h" if period and period % 3600 == 0 else f"{period / 60:g} min"
    periods = int(inputs["evaluationPeriods"])
    points = int(inputs.get("datapointsToAlarm") or periods)
    often = "" if periods == 1 else f", {points} of {periods} times"
    return f"{sign} {threshold:g} in {span}{often}"


def _period(inputs: Inputs) -> int:
    """In seconds; of metric math, that of its metrics."""
    queries = [one["metric"] for one in inputs.get("metricQueries") or () if "metric" in one]
    return int(inputs.get("period") or max((one["period"] for one in queries), default=0))


def _first_line(inputs: Inputs) -> str:
    """What a watchdog's alarm says happened, without the consequence after the colon."""
    return str(inputs.get("alarmDescription") or inputs["name"]).splitlines()[0].split(": ")[0]


def _severity(inputs: Inputs) -> str:
    """What a rule's alarm says of itself."""
    found = SEVERITY.search(str(inputs.get("alarmDescription")))
    return found[1] if found else ""


def _service(arn: str) -> str:
    return arn.split(":")[2] if arn.count(":") >= 5 else ""


def _topics(by_type: Mapping[str, Sequence[Inputs]]) -> dict[str, tuple[str, ...]]:
    """Each topic's name with the addresses that it mails, sorted."""
    found: dict[str, set[str]] = {str(one["name"]): set() for one in by_type.get("Topic", [])}
    for one in by_type.get("TopicSubscription", []):
        if one.get("protocol") in {"email", "email-json"}:
            found.setdefault(str(one["topic"]).rsplit(":", 1)[-1], set()).add(str(one.get("endpoint") or COMPUTED))
    return {name: tuple(sorted(found[name])) for name in sorted(found)}


def _settings(settings: Settings) -> dict[str, Any]:
    """The settings by their config key, packs among them."""
    plain = {one.name: getattr(settings, one.name) for one in fields(settings) if one.name not in ELSEWHERE}
    return {
        "packs": [pack.name for pack in settings.rules.packs],
        **{_camel(name): _plain(value) for name, value in plain.items()},
    }


def _plain(value: Any) -> Any:
    """As JSON has it; what a Pulumi program computes has no value yet."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else COMPUTED


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def _warned(plan: Plan, settings: Settings, *, second_trail: bool) -> Plan:
    """The plan with what its reader should know."""
    price = PRICES["management copy"].cost(plan.cost.events_per_month / 1e5)
    covered = [
        f"rule '{rule}' isn't deployed: '{other}' covers it, and nobody is mailed twice"
        for rule, other in sorted(settings.rules.covered.items())
    ]
    silent = [
        f"alarm '{alarm.name}' mails nobody: its topics have no address"
        for alarm in plan.alarms
        if not plan.mailed(alarm) and not alarm.actions
    ]
    whose = "the organization's accounts" if settings.organization else "the account"
    trail = (
        f"if another trail of {whose} already records management events, this one is a paid copy: "
        f"about ${price:,.2f} a month more"
    )
    warnings = (*covered, *silent, *([trail] if second_trail else ()))
    return replace(plan, warnings=warnings)
