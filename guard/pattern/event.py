"""An event as the matcher reads it: JSON values whose numbers keep their text.

CloudWatch Logs compares a quoted literal with a number's text in the event, so `1`, `1.0` and `1e0` differ
there. A decoded event has lost that text; its numbers are taken as Python writes them.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

Event: TypeAlias = Mapping[str, Any] | str | bytes


class Lexeme(str):
    """The text of a JSON number."""

    __slots__ = ()


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


DECODER = json.JSONDecoder(parse_int=Lexeme, parse_float=Lexeme, parse_constant=_no_constant)


def value(text: str) -> Any:
    """A JSON value; its numbers are Lexemes, and the last of repeated keys counts. Raises ValueError for what is
    no JSON, and RecursionError for what is nested too deeply.
    """
    return DECODER.decode(text)


def decoded(event: Event) -> Mapping[str, Any] | None:
    """The event as a mapping; None where a text is no JSON object."""
    if isinstance(event, Mapping):
        return event
    try:
        text = event.decode() if isinstance(event, bytes) else event
        found = value(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def number_text(value: Any) -> str | None:
    """The text of a number, None for what is none; infinity and NaN are no JSON numbers."""
    if isinstance(value, Lexeme):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, int):
        return _digits(value)
    text = repr(value) if isinstance(value, float) else str(value)
    return text if text[-1].isdigit() else None


def with_numbers(value: Any) -> Any:
    """A JSON value whose Lexemes are numbers, for whoever writes it as JSON again."""
    if isinstance(value, Lexeme):
        return json.loads(value)
    if isinstance(value, Mapping):
        return {key: with_numbers(inner) for key, inner in value.items()}
    return [with_numbers(inner) for inner in value] if isinstance(value, list) else value


def _digits(value: int) -> str:
    """`str(value)` for an integer of any length; Python refuses it above some thousand digits."""
    return format(Decimal(value), "f")
