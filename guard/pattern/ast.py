"""The tree of a JSON filter pattern: one frozen dataclass a node, and a walk over its conditions."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Operator = Literal["=", "!=", "<", "<=", ">", ">="]
Constant = Literal["NULL", "TRUE", "FALSE"]


@dataclass(frozen=True, slots=True)
class Name:
    """The step `.name` or `.['name']`."""

    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """The step `[n]`, zero-based."""

    index: int


@dataclass(frozen=True, slots=True)
class Wildcard:
    """The step `.*` (members) or `[*]` (elements)."""

    bracket: bool


Step: TypeAlias = Name | Index | Wildcard


@dataclass(frozen=True, slots=True)
class Selector:
    """`$.a.b[0]`: a way into the event; at most one step is a wildcard."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A numeric literal, its lexeme kept: `= 1e0` compares as text with a string."""

    lexeme: str


@dataclass(frozen=True, slots=True)
class Text:
    """A string, bare or quoted (the tree does not tell); `*` in it is a wildcard."""

    text: str


@dataclass(frozen=True, slots=True)
class Regex:
    """`%...%`, searched, not anchored."""

    source: str


Value: TypeAlias = Number | Text | Regex


@dataclass(frozen=True, slots=True)
class Comparison:
    """`selector operator value`; false where the selector finds nothing, also for `!=`."""

    selector: Selector
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Is:
    """`selector IS NULL`, `IS TRUE` or `IS FALSE`."""

    selector: Selector
    constant: Constant


@dataclass(frozen=True, slots=True)
class NotExists:
    """`selector NOT EXISTS`."""

    selector: Selector


@dataclass(frozen=True, slots=True)
class And:
    """Two or more operands joined by `&&`; no operand is itself an And."""

    operands: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Two or more operands joined by `||`; no operand is itself an Or."""

    operands: tuple["Node", ...]


Condition: TypeAlias = Comparison | Is | NotExists
Node: TypeAlias = Condition | And | Or


def conditions(node: Node) -> list[Condition]:
    """The conditions of a tree, from left to right."""
    if isinstance(node, And | Or):
        return [condition for operand in node.operands for condition in conditions(operand)]
    return [node]
