"""Compiles a rule's exclusions into its patterns; splits a pattern that grows too long, exactly."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, islice

from guard.pattern import parse
from guard.pattern.ast import And, Node, Or
from guard.pattern.text import condition
from guard.rules.conditions import ConditionError, clauses
from guard.rules.limits import FILTERS, MAX_LENGTH
from guard.rules.model import Place, Rule
from guard.rules.placeholders import LONGEST, fill_text
from guard.rules.satisfy import satisfiable
from guard.rules.values import Faults


def excluded(rule: Rule, faults: Faults, place: Place | None = None) -> Rule:
    """The rule with its exclusions in its patterns. A fault, at `place` or else at the rule, where they do not fit."""
    if not rule.exclude:
        return rule
    faults.rule = rule.id
    try:
        added = clauses(rule.exclude)
        first, *more = (narrow for pattern in rule.patterns for narrow in _narrowed(pattern, added))
    except ConditionError as error:
        faults.note(place or rule.place, f"an exclusion: {error}", error.fix, "G503")
        return rule
    finally:
        faults.rule = ""
    return replace(rule, pattern=first, more_patterns=tuple(more))


def _narrowed(pattern: str, added: list[str]) -> list[str]:
    """The pattern, in parentheses, joined with the clauses; several that no event matches two of where one
    would be too long.
    """
    whole = _joined(pattern.strip()[1:-1].strip(), added)
    if _fits(whole):
        return [whole]
    try:
        parts = list(islice(_split(parse(pattern).root, added), FILTERS + 1))
    except _TooLongError:
        parts = []
    if 0 < len(parts) <= FILTERS:
        return parts
    length = len(fill_text(whole, LONGEST))
    what = f"with its exclusions the pattern has {length:,} characters, of 1,024 allowed"
    raise ConditionError(what, "exclude less: no split over filters, at its event names, makes it fit")


class _TooLongError(Exception):
    """A part does not fit and cannot be split."""


def _split(root: Node, added: list[str]) -> Iterator[str]:
    """Few patterns that fit, so that each event of the whole is in one of them. Raises _TooLongError."""
    rest, alternatives = _alternatives(root)
    if not alternatives:
        raise _TooLongError
    for size in range(len(alternatives), 0, -1):
        chunks = [alternatives[start : start + size] for start in range(0, len(alternatives), size)]
        parts = [_joined(_written(_part(rest, chunk)), added) for chunk in chunks]
        if all(map(_fits, parts)):
            yield from parts
            return
    for one in alternatives:
        yield from _split(_part(rest, (one,)), added)


def _joined(body: str, added: list[str]) -> str:
    return f"{{ ({body}) && {' && '.join(added)} }}"


def _fits(pattern: str) -> bool:
    return len(fill_text(pattern, LONGEST)) <= MAX_LENGTH


def _written(node: Node) -> str:
    """The text of a node, each condition in parentheses."""
    if not isinstance(node, And | Or):
        return f"({condition(node)})"
    parts = (f"({_written(one)})" if isinstance(one, And | Or) else _written(one) for one in node.operands)
    return (" && " if isinstance(node, And) else " || ").join(parts)


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


def _part(rest: tuple[Node, ...], some: tuple[Node, ...]) -> Node:
    """The clauses that all fulfil, and some of the alternatives."""
    last = some[0] if len(some) == 1 else Or(some)
    inner = last.operands if isinstance(last, And) else (last,)
    return And((*rest, *inner)) if rest or len(inner) > 1 else last
