"""Is the wire whole? The live account against the stack's settings; reads, and never writes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from guard.account.confirm import status
from guard.account.findings import Finding, judged
from guard.names import Where
from guard.pattern import PatternError, parse
from guard.pattern.difference import compare
from guard.rules.model import Rule
from guard.rules.placeholders import fill
from guard.settings import Settings

RECENT = timedelta(hours=2)  # CloudTrail delivers within minutes; digests within the hour
DEPLOY = "deploy the stack again: pulumi up"


@dataclass(frozen=True, slots=True)
class Account:
    """What the checks look at: the stack's settings, the place, and clients by service."""

    settings: Settings
    where: Where
    client: Callable[[str], Any]


def verify(account: Account) -> list[Finding]:
    """Every finding of every check; a call that is denied is a finding of its check."""
    return [finding for check in CHECKS for finding in _guarded(check, account)]


def _guarded(check: Callable[[Account], Iterator[Finding]], account: Account) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(check(account))  # what came before a denied call is kept
    except (ClientError, BotoCoreError) as error:
        why = "what could not be read may be broken"
        fix = "look whether it is there, and whether these credentials may read it"
        found.append(Finding(check.__name__, "FAIL", str(error), why, fix))
    return found


def trail(account: Account) -> Iterator[Finding]:
    """It is there, records everything everywhere, logs now, and delivers."""
    name = account.settings.trail.existing or account.settings.names.trail
    if account.settings.trail.log_group:
        return
    client = account.client("cloudtrail")
    found = client.get_trail(Name=name)["Trail"]
    wanted = {
        "IsMultiRegionTrail": ("all regions", "calls in other regions would not be seen"),
        "LogFileValidationEnabled": ("validated files", "a changed log file would not be noticed"),
        "IncludeGlobalServiceEvents": ("global services", "calls of IAM and STS would not be seen"),
    }
    for key, (what, why) in wanted.items():
        yield judged(
            f"trail: {what}", fine=bool(found.get(key)), seen=f"{key} is {found.get(key)}", why=why, fix=DEPLOY
        )
    yield from _selectors(client.get_event_selectors(TrailName=name))
    yield from _delivery(client.get_trail_status(Name=name), name)


def _selectors(answer: Mapping[str, Any]) -> Iterator[Finding]:
    basic = answer.get("EventSelectors") or ()
    every = any(
        one.get("ReadWriteType") == "All"
        and one.get("IncludeManagementEvents")
        and not one.get("ExcludeManagementEventSources")
        for one in basic
    )
    fields = [one["FieldSelectors"] for one in answer.get("AdvancedEventSelectors") or ()]
    whole = [{"Field": "eventCategory", "Equals": ["Management"]}]
    yield judged(
        "trail: all management events",
        fine=every or whole in fields,
        seen=f"{len(basic)} basic and {len(fields)} advanced selectors",
        why="what the selectors leave out no rule can see",
        fix=DEPLOY,
    )


def _delivery(found: Mapping[str, Any], name: str) -> Iterator[Finding]:
    yield judged(
        "trail: logging",
        fine=bool(found.get("IsLogging")),
        seen=f"IsLogging is {found.get('IsLogging')}",
        why="nothing is recorded",
        fix=f"aws cloudtrail start-logging --name {name}, then find out who stopped it",
    )
    legs = {
        "S3": ("LatestDelivery", "the record has a gap", "look at the bucket's policy and the key"),
        "CloudWatch Logs": ("LatestCloudWatchLogsDelivery", "no alarm can ring", "look at the role and the log group"),
        "digests": ("LatestDigestDelivery", "files cannot be validated", "look at the bucket's policy and the key"),
    }
    for leg, (key, why, fix) in legs.items():
        wrong, at = found.get(f"{key}Error"), found.get(f"{key}Time")
        late = at is None or datetime.now(timezone.utc) - _utc(at) > RECENT
        seen = f"error: {wrong}" if wrong else f"last at {at}" if at else "none yet"
        else_: Any = "FAIL" if wrong else "WARN"
        yield judged(f"trail: delivery to {leg}", fine=not wrong and not late, seen=seen, why=why, fix=fix, else_=else_)


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=timezone.utc)


def filters(account: Account) -> Iterator[Finding]:
    """Each rule's filters are there with its pattern, as a tree; none of ours is left over."""
    names, group = account.settings.names, _group(account)
    pages = account.client("logs").get_paginator("describe_metric_filters").paginate(logGroupName=group)
    there = {one["filterName"]: one for page in pages for one in page["metricFilters"]}
    wanted: set[str] = set()
    for rule in _rules(account):
        for index, text in enumerate(rule.patterns):
            name = names.filter(rule.id, index)
            wanted.add(name)
            yield _filter(name, there.get(name), text, (names.namespace, rule.id))
    for name in sorted(one for one in there.keys() - wanted if one.startswith(names.alarm_prefix)):
        yield Finding(f"filter {name}", "WARN", "no rule has it", "it takes one of 100 places", DEPLOY)


