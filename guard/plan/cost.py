"""What a deployment costs a month, counted from its resources."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from guard.plan.model import Cost, CostLine
from guard.prices import COMPRESSED, DATE, EVENT_BYTES, GB, LOG_OVERHEAD_BYTES, PRICES

ByType: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]
YEAR = 12  # months
HOURS = 730  # of a month: metrics are billed by the hour
FREE_METRICS = 50  # of a dashboard that is free
LARGE = f"one of more than {FREE_METRICS} metrics is never free"
ROTATED = "each $1 more after a rotation, twice"


def estimate(by_type: ByType, events: int) -> Cost:
    """The month's bill at `events` management events, storage as it stands after a year; `by_type` maps a
    short type, such as `MetricAlarm`, to the inputs of each resource of it.
    """
    lines = [*_fixed(by_type), *_delivery(by_type, events)]
    return Cost(events, tuple(line for line in lines if line.quantity), DATE)


def _line(price: str, item: str, quantity: float, note: str = "", *, paid: float = 0) -> CostLine:
    """A line of the bill; `paid`: how much of the quantity no free tier takes."""
    one = PRICES[price]
    amount = one.cost(quantity - paid) + one.cost(paid, free=False)
    return CostLine(item, round(quantity, 2), one.unit, amount, one.cost(quantity, free=False), note)


def _fixed(by_type: ByType) -> list[CostLine]:
    """What costs the same however much happens."""
    metrics = _metrics(by_type)
    sparse = sum(metric.get("defaultValue") is None for metric in metrics)
    note = f"{sparse} of them cost only in the hours with a hit; one hour each taken" if sparse else ""
    alarms, keys, boards = (by_type.get(kind, ()) for kind in ("MetricAlarm", "Key", "Dashboard"))
    large = sum(_drawn(one) > FREE_METRICS for one in boards)
    mails = len(alarms) * len(by_type.get("TopicSubscription", ()))
    return [
        _line("key", "Customer-managed keys", len(keys), ROTATED if _rotate(keys) else ""),
        _line("alarm", "Alarms", sum(map(_watched, alarms)), "of metric math each metric counts"),
        _line("metric", "Metrics", len(metrics) - sparse + sparse / HOURS, note),
        _line("dashboard", "Dashboards", len(boards), LARGE if large else "", paid=large),
        _line("mail", "Mails", mails, "each alarm once, to every address"),
    ]


def _rotate(keys: Iterable[Mapping[str, Any]]) -> bool:
    return any(one.get("enableKeyRotation") for one in keys)


def _drawn(board: Mapping[str, Any]) -> int:
    """How many metrics a dashboard draws; 0 where a program's own cannot be read before it is deployed."""
    try:
        widgets = json.loads(board.get("dashboardBody") or "{}").get("widgets", ())
    except ValueError:
        return 0
    return sum(len(one.get("properties", {}).get("metrics", ())) for one in widgets)


def _watched(alarm: Mapping[str, Any]) -> int:
    """How many metrics an alarm looks at: AWS bills each."""
    return sum("metric" in one for one in alarm.get("metricQueries") or ()) or 1


def _metrics(by_type: ByType) -> list[Mapping[str, Any]]:
    """The transformation of each metric: filters that write the same one count once."""
    found: dict[tuple[Any, Any], Mapping[str, Any]] = {}
    for inputs in by_type.get("LogMetricFilter", ()):
        transformation = inputs["metricTransformation"]
        found[transformation["namespace"], transformation["name"]] = transformation
    return list(found.values())


def _delivery(by_type: ByType, events: int) -> list[CostLine]:
    """What grows with the events that a trail of the stack's own delivers."""
    trails = by_type.get("Trail", ())
    if not trails:
        return []
    data = events if any(map(_logs_data, trails)) else 0
    kinds = sum(len(trail.get("insightSelectors") or ()) for trail in trails)
    total = (events + data) / GB
    months = _months([group.get("retentionInDays") for group in by_type.get("LogGroup", ())])
    archived = _months(_archived(by_type, {trail.get("s3BucketName") for trail in trails}))
    return [
        _line("ingestion", "Log ingestion", total * (EVENT_BYTES + LOG_OVERHEAD_BYTES)),
        _line(
            "log storage",
            "Log storage",
            total * EVENT_BYTES * COMPRESSED * months,
            f"months kept: {months:g}",
        ),
        _line(
            "archive",
            "Archive in S3",
            total * EVENT_BYTES * COMPRESSED * archived,
            f"months kept: {archived:g}",
        ),
        _line("data events", "Data events", data / 1e5, "as many data events as management events taken"),
        _line("insights", "Insights", events * kinds / 1e5, f"every event analysed for {kinds} kinds"),
    ]


def _logs_data(trail: Mapping[str, Any]) -> bool:
    """Whether a trail records data events, by either kind of selector."""
    classic = any(one.get("dataResources") for one in trail.get("eventSelectors") or ())
    advanced = any(
        field.get("field") == "eventCategory" and "Data" in (field.get("equals") or ())
        for one in trail.get("advancedEventSelectors") or ()
        for field in one.get("fieldSelectors") or ()
    )
    return classic or advanced


def _archived(by_type: ByType, buckets: Collection[Any]) -> list[int]:
    """Days for which files stay in buckets out of which they go: until they expire, then as old versions, and at
    least as long as they are locked.
    """
    gone = [
        rule["expiration"]["days"] + _old(rule)
        for one in _in(buckets, by_type, "BucketLifecycleConfiguration")
        for rule in one.get("rules") or ()
        if (rule.get("expiration") or {}).get("days")
    ]
    locks = (one.get("rule") or {} for one in _in(buckets, by_type, "BucketObjectLockConfiguration"))
    locked = [(lock.get("defaultRetention") or {}).get("days") for lock in locks]
    return [*gone, *filter(None, locked)] if gone else []


def _in(buckets: Collection[Any], by_type: ByType, kind: str) -> list[Mapping[str, Any]]:
    return [one for one in by_type.get(kind, ()) if one.get("bucket") in buckets]


def _old(rule: Mapping[str, Any]) -> int:
    return int((rule.get("noncurrentVersionExpiration") or {}).get("noncurrentDays") or 0)


def _months(days: Iterable[Any]) -> float:
    """How many months are kept after a year: no days, or 0, is for ever."""
    kept = [float(one) for one in days if one]
    return min(YEAR, round(max(kept) / 30.4, 1)) if kept else YEAR
