"""Metrics by the minute, and the metric math that alarms use."""

import ast
import operator
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from guard.errors import GuardError
from guard.rules.alarm import COMPARISONS, Metric, Point

Key: TypeAlias = tuple[str, str, frozenset[tuple[str, str]]]


class MetricError(GuardError):
    """Metric math that the sandbox does not do."""


@dataclass(slots=True)
class Metrics:
    """The sums of each metric: (namespace, name, dimensions) -> minute -> sum."""

    sums: dict[Key, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, key: Key, minute: int, value: float) -> None:
        """Count a value; 0 makes the minute one with data."""
        self.sums[key][minute] = self.sums[key].get(minute, 0.0) + value

    def of(self, key: Key) -> Metric:
        """The metric as alarms read it."""
        return Metric.of(self.sums.get(key, {}))


def key(namespace: str, name: str, dimensions: Mapping[str, str] | None = None) -> Key:
    """What tells one metric from another."""
    return namespace, name, frozenset((dimensions or {}).items())


BINARY: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Gt: COMPARISONS["GreaterThanThreshold"],
    ast.GtE: COMPARISONS["GreaterThanOrEqualToThreshold"],
    ast.Lt: COMPARISONS["LessThanThreshold"],
    ast.LtE: COMPARISONS["LessThanOrEqualToThreshold"],
}


def expression(text: str, series: Mapping[str, Sequence[Point]], length: int) -> list[Point]:
    """The points of a metric-math expression, over series of one length.

    IF, FILL, AND, OR, arithmetic and comparisons; raises MetricError for any other.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    readable = text.replace(" AND ", " and ").replace(" OR ", " or ")
    try:
        tree = ast.parse(readable, mode="eval").body
    except SyntaxError as error:
        raise MetricError(f"metric math '{text}' cannot be read: {error.msg}") from None
    rows = [{name: points[n] for name, points in series.items()} for n in range(length)]
    return [_value(tree, row) for row in rows]


def _value(node: ast.expr, row: Mapping[str, Point]) -> Point:
    """One point; None where a part is missing, as CloudWatch leaves out what it lacks data for."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name) and node.id in row:
        return row[node.id]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        return FUNCTIONS[node.func.id]([_value(part, row) for part in node.args])
    if isinstance(node, ast.BoolOp):
        every = isinstance(node.op, ast.And)
        return _joined([_value(part, row) for part in node.values], all if every else any)
    if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
        return _joined([_value(part, row) for part in (node.left, node.right)], lambda two: BINARY[type(node.op)](*two))
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in BINARY:
        parts = [_value(part, row) for part in (node.left, node.comparators[0])]
        return _joined(parts, lambda two: BINARY[type(node.ops[0])](*two))
    raise MetricError(f"the sandbox does no metric math such as '{ast.unparse(node)}'")


def _joined(parts: Sequence[Point], join: Callable[[Sequence[Any]], Any]) -> Point:
    return None if None in parts else float(join(parts))


def _if(parts: Sequence[Point]) -> Point:
    condition, then, other = parts
    return then if condition else other


FUNCTIONS: Mapping[str, Callable[[Sequence[Point]], Point]] = {
    "IF": _if,
    "FILL": lambda parts: parts[1] if parts[0] is None else parts[0],
}
