"""Which rules may count the same events: those that no example tells apart.

To decide it over all events takes some milliseconds a pair, so that is left for the few pairs that are found here.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from guard.pattern.ast import Selector, conditions
from guard.pattern.matcher import found, matches
from guard.rules.globs import FRESH
from guard.rules.record import ALWAYS_TEXT, BOOLEAN, RECORD, TEXT, kind, names
from guard.rules.subject import Subject

_ALWAYS = {name: FRESH for name, of_kind in RECORD.items() if of_kind == ALWAYS_TEXT}
_KINDS = {ALWAYS_TEXT: (str,), TEXT: (str, type(None)), BOOLEAN: (bool, type(None))}


def pairs(subjects: Sequence[Subject]) -> Iterator[tuple[Subject, Subject]]:
    """Pairs of rules, in order, that have the same event names and agree on each other's examples."""
    by_names: dict[frozenset[str] | None, list[Subject]] = {}
    for subject in subjects:
        by_names.setdefault(subject.names, []).append(subject)
    for group in by_names.values():
        for alike in _alike(group) if len(group) > 1 else ():
            yield from combinations(alike, 2)


def _alike(group: Sequence[Subject]) -> list[list[Subject]]:
    events = [event for subject in group for event in _events(subject, _selectors(group))]
    by_verdicts: dict[tuple[bool, ...], list[Subject]] = {}
    for subject in group:
        root = subject.root
        by_verdicts.setdefault(tuple(matches(root, event) for event in events), []).append(subject)
    return [*by_verdicts.values()]


def _selectors(group: Sequence[Subject]) -> dict[Selector, tuple[type, ...]]:
    """The selectors of fields of which it is known what kinds of values they hold."""
    every = {condition.selector for subject in group for condition in conditions(subject.root)}
    return {one: _KINDS[of_kind] for one in every if (of_kind := kind(names(one))) in _KINDS}


def _events(subject: Subject, selectors: Mapping[Selector, tuple[type, ...]]) -> Iterator[Mapping[str, Any]]:
    """A rule's examples, completed to what can be a record of CloudTrail."""
    for example in (*subject.rule.examples.match, *subject.rule.examples.no_match):
        event = {**_ALWAYS, **example}
        if all(type(value) in kinds for one, kinds in selectors.items() for value in found(one, event)):
            yield event
