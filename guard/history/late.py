"""Conditions on fields that a record keeps as JSON: decoded when a rule asks, and not where the text tells already."""

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import UNSET, DecodeError
from msgspec.json import Decoder

from guard.pattern import matcher
from guard.pattern.ast import Comparison, Condition, Name, NotExists, Selector, Step, Text
from guard.pattern.event import Lexeme, value

ESCAPE = b"\\u"
# JSON writes these as they are, or with ESCAPE.
LITERAL = re.compile(r"[^\x00-\x1f\"\\/*]+")
# Of every number but -0, which it takes for 0, the text is as it stands in the log.
QUICK: Decoder[Any] = Decoder(float_hook=Lexeme)


class RefusedError(Exception):
    """A record that the untyped path must read."""


def refused() -> Any:
    """What a field gives that no struct can have. Raises RefusedError."""
    raise RefusedError


class Late:
    """One field after the other; of the last one is remembered what was found in it, since rules ask in turn."""

    def __init__(self) -> None:
        self._ways: dict[Selector, int] = {}  # what is found is kept by a number: a selector takes long to compare
        self._raw: Any = None
        self._text = b""
        self._escaped = False
        self._value: Any = UNSET
        self._found: dict[int, list[Any]] = {}

    def asks(self, node: Condition, steps: Sequence[Step]) -> Callable[[Any], bool]:
        """What asks a field whether a condition holds of what the steps find in it."""
        found, needle, without = self._finds(Selector(tuple(steps))), _needle(node, steps), matcher.holds(node, [])
        verdict = _verdict(node)

        def asked(raw: Any) -> bool:
            if raw is not self._raw:
                self._take(raw)
            if needle not in self._text and not self._escaped:
                return without
            return verdict(found())

        return asked

    def first(self, selector: Selector) -> Callable[[Any], Any]:
        """What gives the first value found in a field, None for none."""
        found = self._finds(selector)

        def asked(raw: Any) -> Any:
            if raw is UNSET:
                return None
            if raw is not self._raw:
                self._take(raw)
            return next(iter(found()), None)

        return asked

    def _take(self, raw: Any) -> None:
        self._raw, self._text = raw, bytes(raw)
        self._escaped = ESCAPE in self._text
        self._value = UNSET
        self._found = {}

    def _finds(self, selector: Selector) -> Callable[[], list[Any]]:
        """What a selector finds in the field taken; that raises RefusedError where it cannot be decoded."""
        way = self._ways.setdefault(selector, len(self._ways))

        def found() -> list[Any]:
            if way not in self._found:
                if self._value is UNSET:
                    self._value = _decoded(self._text)
                self._found[way] = matcher.found(selector, self._value)
            return self._found[way]

        return found


def _verdict(node: Condition) -> Callable[[list[Any]], bool]:
    """What a condition says of the values that its selector found."""
    if isinstance(node, NotExists):
        return operator.not_
    test = matcher.test(node)
    return lambda values: any(map(test, values))


def _decoded(text: bytes) -> Any:
    try:
        return value(text.decode()) if b"-0" in text else QUICK.decode(text)
    except (ValueError, RecursionError, DecodeError) as error:
        raise RefusedError from error


def _needle(node: Condition, steps: Sequence[Step]) -> bytes:
    """The longest text that stands in each field of which the condition holds other than of one without values,
    unless something there is written with ESCAPE.
    """
    names = [f'"{one.name}"' for one in steps if isinstance(one, Name) and LITERAL.fullmatch(one.name)]
    equal = isinstance(node, Comparison) and node.operator == "=" and isinstance(node.value, Text)
    texts = LITERAL.findall(node.value.text) if equal else []  # type: ignore[union-attr] # `equal` says it
    return max((one.encode("utf-8", "surrogatepass") for one in (*names, *texts)), key=len, default=b"")
