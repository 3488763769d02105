"""What a trail records: whether its event selectors leave management events out.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
"""

from collections.abc import Mapping
from typing import Any

from guard.account.findings import Finding, judged

BOTH = {"read", "write"}
BASIC = {"All": BOTH, "ReadOnly": {"read"}, "WriteOnly": {"write"}}


def whole(answer: Mapping[str, Any]) -> Finding:
    """All management events, read and write, with nothing left out."""
    basic, advanced = answer.get("EventSelectors") or (), answer.get("AdvancedEventSelectors") or ()
    covered = [covers(one) for one in basic] + [covers_advanced(one["FieldSelectors"]) for one in advanced]
    missing = BOTH - set[str]().union(*covered)
    said = "; ".join([*map(describe, basic), *map(describe_advanced, advanced)]) or "no selectors"
    return judged(
        "trail",
        "all management events",
        fine=not missing,
        seen="read and write, nothing left out" if not missing else f"not all {' or '.join(sorted(missing))}: {said}",
        why="what the selectors leave out no rule can see",
    )


def covers(selector: Mapping[str, Any]) -> set[str]:
    """Of which kind ("read", "write") a basic selector records every management event."""
    if not selector.get("IncludeManagementEvents", True) or selector.get("ExcludeManagementEventSources"):
        return set()
    return BASIC[selector.get("ReadWriteType") or "All"]


def covers_advanced(fields: list[Mapping[str, Any]]) -> set[str]:
    """The same of an advanced selector's fields, of which all must hold: any but the category and readOnly
    leaves something out.
    """
    by_name = {one["Field"]: {key: value for key, value in one.items() if key != "Field" and value} for one in fields}
    read_only = by_name.pop("readOnly", {"Equals": ["true", "false"]})
    if by_name != {"eventCategory": {"Equals": ["Management"]}} or read_only.keys() != {"Equals"}:
        return set()
    return {{"true": "read", "false": "write"}[value] for value in read_only["Equals"]}


def describe(selector: Mapping[str, Any]) -> str:
    """A basic selector in words."""
    if not selector.get("IncludeManagementEvents", True):
        return "no management events"
    without = selector.get("ExcludeManagementEventSources") or ()
    return " ".join(["ReadWriteType", selector.get("ReadWriteType") or "All", *(f"without {one}" for one in without)])


def describe_advanced(selector: Mapping[str, Any]) -> str:
    """An advanced selector in words."""
    return " and ".join(
        f"{one['Field']} {test} {', '.join(values)}"
        for one in selector["FieldSelectors"]
        for test, values in one.items()
        if test != "Field" and values
    )


def takes_management(selector: Mapping[str, Any]) -> bool:
    """Whether an advanced selector takes management events."""
    return any(
        one["Field"] == "eventCategory" and "Management" in one.get("Equals", ()) for one in selector["FieldSelectors"]
    )
