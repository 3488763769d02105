"""Numbers compared exactly by their text, however long, at a cost linear in it."""

import re
from collections.abc import Callable
from functools import lru_cache

_PARTS = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?")
# An exponent of more digits than this is as good as infinite: no text can hold the number written out.
_MAX_EXPONENT_DIGITS = 18

Parts = tuple[int, int, str]
ZERO: Parts = (0, 0, "")


@lru_cache(maxsize=1024)
def parts(lexeme: str) -> Parts:
    """(sign, exponent, digits): the number is sign x 0.digits x 10^exponent, digits without outer zeros.
    Raises ValueError for a text that is no number.
    """
    match = _PARTS.fullmatch(lexeme)
    if match is None:
        raise ValueError(f"{lexeme!r} is no number")
    sign, whole, fraction, exponent = match.groups()
    every = whole + (fraction or "")
    digits = every.lstrip("0")
    if not digits:
        return ZERO
    power = _bounded(exponent or "0") + len(whole) - (len(every) - len(digits))
    return -1 if sign == "-" else 1, power, digits.rstrip("0")


def _bounded(exponent: str) -> int:
    digits = exponent.lstrip("+-").lstrip("0") or "0"
    size = int(digits) if len(digits) <= _MAX_EXPONENT_DIGITS else 10**_MAX_EXPONENT_DIGITS
    return -size if exponent.startswith("-") else size


def compare(left: Parts, right: Parts) -> int:
    """-1, 0 or 1 as left is less than, equal to or greater than right."""
    if left[0] != right[0]:
        return -1 if left[0] < right[0] else 1
    magnitude = (left[1:] > right[1:]) - (left[1:] < right[1:])
    return left[0] * magnitude


ORDERS: dict[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "!=": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}
