"""Why an event matches, or does not: the tree with each clause's verdict and the value it saw."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from guard.pattern import matcher
from guard.pattern.ast import And, Node, Or
from guard.pattern.event import number_text
from guard.pattern.text import condition

WORDS = {And: "all of", Or: "any of"}
LONGEST = 60
MOST = 3


@dataclass(frozen=True, slots=True)
class Explanation:
    """A node's verdict: of a group with those of its operands, of a condition with the values that its
    selector found.
    """

    node: Node
    holds: bool
    operands: tuple["Explanation", ...] = ()
    values: tuple[Any, ...] = ()

    def lines(self, depth: int = 0) -> Iterator[tuple[int, str, bool]]:
        """Depth, text and verdict of this node and of all below, from top to bottom."""
        yield depth, str(self), self.holds
        for operand in self.operands:
            yield from operand.lines(depth + 1)

    def __str__(self) -> str:
        """`$.userIdentity.invokedBy NOT EXISTS: true (missing)`; a group is `all of: false`."""
        verdict = str(self.holds).lower()
        if isinstance(self.node, And | Or):
            return f"{WORDS[type(self.node)]}: {verdict}"
        seen = ", ".join(map(shown, self.values[:MOST])) or "missing"
        more = f", and {len(self.values) - MOST} more" if len(self.values) > MOST else ""
        return f"{condition(self.node)}: {verdict} ({seen}{more})"


def explain(node: Node, event: Mapping[str, Any]) -> Explanation:
    """What a tree says of a decoded event."""
    if isinstance(node, And | Or):
        operands = tuple(explain(operand, event) for operand in node.operands)
        verdicts = [operand.holds for operand in operands]
        return Explanation(node, all(verdicts) if isinstance(node, And) else any(verdicts), operands)
    values = matcher.found(node.selector, event)
    return Explanation(node, matcher.holds(node, values), values=tuple(values))


def shown(value: Any) -> str:
    """A value as JSON, cut where it is long; of objects and arrays their kind."""
    number = number_text(value)
    if number is not None:
        return cut(number)
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "an array"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return cut(text if text.isprintable() else json.dumps(value, default=str))


def cut(text: str) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