def _filter(name: str, found: Mapping[str, Any] | None, text: str, metric: tuple[str, str]) -> Finding:
    why = "the rule's alarm counts something else, or nothing"
    if found is None:
        return Finding(f"filter {name}", "FAIL", "is not there", why, DEPLOY)
    to = found["metricTransformations"][0]
    if (to["metricNamespace"], to["metricName"]) != metric:
        return Finding(f"filter {name}", "FAIL", f"counts into {to['metricNamespace']} {to['metricName']}", why, DEPLOY)
    if not _same(found.get("filterPattern", ""), text):
        changed = "; ".join(compare(text, found.get("filterPattern", ""))) or "in another order"
        return Finding(f"filter {name}", "FAIL", f"its pattern was changed: {changed}", why, DEPLOY)
    return Finding(f"filter {name}", "PASS", "has the rule's pattern")


def _same(deployed: str, wanted: str) -> bool:
    try:
        return parse(deployed) == parse(wanted)
    except PatternError:
        return False


def _group(account: Account) -> str:
    """The log group that the rules read."""
    settings = account.settings
    if settings.trail.log_group:
        return settings.trail.log_group
    if settings.trail.existing:
        found = account.client("cloudtrail").get_trail(Name=settings.trail.existing)["Trail"]
        return str(found["CloudWatchLogsLogGroupArn"]).split(":")[6]
    return settings.names.log_group


def _rules(account: Account) -> list[Rule]:
    """The stack's rules, their placeholders filled with what the account has."""
    found: Mapping[str, Any] = {}
    if not account.settings.trail.log_group:
        name = account.settings.trail.existing or account.settings.names.trail
        found = account.client("cloudtrail").get_trail(Name=name)["Trail"]
    values = {
        "bucket": str(found.get("S3BucketName", "")),
        "role": str(found.get("CloudWatchLogsRoleArn", "")).rsplit("/", 1)[-1],
        "prefix": account.settings.component,
        "logGroup": _group(account),
    }
    return [fill(rule, values) for rule in account.settings.rules.rules]


def alarms(account: Account) -> Iterator[Finding]:
    """Each rule's alarm is there as the rule says, may act, and is not stuck."""
    names = account.settings.names
    pages = account.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=names.alarm_prefix)
    there = {one["AlarmName"]: one for page in pages for one in page["MetricAlarms"]}
    wanted = {names.alarm(rule.id): rule for rule in account.settings.rules.rules}
    for name, rule in wanted.items():
        yield from _alarm(name, there.get(name), rule, names.namespace)
    for name in sorted(there.keys() - wanted.keys()):
        if name.removeprefix(names.alarm_prefix).startswith("watchdog-"):
            yield _acts(name, there[name])
        else:
            yield Finding(f"alarm {name}", "WARN", "no rule has it", "it costs, and may mail", DEPLOY)


def _alarm(name: str, found: Mapping[str, Any] | None, rule: Rule, namespace: str) -> Iterator[Finding]:
    why = "the rule does not ring as it says"
    if found is None:
        yield Finding(f"alarm {name}", "FAIL", "is not there", why, DEPLOY)
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
    yield judged(
        f"alarm {name}", fine=not changed, seen="; ".join(changed) or "is as the rule says", why=why, fix=DEPLOY
    )
    yield _acts(name, found)


def _acts(name: str, found: Mapping[str, Any]) -> Finding:
    acts = bool(found.get("ActionsEnabled")) and bool(found.get("AlarmActions"))
    return judged(
        f"alarm {name}: actions",
        fine=acts,
        seen=f"enabled: {found.get('ActionsEnabled')}, {len(found.get('AlarmActions') or ())} of them",
        why="it rings and nobody hears it",
        fix="aws cloudwatch enable-alarm-actions, then find out who disabled them",
    )


def recipients(account: Account) -> Iterator[Finding]:
    """Everybody who is to be mailed has confirmed, signed."""
    settings = account.settings
    routes = {route: emails for route, emails in settings.recipients.items() if emails}
    routes["watchdog"] = settings.emails or next(iter(routes.values()), ())
    if not settings.topic:
        routes[""] = settings.emails
    topics = {
        account.where.arn("sns", settings.names.topic(route)): [str(one) for one in emails]
        for route, emails in routes.items()
    }
    advice = {
        "pending": ("FAIL", "nobody confirmed: this address gets no mail", "confirm from the mail, within 48 hours"),
        "gone": ("FAIL", "this address gets no mail", DEPLOY),
        "unsigned": (
            "WARN",
            "whoever has a mail's link can cancel it, scanners too",
            "subscribe again, then guard confirm",
        ),
    }
    for one in status(account.client("sns"), topics):
        what = f"mail to {one.address} ({one.topic.rsplit(':', 1)[-1]})"
        verdict, why, fix = advice.get(one.state, ("PASS", "", ""))
        yield Finding(what, verdict, one.state, why, fix)  # type: ignore[arg-type]


CHECKS: tuple[Callable[[Account], Iterator[Finding]], ...] = (trail, filters, alarms, recipients)
