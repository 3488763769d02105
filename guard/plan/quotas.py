"""How much of AWS's limits a deployment uses; the limits are CloudWatch's, Logs' and SNS' own (botocore)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from guard.pattern.count import regexes
from guard.plan.model import Quota
from guard.rules.describe import MAX_DESCRIPTION, size
from guard.rules.limits import FILTERS, MAX_LENGTH, MAX_REGEXES, REGEX_FILTERS

Inputs = Mapping[str, Any]


def count(by_type: Mapping[str, Sequence[Inputs]]) -> tuple[Quota, ...]:
    """The quotas; a limit of each log group or each pattern shows the fullest one."""
    filters = by_type.get("LogMetricFilter", [])
    alarms = by_type.get("MetricAlarm", [])
    groups = Counter(str(one["logGroupName"]) for one in filters)
    expressions: Counter[str] = Counter()
    for one in filters:
        expressions[str(one["logGroupName"])] += bool(regexes(one["pattern"]))
    return (
        _fullest("Metric filters of a log group", groups.items(), FILTERS),
        _fullest("Characters of a pattern", ((one["name"], len(one["pattern"])) for one in filters), MAX_LENGTH),
        _fullest("Filters with a regular expression, of a log group", expressions.items(), REGEX_FILTERS),
        _fullest(
            "Regular expressions of a pattern",
            ((one["name"], regexes(one["pattern"])) for one in filters),
            MAX_REGEXES,
        ),
        _fullest(
            "Bytes of an alarm's description",
            ((one["name"], size(one.get("alarmDescription") or "")) for one in alarms),
            MAX_DESCRIPTION,
        ),
        _fullest("Actions of an alarm", ((one["name"], len(one.get("alarmActions") or ())) for one in alarms), 5),
        Quota("Alarms", len(alarms), None),
        Quota("Topics", len(by_type.get("Topic", [])), 100_000),
        Quota("Trails of the region", len(by_type.get("Trail", [])), 5),
    )


def _fullest(name: str, counts: Iterable[tuple[str, int]], limit: int) -> Quota:
    what, used = min(counts, key=lambda pair: (-pair[1], str(pair[0])), default=("", 0))
    return Quota(name, used, limit, what if used else "")
