"""Alarms that ring: states from metrics, actions on a change, history, and mute rules."""

from collections.abc import Mapping
from typing import Any, cast

from guard.rules.alarm import EXTRA_PERIODS, Point, State, evaluate
from guard.rules.model import Alarm, MissingData
from guard.sandbox import mutes, topics
from guard.sandbox.intercept import Call, Refused
from guard.sandbox.metrics import expression, key
from guard.sandbox.world import Happening, World, moment

STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")
ROUNDS = 5  # an alarm's mail moves SNS's metrics, which other alarms watch
ACTIONS = {"ALARM": "alarm_actions", "OK": "ok_actions", "INSUFFICIENT_DATA": "insufficient_data_actions"}


def settle(world: World, region: str, backend: Any) -> None:
    """Evaluate every alarm of a region at the end of the minute that runs."""
    for _ in range(ROUNDS):
        moved = [_evaluated(world, region, alarm) for alarm in list(backend.alarms.values())]
        if not any(moved):
            return


def _evaluated(world: World, region: str, alarm: Any) -> bool:
    settings = Alarm(
        period=int(alarm.period or 60),
        threshold=alarm.threshold,
        evaluation_periods=int(alarm.evaluation_periods),
        datapoints_to_alarm=int(alarm.datapoints_to_alarm or alarm.evaluation_periods),
        treat_missing_data=cast("MissingData", alarm.treat_missing_data or "missing"),
        comparison=alarm.comparison_operator,
    )
    points = _points(world, region, alarm, settings)
    state = evaluate(points, settings, cast("State", alarm.state_value))
    if state == alarm.state_value:
        return False
    known = [point for point in points if point is not None]
    seen = f"datapoints {known[-settings.evaluation_periods :]}" if known else "no datapoints"
    change(world, region, alarm, state, f"{seen} against the threshold {alarm.threshold} ({settings.comparison})")
    return True


def _points(world: World, region: str, alarm: Any, settings: Alarm) -> list[Point]:
    metrics, minute = world.regions[region].metrics, world.clock.minute() + 1
    count = settings.evaluation_periods + EXTRA_PERIODS
    if not alarm.metric_data_queries:
        dimensions = {one.name: one.value for one in alarm.dimensions}
        found = metrics.of(key(alarm.namespace, alarm.metric_name, dimensions))
        return found.points(minute, settings.period, count)
    series, text = {}, ""
    for query in alarm.metric_data_queries:
        if query.expression:
            text = query.expression
            continue
        stat = query.metric_stat
        dimensions = {one.name: one.value for one in stat.metric.dimensions}
        found = metrics.of(key(stat.metric.namespace, stat.metric.metric_name, dimensions))
        series[query.id] = found.points(minute, int(stat.period), count)
    return expression(text, series, count) if text else next(iter(series.values()))


def change(world: World, region: str, alarm: Any, state: str, reason: str, data: str = "{}") -> None:
    """Set an alarm's state, and run the actions of the new one where it is new."""
    old = alarm.state_value
    alarm.update_state(reason, data, state)
    alarm.state_updated_timestamp = world.clock.at()
    if state == old:
        return
    _note(world, region, alarm.name, "StateUpdate", f"Alarm updated from {old} to {state}", data)
    if not alarm.actions_enabled or mutes.muted(world, region, alarm.name):
        return
    for action in getattr(alarm, ACTIONS[state]):
        wrong = _run(world, region, alarm, action, old)
        verdict = f"Failed to execute action {action}: {wrong}" if wrong else f"Successfully executed action {action}"
        _note(world, region, alarm.name, "Action", verdict)


