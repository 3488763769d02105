"""Keeps calls within the rates that AWS's APIs take, so that checks side by side are not throttled."""

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

# Calls a second of an account in a region. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
RATES: Mapping[str, float] = {
    "DescribeAlarms": 9,
    "DescribeMetricFilters": 5,
    "FilterLogEvents": 5,
    "DescribeLogStreams": 25,
}
OTHERS = 10.0


class Pace:
    """Called before each call of botocore's, in whichever thread: waits for the operation's turn."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.clock, self.sleep = clock, sleep
        self.lock = Lock()
        self.turns: dict[str, float] = {}

    def __call__(self, **told: Any) -> None:
        """Wait; `model` is botocore's of the operation."""
        name = told["model"].name
        with self.lock:
            turn = max(self.clock(), self.turns.get(name, 0.0))
            self.turns[name] = turn + 1 / RATES.get(name, OTHERS)
        if turn > self.clock():
            self.sleep(turn - self.clock())
