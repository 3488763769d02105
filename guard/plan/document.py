"""A plan as a JSON document, and back; `format` counts up when a reader would have to change."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from guard.errors import ConfigError, Fault
from guard.plan.model import Cost, CostLine, Plan, PlannedAlarm, Quota

FORMAT = 1
SHAPES = {
    "alarms": list,
    "topics": dict,
    "resources": dict,
    "quotas": list,
    "cost": dict,
    "settings": dict,
    "warnings": list,
}


def write(plan: Plan, *, masked: bool) -> dict[str, Any]:
    """The document; `masked` says whether the plan's addresses are."""
    return {
        "format": FORMAT,
        "addresses": "masked" if masked else "shown",
        "stack": plan.stack,
        "region": plan.region,
        "alarms": [asdict(alarm) for alarm in sorted(plan.alarms, key=lambda alarm: alarm.name)],
        "topics": {name: list(found) for name, found in plan.topics.items()},
        "resources": dict(plan.resources),
        "quotas": [asdict(quota) for quota in plan.quotas],
        "cost": {
            **asdict(plan.cost),
            "total": plan.cost.total,
            "total_without_free_tier": plan.cost.without_free_tier,
        },
        "settings": dict(plan.settings),
        "warnings": list(plan.warnings),
    }


def read(document: Any, place: str) -> tuple[Plan, bool]:
    """The plan in a document, and whether its addresses are masked. Raises ConfigError."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        what = f"no plan of format {FORMAT}"
        raise ConfigError([Fault(place, what, "write it with: guard plan --format json")])
    fix = "write it anew with: guard plan --format json"
    broken = [Fault(place, f"the plan is broken at '{key}'", fix) for key in SHAPES if not _has(document, key)]
    if broken:
        raise ConfigError(broken)
    try:
        return _plan(document), document["addresses"] == "masked"
    except (KeyError, TypeError) as error:
        raise ConfigError([Fault(place, f"the plan is broken at {error}", fix)]) from None


def _has(document: Mapping[str, Any], key: str) -> bool:
    return isinstance(document.get(key), SHAPES[key])


def _plan(document: Mapping[str, Any]) -> Plan:
    cost = document["cost"]
    return Plan(
        stack=document["stack"],
        region=document["region"],
        alarms=tuple(PlannedAlarm(**{**one, **_tuples(one)}) for one in document["alarms"]),
        topics={name: tuple(found) for name, found in document["topics"].items()},
        resources=document["resources"],
        quotas=tuple(Quota(**one) for one in document["quotas"]),
        cost=Cost(cost["events_per_month"], tuple(CostLine(**one) for one in cost["lines"]), cost["prices_of"]),
        settings=document["settings"],
        warnings=tuple(document["warnings"]),
    )


def _tuples(alarm: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(alarm[name]) for name in ("filters", "topics", "actions")}