def _run(world: World, region: str, alarm: Any, action: str, old: str) -> str:
    """Run one action; why it failed, "" where it did not."""
    if action.split(":")[2] != "sns":
        world.actions.append((alarm.name, action))
        return ""
    subject = f'{alarm.state_value}: "{alarm.name}" in {region}'
    text = (
        f"Alarm: {alarm.name}\nState: {old} -> {alarm.state_value} at {world.clock.at():%Y-%m-%d %H:%M:%S} UTC\n"
        f"Reason: {alarm.state_reason}\n\n{alarm.description or ''}"
    )
    note = topics.Note(action, subject, text, about=alarm.name)
    wrong = topics.refusal(world, region, action, alarm.alarm_arn)
    if wrong:
        topics.lose(world, note, wrong)
        return wrong
    topics.send(world, region, note)
    return ""


def _note(world: World, region: str, alarm: str, kind: str, summary: str, data: str = "{}") -> None:
    world.regions[region].history.append(Happening(alarm, world.clock.at(), kind, summary, data))


# --- completions ---


def put_metric_alarm(world: World, call: Call) -> Mapping[str, Any]:
    """A new alarm knows nothing yet; a changed one keeps its state."""
    name = call.params["AlarmName"]
    before = call.backend.alarms.get(name)
    _raise_own(call)
    alarm = call.backend.alarms[name]
    if before is None:
        alarm.state_value = "INSUFFICIENT_DATA"
    else:
        alarm.state_value, alarm.state_reason = before.state_value, before.state_reason
        alarm.state_updated_timestamp = before.state_updated_timestamp
    done = "created" if before is None else "updated"
    _note(world, call.region, name, "ConfigurationUpdate", f'Alarm "{name}" {done}')
    return {}


def set_alarm_state(world: World, call: Call) -> Mapping[str, Any]:
    """The state is set and its actions run; the next evaluation sets it right again."""
    alarm = call.backend.alarms.get(call.params["AlarmName"])
    if alarm is None:
        raise Refused("ResourceNotFound", "no such alarm")
    state = call.params["StateValue"]
    if state not in STATES:
        raise Refused("ValidationError", f"a state is one of {', '.join(STATES)}, not {state}")
    change(world, call.region, alarm, state, call.params["StateReason"], call.params.get("StateReasonData") or "{}")
    return {}


def describe_alarm_history(world: World, call: Call) -> Mapping[str, Any]:
    """The history, newest first unless asked otherwise, in pages."""
    wanted = call.params
    start, end = moment(wanted.get("StartDate")), moment(wanted.get("EndDate"))
    found = [
        item
        for item in world.regions[call.region].history
        if wanted.get("AlarmName") in (None, item.alarm)
        and wanted.get("HistoryItemType") in (None, item.kind)
        and (start is None or item.at >= start)
        and (end is None or item.at <= end)
    ]
    if wanted.get("ScanBy") != "TimestampAscending":
        found.reverse()
    first, size = int(wanted.get("NextToken") or 0), int(wanted.get("MaxRecords") or 100)
    page = found[first : first + size]
    answer: dict[str, Any] = {
        "AlarmHistoryItems": [
            {
                "AlarmName": item.alarm,
                "AlarmType": "MetricAlarm",
                "Timestamp": item.at,
                "HistoryItemType": item.kind,
                "HistorySummary": item.summary,
                "HistoryData": item.data,
            }
            for item in page
        ]
    }
    return answer | ({"NextToken": str(first + size)} if len(found) > first + size else {})


def put_metric_data(world: World, call: Call) -> Mapping[str, Any]:
    """Values from outside count for alarms too."""
    _raise_own(call)
    for datum in call.params.get("MetricData") or ():
        dimensions = {one["Name"]: one["Value"] for one in datum.get("Dimensions") or ()}
        given = moment(datum.get("Timestamp"))
        at = given.timestamp() + world.clock.ahead if given else world.clock.now()
        stats = datum.get("StatisticValues")
        value = stats["Sum"] if stats else datum.get("Value", sum(datum.get("Values") or ()))
        name = key(call.params["Namespace"], datum["MetricName"], dimensions)
        world.regions[call.region].metrics.add(name, int(at) // 60, float(value))
    settle(world, call.region, call.backend)
    return {}


def _raise_own(call: Call) -> None:
    status, _, body = call.own()
    if status >= 400:
        raise Refused("ValidationError", str(body))
