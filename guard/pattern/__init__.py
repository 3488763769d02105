"""The filter-pattern language of CloudWatch Logs for JSON events, offline, as AWS evaluates it.

`parse(text)` gives a `Pattern`, or raises `PatternError` with column and caret.
"""

from functools import lru_cache

from guard.errors import PatternError
from guard.pattern.parser import parse_tree
from guard.pattern.pattern import Pattern

__all__ = ["Pattern", "PatternError", "parse"]


@lru_cache(maxsize=4096)
def parse(text: str) -> Pattern:
    """The pattern of a text. Raises PatternError."""
    return Pattern(text, parse_tree(text))
