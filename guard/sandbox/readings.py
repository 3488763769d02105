"""What the metrics hold, for those who ask: GetMetricData."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from guard.sandbox.intercept import Call, Refused
from guard.sandbox.metrics import key
from guard.sandbox.world import MINUTE, World, moment


def get_metric_data(world: World, call: Call) -> Mapping[str, Any]:
    """The sums of metrics by period, the latest first unless asked otherwise. Whoever asks lives by the
    machine's clock, so the time asked for is as far ahead as the sandbox's clock.
    """
    start, end = (_seconds(call.params[name]) + world.clock.ahead for name in ("StartTime", "EndTime"))
    if end <= start:
        raise Refused("ValidationError", "The parameter EndTime must be greater than StartTime.")
    found = []
    for query in call.params["MetricDataQueries"]:
        if not query.get("MetricStat") or query["MetricStat"]["Stat"] != "Sum":
            raise Refused("ValidationError", f"the sandbox reads sums of metrics, not {query}")
        sums = _sums(world, call.region, query["MetricStat"], start, end)
        times = sorted(sums, reverse=call.params.get("ScanBy") != "TimestampAscending")
        found.append(
            {
                "Id": query["Id"],
                "Label": query.get("Label") or query["MetricStat"]["Metric"]["MetricName"],
                "Timestamps": [moment(time) for time in times],
                "Values": [sums[time] for time in times],
                "StatusCode": "Complete",
            }
        )
    return {"MetricDataResults": found, "Messages": []}


def _seconds(value: Any) -> float:
    found = moment(value)
    assert found is not None  # noqa: S101 - the API requires both times
    return found.timestamp()


def _sums(world: World, region: str, asked: Mapping[str, Any], start: float, end: float) -> dict[int, float]:
    """Start of a period, in seconds -> its sum."""
    metric, period = asked["Metric"], int(asked["Period"])
    dimensions = {one["Name"]: one["Value"] for one in metric.get("Dimensions") or ()}
    minutes = world.regions[region].metrics.sums.get(key(metric["Namespace"], metric["MetricName"], dimensions), {})
    found: dict[int, float] = defaultdict(float)
    for minute, total in minutes.items():
        if start <= minute * MINUTE < end:
            found[minute * MINUTE // period * period] += total
    return found
