"""The kinds of values that a set of conditions on one selector can tell apart.

Each cell is a way the conditions can come out together for some value of the selector. There may be cells that no
value has (where a number is compared both by size and as text): what is claimed of all cells holds of all values.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from functools import lru_cache
from itertools import product
from json import dumps
from typing import Literal, TypeAlias

from guard.pattern import Pattern
from guard.pattern.ast import Comparison, Condition, Is, Name, NotExists, Number, Regex, Selector, Text
from guard.rules.globs import FRESH, TooHardError, outcomes
from guard.rules.record import Kind

__all__ = ["Cell", "TooHardError", "cells", "fresh", "missing"]

Holds: TypeAlias = Literal["", "object", "array"]
_V = Selector((Name("v"),))
_NUMBERS = "0123456789.+-eE"  # what the text of a number is made of
_EXACT = Context(prec=1100, Emax=MAX_EMAX, Emin=MIN_EMIN)  # more digits than a pattern can hold
# Of the kinds of record.py, the values besides texts; all else may hold anything.
_PLAIN: dict[Kind, tuple[str, ...]] = {"always": (), "text": ("null",), "boolean": ("null", "true", "false")}


@dataclass(frozen=True, slots=True)
class Cell:
    """How the conditions come out for one kind of value. `holds`: under which steps fields can stand in it."""

    truths: tuple[bool, ...]
    holds: Holds = ""


def missing(conditions: Sequence[Condition]) -> Cell:
    """The cell of a selector that finds nothing."""
    return Cell(tuple(isinstance(condition, NotExists) for condition in conditions))


def fresh(conditions: Sequence[Condition]) -> Cell:
    """The cell of a text that no literal names."""
    return Cell(_truths(conditions, dumps(FRESH)))


def cells(conditions: Sequence[Condition], kind: Kind = "any") -> frozenset[Cell]:
    """Every cell of conditions on one selector without a wildcard, where a value of that kind stands. Raises
    TooHardError.
    """
    plain = _PLAIN.get(kind, ("null", "true", "false"))
    found = {Cell(_truths(conditions, sample)) for sample in plain}
    if kind != "always":
        found.add(missing(conditions))
    if kind not in _PLAIN:
        found.add(Cell(_truths(conditions, "{}"), "object"))
        found |= {Cell(_truths(conditions, sample), "array") for sample in ("[]", "[null]")}
        found |= set(_free(conditions, _numbers(conditions)))
    if kind != "boolean":
        found |= set(_free(conditions, _texts(conditions)))
    return frozenset(found)


def _truths(conditions: Sequence[Condition], sample: str) -> tuple[bool, ...]:
    event = f'{{"v": {sample}}}'
    return tuple(_on_v(condition).matches(event) for condition in conditions)


@lru_cache(maxsize=4096)
def _on_v(condition: Condition) -> Pattern:
    """The condition, its selector replaced by `$.v`."""
    return Pattern("", replace(condition, selector=_V))


def _free(conditions: Sequence[Condition], found: Iterator[tuple[bool, ...]]) -> Iterator[Cell]:
    """The cells of outcomes in which each regular expression may hold or not."""
    free = [n for n, one in enumerate(conditions) if isinstance(one, Comparison) and isinstance(one.value, Regex)]
    for truths in set(found):
        for choice in product((True, False), repeat=len(free)):
            swapped = dict(zip(free, choice, strict=True))
            yield Cell(tuple(swapped.get(n, truth) for n, truth in enumerate(truths)))


def _equal(condition: Condition, *kinds: type) -> str | None:
    """What `=` or `!=` compares with, as text; None for other conditions and other kinds of values."""
    if (
        isinstance(condition, Is | NotExists)
        or condition.operator not in ("=", "!=")
        or type(condition.value) not in kinds
    ):
        return None
    return condition.value.lexeme if isinstance(condition.value, Number) else getattr(condition.value, "text", None)


def _signed(condition: Condition, fits: bool) -> bool:  # noqa: FBT001 - a truth, not a switch
    return isinstance(condition, Comparison) and fits is (condition.operator == "=")


def _texts(conditions: Sequence[Condition]) -> Iterator[tuple[bool, ...]]:
    """How the conditions come out for texts; numbers of the pattern compare as texts there."""
    literals = list(dict.fromkeys(text for one in conditions if (text := _equal(one, Text, Number)) is not None))
    for outcome in outcomes(literals):
        fits = dict(zip(literals, outcome, strict=True))
        texts = [(one, _equal(one, Text, Number)) for one in conditions]
        yield tuple(text is not None and _signed(one, fits[text]) for one, text in texts)


def _numbers(conditions: Sequence[Condition]) -> Iterator[tuple[bool, ...]]:
    """How the conditions come out for numbers: for those that a text of the pattern names, and for others of each
    size that the pattern tells apart, in whichever spelling.
    """
    literals = list(dict.fromkeys(text for one in conditions if (text := _equal(one, Text)) is not None))
    yield from (_truths(conditions, text) for text in literals if _is_number(text))
    globs = [text for text in literals if "*" in text]
    spellings = outcomes(globs, _NUMBERS) if globs else {()}
    sizes = {_truths(conditions, size) for size in _sizes(conditions)}
    texts = [(one, _equal(one, Text)) for one in conditions]
    for truths, spelling in product(sizes, spellings):
        fits = {**dict.fromkeys(literals, False), **dict(zip(globs, spelling, strict=True))}
        by_size = zip(texts, truths, strict=True)
        yield tuple(truth if text is None else _signed(one, fits[text]) for (one, text), truth in by_size)


def _sizes(conditions: Sequence[Condition]) -> Iterator[str]:
    """Numbers of each size that the numbers of the pattern, and those it names as texts, tell apart."""
    values = [one.value for one in conditions if isinstance(one, Comparison)]
    try:
        bounds = sorted({Decimal(value.lexeme) for value in values if isinstance(value, Number)})
        yield "7325.25" if not bounds else str(bounds[0].next_minus(_EXACT))
        for bound in bounds:
            yield str(bound)
            yield str(bound.next_plus(_EXACT))
    except ArithmeticError:  # an exponent of eighteen digits
        raise TooHardError from None


def _is_number(text: str) -> bool:
    return Pattern("", Comparison(_V, "=", Text(text))).matches(f'{{"v": {text}}}')
