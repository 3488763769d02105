"""Compiles a rule's exclusions into its patterns; splits a pattern that grows too long, exactly."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from guard.pattern import parse
from guard.pattern.ast import And, Node, Or
from guard.pattern.text import written
from guard.rules.conditions import ConditionError, clauses
from guard.rules.model import Rule
from guard.rules.placeholders import LONGEST, fill_text
from guard.rules.satisfy import satisfiable
from guard.rules.values import Faults

MAX_PATTERN = 1024


def excluded(rule: Rule, faults: Faults) -> Rule:
    """The rule with its exclusions in its patterns. A fault where they do not fit."""
    if not rule.exclude:
        return rule
    faults.rule = rule.id
    patterns: list[str] = []
    try:
        added = clauses(rule.exclude)
        for pattern in rule.patterns:
            patterns += _narrowed(pattern, added)
    except ConditionError as error:
        faults.note(rule.place, f"an exclusion: {error}", error.fix, "G503")
        return rule
    finally:
        faults.rule = ""
    return replace(rule, pattern=patterns[0], more_patterns=tuple(patterns[1:]))


def _narrowed(pattern: str, added: list[str]) -> list[str]:
    """The pattern, in parentheses, joined with the clauses; several that no event matches two of where one
    would be too long.
    """
    body = pattern.strip()[1:-1].strip()
    whole = _joined(body, added)
    if _fits(whole):
        return [whole]
    root = parse(pattern).root
    rest, alternatives = _alternatives(root)
    for size in range(len(alternatives) - 1, 0, -1):
        parts = [_joined(written(_part(rest, chunk)), added) for chunk in _chunks(alternatives, size)]
        if all(map(_fits, parts)):
            return parts
    length = len(fill_text(whole, LONGEST))
    what = f"with its exclusions the pattern has {length:,} characters, of 1,024 allowed"
    raise ConditionError(what, "exclude less: it is no list of event names that could be split over filters")


def _joined(body: str, added: list[str]) -> str:
    return f"{{ ({body}) && {' && '.join(added)} }}"


def _fits(pattern: str) -> bool:
    return len(fill_text(pattern, LONGEST)) <= MAX_PATTERN


def _alternatives(root: Node) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """The clauses that all events fulfil, and the longest list of alternatives no two of which an event can
    match; empty where there is none.
    """
    operands = root.operands if isinstance(root, And) else (root,)
    lists = [operand for operand in operands if isinstance(operand, Or) and _disjoint(operand)]
    if not lists:
        return operands, ()
    longest = max(lists, key=lambda operand: len(operand.operands))
    return tuple(operand for operand in operands if operand is not longest), longest.operands


def _disjoint(node: Or) -> bool:
    return not any(satisfiable(one, other) for one, other in combinations(node.operands, 2))


def _chunks(items: tuple[Node, ...], size: int) -> Iterator[tuple[Node, ...]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _part(rest: tuple[Node, ...], chunk: tuple[Node, ...]) -> Node:
    """The clauses that all fulfil, and some of the alternatives."""
    some = chunk[0] if len(chunk) == 1 else Or(chunk)
    return And((*rest, some)) if rest else some
