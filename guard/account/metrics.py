"""Metrics that AWS keeps by itself, read back as sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from guard.account.account import Account, utc

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """A metric with its one dimension, or without any."""

    namespace: str
    name: str
    dimension: str = ""
    value: str = ""

    def query(self, number: int, period: int) -> dict[str, Any]:
        """As GetMetricData takes it."""
        dimensions = [{"Name": self.dimension, "Value": self.value}] if self.dimension else []
        metric = {"Namespace": self.namespace, "MetricName": self.name, "Dimensions": dimensions}
        return {"Id": f"m{number}", "MetricStat": {"Metric": metric, "Period": period, "Stat": "Sum"}}


def sums(
    account: Account, wanted: Sequence[Wanted], since: datetime, period: int, until: datetime | None = None
) -> dict[Wanted, dict[datetime, float]]:
    """Of each metric, from a time to another (or to now): start of a period (of so many seconds) -> its sum. Raises
    ClientError.
    """
    found: dict[Wanted, dict[datetime, float]] = {one: {} for one in wanted}
    if not wanted:
        return found
    pages = (
        account.client("cloudwatch")
        .get_paginator("get_metric_data")
        .paginate(
            MetricDataQueries=[one.query(number, period) for number, one in enumerate(wanted)],
            StartTime=since,
            EndTime=until or account.now + timedelta(seconds=MINUTE),
        )
    )
    for result in (one for page in pages for one in page["MetricDataResults"]):
        of = wanted[int(result["Id"][1:])]
        found[of] |= {utc(at): value for at, value in zip(result["Timestamps"], result["Values"], strict=True)}
    return found
