"""CloudTrail's delivery: an event counts when it arrives, minutes after it happened.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html promises an average of
five minutes; a real tree shows a median of 191 s, and 95 % within 455 s.
"""

from collections.abc import Callable
from functools import partial
from math import exp, log
from statistics import NormalDist
from typing import TypeAlias

Delay: TypeAlias = Callable[[bytes], float]
MEDIAN, MOST = 191.0, 455.0
_LOGS = NormalDist(log(MEDIAN), log(MOST / MEDIAN) / NormalDist().inv_cdf(0.95))


def fixed(seconds: float) -> Delay:
    """The same for all."""
    return partial(_same, seconds)


def _same(seconds: float, _: bytes) -> float:
    return seconds


def typical(key: bytes) -> float:
    """Seconds from a log-normal distribution with the median and the 95th percentile of a real tree; drawn by
    the event's key, so that every run draws the same.
    """
    return exp(_LOGS.inv_cdf((int.from_bytes(key[-4:], "big") + 0.5) / 2**32))
