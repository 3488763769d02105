"""The dashboard: alarm states, log volume, and the hits of every rule; a pure function."""

import json
from collections.abc import Sequence
from itertools import islice
from typing import Any

from guard.names import Names, Where

WIDTH = 24
ALARMS_A_WIDGET = 100  # CloudWatch's limit
RULES_A_GRAPH = 12  # more lines than that, nobody tells apart
GRAPH_HEIGHT = 6


def body(names: Names, where: Where, rule_ids: Sequence[str], alarm_arns: Sequence[str], group: str) -> str:
    """The dashboard's JSON; rules sorted by id, a graph for each dozen."""
    widgets = [_alarms(chunk) for chunk in _chunks(sorted(alarm_arns), ALARMS_A_WIDGET)]
    widgets.append(_volume(where, group))
    chunks = list(_chunks(sorted(rule_ids), RULES_A_GRAPH))
    widgets += [_hits(names, where, chunk, alone=len(chunks) == 1) for chunk in chunks]
    return json.dumps({"widgets": _stacked(widgets)})


def _chunks(items: Sequence[str], size: int) -> list[list[str]]:
    iterator = iter(items)
    return list(iter(lambda: list(islice(iterator, size)), []))


def _stacked(widgets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The widgets from top to bottom, graphs of half the width side by side."""
    placed, x, y, row = [], 0, 0, 0
    for widget in widgets:
        if x + widget["width"] > WIDTH:
            x, y = 0, y + row
            row = 0
        placed.append({**widget, "x": x, "y": y})
        x, row = x + widget["width"], max(row, widget["height"])
    return placed


def _alarms(arns: list[str]) -> dict[str, Any]:
    height = min(2 + len(arns) // 4, 16)
    properties = {"title": "Alarms", "alarms": arns, "sortBy": "stateUpdatedTimestamp"}
    return {"type": "alarm", "width": WIDTH, "height": height, "properties": properties}


def _volume(where: Where, group: str) -> dict[str, Any]:
    metrics = [["AWS/Logs", "IncomingLogEvents", "LogGroupName", group, {"label": "events"}]]
    return _graph(where, "Events that arrived, an hour", metrics, period=3600, width=WIDTH)


def _hits(names: Names, where: Where, rule_ids: list[str], *, alone: bool) -> dict[str, Any]:
    metrics = [[names.namespace, rule_id] for rule_id in rule_ids]
    title = "Hits" if alone else f"Hits: {rule_ids[0]} to {rule_ids[-1]}"
    return _graph(where, title, metrics, period=300, width=WIDTH if alone else WIDTH // 2)


def _graph(where: Where, title: str, metrics: list[Any], *, period: int, width: int) -> dict[str, Any]:
    properties = {
        "title": title,
        "region": where.region,
        "metrics": metrics,
        "stat": "Sum",
        "period": period,
        "view": "timeSeries",
        "yAxis": {"left": {"min": 0, "showUnits": False}},
    }
    return {"type": "metric", "width": width, "height": GRAPH_HEIGHT, "properties": properties}
