"""The CloudWatch alarm as a pure state machine: what a metric's minutes make of its state.

Standard alarms are evaluated each minute over periods that end at that minute. CloudWatch looks at more
periods than `evaluation_periods` where data is missing: the evaluation range. AWS shows it as two more
(3 periods: 5 data points) and publishes no other figure; this machine takes two more for every alarm.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import operator
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, compress, pairwise, repeat
from typing import Literal

from guard.rules.model import Alarm

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
Point = float | None
EXTRA_PERIODS = 2
DENSE = 8  # minutes to look at for each that has data: looking at all is quicker than at some
MINUTE = 60

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True, slots=True)
class Metric:
    """The sum of a metric for each minute that has data."""

    minutes: tuple[int, ...]
    totals: tuple[float, ...]

    @classmethod
    def of(cls, sums: Mapping[int, float]) -> "Metric":
        """From minute (since the epoch) -> sum."""
        minutes = tuple(sorted(sums))
        return cls(minutes, (0, *accumulate(sums[minute] for minute in minutes)))

    def running(self, start: int, end: int) -> list[float]:
        """The sum before each minute from `start` up to, not including, `end`; that of the first is zero."""
        sums = dict(zip(self.minutes, map(operator.sub, self.totals[1:], self.totals), strict=True))
        return [0, *accumulate(map(sums.get, range(start, end - 1), repeat(0)))]

    def points(self, minute: int, period: int, count: int) -> list[Point]:
        """The sums of the last `count` periods (in seconds) that end where `minute` starts, oldest first;
        None where a period has no data.
        """
        step = max(period // MINUTE, 1)
        edges = [bisect_left(self.minutes, minute - step * back) for back in range(count, -1, -1)]
        return [self.totals[end] - self.totals[start] if end > start else None for start, end in pairwise(edges)]


def evaluate(points: Sequence[Point], alarm: Alarm, state: State) -> State:
    """The state after one evaluation of the points of the evaluation range, oldest first.

    Real points decide where there are as many as `evaluation_periods`; otherwise the missing ones count as
    `treat_missing_data` says.
    """
    breaches = COMPARISONS[alarm.comparison]
    real = [breaches(point, alarm.threshold) for point in points if point is not None]
    if not real:
        return _all_missing(alarm, state)
    lacking = max(alarm.evaluation_periods - len(real), 0)
    breaching = sum(real[-alarm.evaluation_periods :])
    if alarm.treat_missing_data == "breaching":
        breaching += lacking
    if breaching >= alarm.datapoints_to_alarm:
        return "ALARM"
    if lacking and all(real) and alarm.treat_missing_data in ("missing", "ignore"):
        return _only_breaching(points, alarm, state)
    return "OK"


def _all_missing(alarm: Alarm, state: State) -> State:
    states: dict[str, State] = {
        "notBreaching": "OK",
        "breaching": "ALARM",
        "missing": "INSUFFICIENT_DATA",
        "ignore": state,
    }
    return states[alarm.treat_missing_data]


def _only_breaching(points: Sequence[Point], alarm: Alarm, state: State) -> State:
    """Too few points, all breaching: AWS's rule on premature transitions looks at the oldest's age."""
    if alarm.treat_missing_data == "ignore":
        return state
    age = len(points) - next(n for n, point in enumerate(points) if point is not None)
    return "ALARM" if age >= alarm.datapoints_to_alarm else "OK"


@dataclass(frozen=True, slots=True)
class Windows:
    """Of a metric whose data is never missing, as with a filter's default value in a log that never pauses: the
    minutes at which an alarm's state can change, and the sums of the periods that it looks at there, the latest
    first. They are the same for each threshold.
    """

    minutes: Sequence[int]
    sums: Sequence[Sequence[float]]

    @classmethod
    def of(cls, alarm: Alarm, metric: Metric, start: int, end: int) -> "Windows":
        """Of the minutes from `start` up to, not including, `end`; of all of them where most have data."""
        step, periods = max(alarm.period // MINUTE, 1), alarm.evaluation_periods
        if end - start <= DENSE * len(metric.minutes):
            minutes: Sequence[int] = range(start, end)
            running = metric.running(start - step * periods, end)
            until = [running[step * (periods - back) :][: len(minutes)] for back in range(periods + 1)]
        else:
            minutes = _turning_points(alarm, metric, start, end)
            until = [
                [metric.totals[bisect_left(metric.minutes, minute - step * back)] for minute in minutes]
                for back in range(periods + 1)
            ]
        return cls(minutes, [[*map(operator.sub, ends, starts)] for ends, starts in pairwise(until)])

    def breaching(self, alarm: Alarm) -> list[bool]:
        """Whether it is in ALARM; that is the periods' alone, whatever was before."""
        breaches, threshold = COMPARISONS[alarm.comparison], repeat(alarm.threshold)
        first, *more = (map(breaches, sums, threshold) for sums in self.sums)
        return (
            [sum(several) >= alarm.datapoints_to_alarm for several in zip(first, *more, strict=True)]
            if more
            else [*first]
        )

    def rings(self, alarm: Alarm) -> tuple[int, ...]:
        """The minutes of its changes to ALARM, where it is OK at first."""
        breaching = self.breaching(alarm)
        return tuple(compress(self.minutes, map(operator.gt, breaching, chain((False,), breaching))))


def _turning_points(alarm: Alarm, metric: Metric, start: int, end: int) -> list[int]:
    """The minutes at which data enters or leaves a period, and the first: between them nothing changes."""
    step = max(alarm.period // MINUTE, 1)
    reach = range(alarm.evaluation_periods + 1)
    found = {minute + 1 + step * periods for minute in metric.minutes for periods in reach}
    return sorted({start, *(minute for minute in found if start <= minute < end)})
