"""Which events a trail records: its event selectors, basic and advanced."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

DEFAULT = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}


def records(trail: Any, text: str) -> bool:
    """Whether a trail of moto's records an event, given as JSON text."""
    try:
        event = json.loads(text)
    except ValueError:
        return False
    if not isinstance(event, dict):
        return False
    if trail.advanced_event_selectors:
        return any(_advanced(selector, event) for selector in trail.advanced_event_selectors)
    return any(_basic(selector, event) for selector in trail.event_selectors or [DEFAULT])


def _basic(selector: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    if _category(event) != "Management":
        return _category(event) == "Data" and bool(selector.get("DataResources"))
    wanted = {"All": (True, False), "ReadOnly": (True,), "WriteOnly": (False,)}[selector.get("ReadWriteType", "All")]
    return (
        bool(selector.get("IncludeManagementEvents", True))
        and bool(event.get("readOnly")) in wanted
        and event.get("eventSource") not in selector.get("ExcludeManagementEventSources", ())
    )


def _category(event: Mapping[str, Any]) -> str:
    kind = event.get("eventCategory")
    return str(kind) if kind else "Data" if event.get("managementEvent") is False else "Management"


TESTS: Mapping[str, Callable[[str, Sequence[str]], bool]] = {
    "Equals": lambda value, wanted: value in wanted,
    "NotEquals": lambda value, wanted: value not in wanted,
    "StartsWith": lambda value, wanted: value.startswith(tuple(wanted)),
    "NotStartsWith": lambda value, wanted: not value.startswith(tuple(wanted)),
    "EndsWith": lambda value, wanted: value.endswith(tuple(wanted)),
    "NotEndsWith": lambda value, wanted: not value.endswith(tuple(wanted)),
}


def _advanced(selector: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    known = {**event, "eventCategory": _category(event), "readOnly": str(bool(event.get("readOnly"))).lower()}
    return all(
        TESTS[test](str(known.get(one["Field"], "")), wanted)
        for one in selector["FieldSelectors"]
        for test, wanted in one.items()
        if test in TESTS
    )
