"""Counts in a pattern what AWS limits: regular expressions."""

from guard.errors import PatternError
from guard.pattern import ast
from guard.pattern.parser import parse_tree


def regexes(text: str) -> int:
    """How many `%...%` a pattern holds; one that is no JSON pattern is one where it stands between `%`."""
    try:
        return _count(parse_tree(text))
    except PatternError:
        return int(text.count("%") > 1)


def _count(node: ast.Node) -> int:
    if isinstance(node, (ast.And, ast.Or)):
        return sum(map(_count, node.operands))
    return int(isinstance(node, ast.Comparison) and isinstance(node.value, ast.Regex))
