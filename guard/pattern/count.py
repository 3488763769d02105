"""Counts in a pattern what AWS limits: regular expressions."""

from guard.errors import PatternError
from guard.pattern.ast import Comparison, Regex, conditions
from guard.pattern.parser import parse_tree


def regexes(text: str) -> int:
    """How many `%...%` a pattern holds; one that is no JSON pattern is one where it stands between `%`."""
    try:
        root = parse_tree(text)
    except PatternError:
        return int(text.count("%") > 1)
    return sum(isinstance(one, Comparison) and isinstance(one.value, Regex) for one in conditions(root))
