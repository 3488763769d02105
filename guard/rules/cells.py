"""The kinds of values that a set of conditions on one selector can tell apart.

Each cell is a way the conditions can come out together for some value of the selector. What the conditions
say of a value is asked of the language itself, over samples made from their literals.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, combinations, pairwise, product
from math import isfinite

from guard.pattern import Pattern
from guard.pattern.ast import Comparison, Condition, Name, NotExists, Number, Regex, Selector, Text
from guard.rules.record import Kind

_FRESH = "␂"  # stands for text that no literal holds
_PLAIN = ("null", "true", "false", "[]", "[null]")
MAX_SAMPLES = 3000
_V = Selector((Name("v"),))


class TooHardError(Exception):
    """The question needs more steps than its answer is worth."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How the conditions come out for one kind of value. `holds`: whether other fields can stand under it."""

    truths: tuple[bool, ...]
    holds: bool = False


def missing(conditions: Sequence[Condition]) -> Cell:
    """The cell of a selector that finds nothing."""
    return Cell(tuple(isinstance(condition, NotExists) for condition in conditions))


def fresh(conditions: Sequence[Condition]) -> Cell:
    """The cell of a text that no literal names."""
    return Cell(_truths(conditions, json.dumps(_FRESH)))


def cells(conditions: Sequence[Condition], kind: Kind = "any") -> frozenset[Cell]:
    """Every cell of conditions on one selector without a wildcard, where a value of that kind stands."""
    plain, scalars = _KINDS.get(kind, (_PLAIN, _scalars))
    found = {Cell(_truths(conditions, sample)) for sample in plain}
    if kind != "always":
        found.add(missing(conditions))
    if kind not in _KINDS:
        found.add(Cell(_truths(conditions, "{}"), holds=True))
    free = [n for n, condition in enumerate(conditions) if _is_regex(condition)]
    for sample in scalars(conditions):
        truths = _truths(conditions, sample)
        for choice in product((True, False), repeat=len(free)):
            swapped = dict(zip(free, choice, strict=True))
            found.add(Cell(tuple(swapped.get(n, truth) for n, truth in enumerate(truths))))
    return frozenset(found)


def _is_regex(condition: Condition) -> bool:
    return isinstance(condition, Comparison) and isinstance(condition.value, Regex)


def _truths(conditions: Sequence[Condition], sample: str) -> tuple[bool, ...]:
    event = f'{{"v": {sample}}}'
    return tuple(_on_v(condition).matches(event) for condition in conditions)


@lru_cache(maxsize=4096)
def _on_v(condition: Condition) -> Pattern:
    """The condition, its selector replaced by `$.v`."""
    return Pattern("", replace(condition, selector=_V))


def _scalars(conditions: Sequence[Condition]) -> Iterator[str]:
    """JSON texts and numbers, one at least of every kind that the comparisons tell apart."""
    yield from _strings(conditions)
    yield from _numbers(_lexemes(conditions))


def _strings(conditions: Sequence[Condition]) -> Iterator[str]:
    yield from (json.dumps(text) for text in _texts(_literals(conditions)))
    yield from (json.dumps(lexeme) for lexeme in _lexemes(conditions))


def _literals(conditions: Sequence[Condition]) -> list[str]:
    values = [condition.value for condition in conditions if isinstance(condition, Comparison)]
    return [value.text for value in values if isinstance(value, Text)]


def _lexemes(conditions: Sequence[Condition]) -> list[str]:
    """The numbers named, and those that the texts could stand for."""
    values = [condition.value for condition in conditions if isinstance(condition, Comparison)]
    fitted = (text.replace("*", fill) for text in _literals(conditions) for fill in ("", "7"))
    return [value.lexeme for value in values if isinstance(value, Number)] + [one for one in fitted if _is_number(one)]


def _numbers(lexemes: Sequence[str]) -> Iterator[str]:
    yield from (lexeme.lstrip("+") for lexeme in lexemes)
    bounds = sorted({float(lexeme) for lexeme in lexemes if isfinite(float(lexeme))})
    yield from (repr((low + high) / 2) for low, high in pairwise(bounds))
    yield from (repr(bound) for bound in bounds)
    yield repr(bounds[0] - 1.5) if bounds else "73.25"
    yield repr(bounds[-1] + 1.5) if bounds else "7325"


def _is_number(text: str) -> bool:
    try:
        json.loads(text)
        float(text)
    except ValueError:
        return False
    return True


def _texts(globs: Sequence[str]) -> set[str]:
    """Texts that fit each set of globs that can be fitted together, and one that fits none."""
    pieces = [glob.split("*") for glob in dict.fromkeys(globs)]
    heads = {"", *(piece[0] for piece in pieces if len(piece) > 1)}
    tails = {"", *(piece[-1] for piece in pieces if len(piece) > 1)}
    inner = sorted({part for piece in pieces for part in piece[1:-1] if part})
    middles = [_FRESH + _FRESH.join(chosen) + _FRESH if chosen else _FRESH for chosen in _subsets(inner)]
    exact = {glob.replace("*", "") for glob in globs} | {glob.replace("*", _FRESH) for glob in globs}
    joined = {head + tail for head in heads for tail in tails}
    if len(heads) * len(middles) * len(tails) > MAX_SAMPLES:
        raise TooHardError
    several = (head + middle + tail for head, middle, tail in product(heads, middles, tails))
    return exact | joined | set(chain(several, (_FRESH,)))


# Of the kinds of record.py: the samples without scalars, and those with. All else may hold anything.
_KINDS: Mapping[str, tuple[tuple[str, ...], Callable[[Sequence[Condition]], Iterable[str]]]] = {
    "always": ((), _strings),
    "text": (("null",), _strings),
    "boolean": (("null", "true", "false"), lambda _: ()),
}


def _subsets(items: Sequence[str]) -> list[tuple[str, ...]]:
    if len(items) > 6:
        return [(), *((item,) for item in items), tuple(items)]
    return [chosen for size in range(len(items) + 1) for chosen in combinations(items, size)]
