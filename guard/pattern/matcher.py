"""Answers whether an event matches a tree, as CloudWatch Logs does; total over JSON.

Rule numbers (S2, S5, ...) of the docstrings are those of docs/patterns.md.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from guard.pattern import automaton, number, wildcard
from guard.pattern.ast import (
    And,
    Comparison,
    Index,
    Is,
    Name,
    Node,
    NotExists,
    Number,
    Or,
    Regex,
    Selector,
    Step,
    Text,
    Wildcard,
)
from guard.pattern.event import number_text

Test: TypeAlias = Callable[[Any], bool]
CONSTANTS = {"TRUE": True, "FALSE": False}


def found(selector: Selector, event: Any) -> list[Any]:
    """What a selector finds in an event: nothing, one value, or several where it holds a wildcard."""
    values = [event]
    for step in selector.steps:
        values = [inner for value in values for inner in _STEPS[type(step)](step, value)]
    return values


def _named(step: Any, value: Any) -> Iterable[Any]:
    return (value[step.name],) if isinstance(value, Mapping) and step.name in value else ()


def _indexed(step: Any, value: Any) -> Iterable[Any]:
    return (value[step.index],) if isinstance(value, list | tuple) and step.index < len(value) else ()


def _every(step: Any, value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if step.bracket and isinstance(value, list | tuple) else ()


_STEPS: dict[type[Step], Callable[[Any, Any], Iterable[Any]]] = {
    Name: _named,
    Index: _indexed,
    Wildcard: _every,
}


@lru_cache(maxsize=4096)
def test(node: Comparison | Is) -> Test:
    """The test that a condition makes of one value that its selector found."""
    if isinstance(node, Is):
        return _null if node.constant == "NULL" else _constant(CONSTANTS[node.constant])
    text, numeric = _TESTS[type(node.value)](node.operator, node.value)

    def compare(value: Any) -> bool:
        lexeme = number_text(value)
        if lexeme is not None:
            return numeric(lexeme)
        return isinstance(value, str) and text(value)

    return compare


def _null(value: Any) -> bool:
    """JSON null, or an array that holds one (S12)."""
    return value is None or (isinstance(value, list | tuple) and None in value)


def _constant(wanted: bool) -> Test:  # noqa: FBT001 - a value to compare with
    return lambda value: value is wanted


def _number(operator: str, value: Any) -> tuple[Test, Test]:
    """A number compares with a number by size (S4), with a string by text and only for equality (S5)."""
    order, right = number.ORDERS[operator], number.parts(value.lexeme)
    text = _signed(operator, lambda given: bool(given == value.lexeme))
    refuse = operator not in {"=", "!="}
    return (
        (lambda _: False) if refuse else text,
        lambda lexeme: order(number.compare(number.parts(lexeme), right)),
    )


def _text(operator: str, value: Any) -> tuple[Test, Test]:
    """A text compares with a string, and with the text of a number (S6); `*` is a wildcard (S7)."""
    both = _signed(operator, wildcard.fits(value.text))
    return both, both


def _regex(operator: str, value: Any) -> tuple[Test, Test]:
    """A regular expression is searched in a string and in the text of a number (S21)."""
    both = _signed(operator, automaton.compiled(value.source).search)
    return both, both


def _signed(operator: str, test: Callable[[str], bool]) -> Test:
    return test if operator == "=" else lambda value: not test(value)


_TESTS: dict[type, Callable[[str, Any], tuple[Test, Test]]] = {Number: _number, Text: _text, Regex: _regex}


def matches(node: Node, event: Mapping[str, Any]) -> bool:
    """Whether a decoded event matches."""
    if isinstance(node, And):
        return all(matches(operand, event) for operand in node.operands)
    if isinstance(node, Or):
        return any(matches(operand, event) for operand in node.operands)
    return holds(node, found(node.selector, event))


def holds(node: Comparison | Is | NotExists, values: list[Any]) -> bool:
    """Whether a condition holds of what its selector found: of any value, or for NOT EXISTS of none (S16)."""
    if isinstance(node, NotExists):
        return not values
    check = test(node)
    return any(check(value) for value in values)
