"""A drill of a rule: what goes into the log, which alarm is to ring, who hears it, and what speaks against it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Any, TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

from guard.account import alarms, filters
from guard.account.account import Account
from guard.account.drill_record import record
from guard.account.findings import DEPLOY
from guard.account.mutes import muted
from guard.errors import Fault, FaultsError
from guard.pattern import Pattern, PatternError, parse
from guard.rules.model import Event, Rule

Metric: TypeAlias = tuple[str, str]
BATCH_BYTES = 1_048_576  # of one PutLogEvents call


class DrillError(FaultsError):
    """A drill that cannot be held."""


@dataclass(frozen=True, slots=True)
class Drill:
    """One rule's drill. `records`: JSON texts to put; none where the alarm's state is set by hand. `needed`: how
    much the metric is to count. `echoes`: other alarms of the stack that the records ring. `topics`: the ARNs of
    all that hear of it. `left_off`: marks and fields that the rule's pattern does not let a record have.
    """

    rule: str
    alarm: str
    actions: tuple[str, ...]
    topics: tuple[str, ...]
    metric: Metric = ("", "")
    records: tuple[str, ...] = ()
    needed: int = 0
    echoes: tuple[str, ...] = ()
    left_off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deployed:
    """What the account holds: alarms by name, the patterns that count into each metric, alarm -> mute rule."""

    alarms: Mapping[str, Mapping[str, Any]]
    patterns: Mapping[Metric, tuple[Pattern, ...]]
    muted: Mapping[str, str]

    def count(self, metric: Metric, event: Event) -> int:
        """How many filters count an event into a metric."""
        return sum(one.matches(event) for one in self.patterns.get(metric, ()))


def prepare(account: Account, ids: Sequence[str], *, fast: bool = False) -> tuple[list[Drill], list[Fault]]:
    """The drills of these rules, and what speaks against those that cannot be held. `fast`: the alarm's state is
    set, no record is put. Only reads. Raises DrillError where the account cannot be read.
    """
    try:
        found = Deployed(alarms.described(account), _patterns(account), muted(account.client("cloudwatch")))
        rules = {rule.id: rule for rule in filters.rules(account)}
    except (ClientError, BotoCoreError) as error:
        fix = f"look at credentials and rights (guard policy drill), or {DEPLOY}"
        raise DrillError([Fault(account.settings.component, str(error), fix)]) from None
    drills: list[Drill] = []
    faults: list[Fault] = []
    for rule in (rules[one] for one in ids):
        against = [*_against(account, rule, found, fast=fast)]
        faults += against
        if not against:
            drills.append(_by_hand(account, rule, found) if fast else _by_record(account, rule, found))
    return drills, faults


def silent(account: Account) -> bool:
    """Whether the heartbeat rings: a record quiets it, though no event arrives. Raises ClientError."""
    alarm = alarms.described(account).get(account.settings.names.alarm("watchdog-silent"))
    return alarm is not None and alarm.get("StateValue") == "ALARM"


def _patterns(account: Account) -> dict[Metric, tuple[Pattern, ...]]:
    """The deployed patterns, as they are read back; a text that is none counts nothing that a record could be."""
    found: dict[Metric, tuple[Pattern, ...]] = {}
    for one in filters.described(account).values():
        try:
            pattern = parse(one.get("filterPattern", ""))
        except PatternError:
            continue
        for to in one["metricTransformations"]:
            metric = (to["metricNamespace"], to["metricName"])
            found[metric] = (*found.get(metric, ()), pattern)
    return found


def _metric(alarm: Mapping[str, Any]) -> Metric:
    return alarm.get("Namespace", ""), alarm.get("MetricName", "")


def _against(account: Account, rule: Rule, found: Deployed, *, fast: bool) -> Iterator[Fault]:
    """Why a drill of the rule would prove nothing."""
    name = account.settings.names.alarm(rule.id)
    alarm = found.alarms.get(name)
    if alarm is None:
        yield Fault(name, "the alarm is not there", DEPLOY)
        return
    if alarm.get("StateValue") == "ALARM":
        yield Fault(name, "is in ALARM: it would not mail again", "see what rang it, and drill when it is OK again")
    if not alarm.get("ActionsEnabled"):
        yield Fault(
            name,
            "its actions are disabled: nobody would hear it",
            f"aws cloudwatch enable-alarm-actions --alarm-names {name}, then find out who disabled them",
        )
    if not alarm.get("AlarmActions"):
        yield Fault(name, "it has no actions: nobody would hear it", DEPLOY)
    if name in found.muted:
        fix = f"aws cloudwatch delete-alarm-mute-rule --alarm-mute-rule-name {found.muted[name]}, or wait for its end"
        yield Fault(name, f"is muted by the rule {found.muted[name]}", fix)
    if not fast:
        yield from _against_records(name, rule, _metric(alarm), found)


def _against_records(name: str, rule: Rule, metric: Metric, found: Deployed) -> Iterator[Fault]:
    hand = "drill the alarm and its actions alone: --fast"
    if rule.alarm.datapoints_to_alarm > 1:
        minutes = rule.alarm.datapoints_to_alarm * rule.alarm.period // 60
        yield Fault(name, f"rings only after {minutes} minutes of records", hand)
    elif metric not in found.patterns:
        yield Fault(name, "no metric filter counts into its metric", f"look at guard verify, or {DEPLOY}")
    elif not _example(rule, metric, found):
        what = "the deployed pattern matches none of the rule's examples"
        yield Fault(name, what, f"guard verify shows what was changed; {DEPLOY}")
    elif rule.alarm.threshold * (len(json.dumps(_example(rule, metric, found))) + 2000) > BATCH_BYTES:
        yield Fault(name, f"needs {rule.alarm.threshold} records, more than one call takes", hand)


def _example(rule: Rule, metric: Metric, found: Deployed) -> Event | None:
    """The first example that the deployed filters count."""
    return next((one for one in rule.examples.match if found.count(metric, one)), None)


def _by_hand(account: Account, rule: Rule, found: Deployed) -> Drill:
    name = account.settings.names.alarm(rule.id)
    actions = tuple(found.alarms[name]["AlarmActions"])
    return Drill(rule.id, name, actions, _topics(actions))


def _by_record(account: Account, rule: Rule, found: Deployed) -> Drill:
    hand, metric = _by_hand(account, rule, found), _metric(found.alarms[account.settings.names.alarm(rule.id)])
    example = _example(rule, metric, found)
    assert example is not None  # noqa: S101 - _against has looked
    counts = partial(found.count, metric)
    number = ceil(rule.alarm.threshold / counts(example))
    made = [record(example, account.where, account.now, counts) for _ in range(number)]
    echoes = [*_echoes(hand.alarm, made[0].event, number, found)]
    heard = [action for name in echoes for action in found.alarms[name].get("AlarmActions", ())]
    return Drill(
        rule.id,
        hand.alarm,
        hand.actions,
        _topics([*hand.actions, *heard]),
        metric,
        tuple(json.dumps(one.event) for one in made),
        rule.alarm.threshold,
        tuple(echoes),
        made[0].left_off,
    )


def _echoes(own: str, event: Event, number: int, found: Deployed) -> Iterator[str]:
    """Other alarms that this event, so many times, would ring."""
    for name, alarm in found.alarms.items():
        counted = found.count(_metric(alarm), event) * number
        at_once = (alarm.get("DatapointsToAlarm") or alarm.get("EvaluationPeriods", 1)) == 1
        if name != own and at_once and counted and counted >= alarm.get("Threshold", 0):
            yield name


def _topics(actions: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({one for one in actions if one.split(":")[2] == "sns"}))
