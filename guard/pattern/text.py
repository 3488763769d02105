"""Writes a tree as the text of a pattern, in one normal form: strings quoted, one blank between tokens."""

import re

from guard.pattern.ast import And, Index, Is, Name, Node, NotExists, Number, Or, Regex, Selector, Value

_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_JOINERS = {And: " && ", Or: " || "}


def written(node: Node) -> str:
    """The text of a node; an operand that is itself a group stands in parentheses."""
    if isinstance(node, And | Or):
        parts = (f"({written(one)})" if isinstance(one, And | Or) else written(one) for one in node.operands)
        return _JOINERS[type(node)].join(parts)
    return condition(node)


def condition(node: Node) -> str:
    """The text of a condition."""
    if isinstance(node, NotExists):
        return f"{selector(node.selector)} NOT EXISTS"
    if isinstance(node, Is):
        return f"{selector(node.selector)} IS {node.constant}"
    if isinstance(node, And | Or):
        return f"({written(node)})"
    return f"{selector(node.selector)} {node.operator} {value(node.value)}"


def selector(chosen: Selector) -> str:
    """The text of a selector."""
    return "$" + "".join(map(_step, chosen.steps))


def _step(step: object) -> str:
    if isinstance(step, Name):
        return f".{step.name}" if _PLAIN.fullmatch(step.name) else f".['{step.name}']"
    if isinstance(step, Index):
        return f"[{step.index}]"
    return "[*]" if getattr(step, "bracket", False) else ".*"


def value(given: Value) -> str:
    """The text of a value."""
    if isinstance(given, Number):
        return given.lexeme
    if isinstance(given, Regex):
        return f"%{given.source}%"
    return quoted(given.text)


def quoted(text: str) -> str:
    """A string in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
