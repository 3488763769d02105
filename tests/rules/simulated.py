"""An alarm over a metric's minutes, as CloudWatch goes about it: every minute evaluated, one by one."""

from collections.abc import Mapping

from guard.rules.alarm import EXTRA_PERIODS, Metric, State, evaluate
from guard.rules.model import Alarm

Changes = list[tuple[int, State]]


def simulate(
    alarm: Alarm,
    sums: Mapping[int, float],
    start: int,
    end: int,
    state: State = "INSUFFICIENT_DATA",
    *,
    filled: bool = False,
) -> Changes:
    """Minute and new state of each change. `filled`: a minute without data is zero, as with a filter's default."""
    metric = Metric.of(sums)
    changes: Changes = []
    for minute in range(start, end):
        points = metric.points(minute, alarm.period, alarm.evaluation_periods + EXTRA_PERIODS)
        new = evaluate([point or 0.0 for point in points] if filled else points, alarm, state)
        if new != state:
            changes.append((minute, new))
            state = new
    return changes


def rings(changes: Changes) -> list[int]:
    """The minutes of the changes that mail: those into ALARM."""
    return [minute for minute, new in changes if new == "ALARM"]
