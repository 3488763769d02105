"""Readers of single values: each gives what the key holds, or WRONG with the fault noted."""

import re
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

from guard.rules.values import Faults, Value, every
from guard.rules.words import meant, shown

WRONG: Any = object()
Read: TypeAlias = Callable[[Value, str, Faults], Any]

_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    (str, "a text"),
    ((int, float), "a number"),
    (list, "a list"),
    (dict, "a map"),
    (type(None), "empty"),
)


def kind(data: Any) -> str:
    """What a value is, in words; what a file cannot hold is one of Pulumi's outputs, as a component may be given."""
    later = "an output, known only when it is deployed"
    return next((words for types, words in _KINDS if isinstance(data, types)), later)


def _wrong(value: Value, name: str, faults: Faults, wanted: str) -> Any:
    faults.note(value.place, f"'{name}' is {kind(value.data)}", f"write {wanted}")
    return WRONG


def text(value: Value, name: str, faults: Faults) -> Any:
    """A text that is not blank."""
    if isinstance(value.data, str) and value.data.strip():
        return value.data.strip()
    if isinstance(value.data, str):
        faults.note(value.place, f"'{name}' is blank", "write a text, or leave the key out")
        return WRONG
    return _wrong(value, name, faults, "a text, in quotes if it looks like something else")


def form(pattern: str, wanted: str) -> Read:
    """A text of one form; `wanted` says which."""
    compiled = re.compile(pattern)

    def read(value: Value, name: str, faults: Faults) -> Any:
        found = text(value, name, faults)
        if found is WRONG or compiled.fullmatch(value.data):
            return found
        faults.note(value.place, f"'{name}' is {shown(value.data)}", f"write {wanted}")
        return WRONG

    return read


def choice(*words: str) -> Read:
    """One of some words."""

    def read(value: Value, name: str, faults: Faults) -> Any:
        if value.data in words and isinstance(value.data, str):
            return value.data
        if isinstance(value.data, str):
            faults.note(value.place, f"'{name}' is {shown(value.data)}", _choose(value.data, words))
            return WRONG
        return _wrong(value, name, faults, f"one of {', '.join(words)}")

    return read


def whole(least: int, most: int) -> Read:
    """A whole number within bounds; 300.0 is one, as in JSON Schema."""

    def read(value: Value, name: str, faults: Faults) -> Any:
        data = value.data
        if isinstance(data, bool) or not isinstance(data, int | float):
            return _wrong(value, name, faults, f"a whole number from {least:,} to {most:,}")
        if data != data // 1 or not least <= data <= most:
            faults.note(value.place, f"'{name}' is {data}", f"write a whole number from {least:,} to {most:,}")
            return WRONG
        return int(data)

    return read


def flag(value: Value, name: str, faults: Faults) -> Any:
    """True or false."""
    return value.data if isinstance(value.data, bool) else _wrong(value, name, faults, "true or false")


def text_or_flag(value: Value, name: str, faults: Faults) -> Any:
    """A text that is not blank, or true or false."""
    return value.data if isinstance(value.data, bool) else text(value, name, faults)


def several(read: Read, *, least: int = 0, most: int = sys.maxsize) -> Read:
    """A list, each item read; a tuple comes back."""

    def read_all(value: Value, name: str, faults: Faults) -> Any:
        if not isinstance(value.data, list):
            return _wrong(value, name, faults, "a list")
        if len(value.data) < least:
            faults.note(value.place, f"'{name}' is an empty list", f"write at least {least}")
            return WRONG
        if len(value.data) > most:
            faults.note(value.place, f"'{name}' has {len(value.data)} items", f"write {most} at most")
            return WRONG
        items = [read(item, f"{name}[{number}]", faults) for number, item in enumerate(value.data)]
        return WRONG if WRONG in items else tuple(items)

    return read_all


def mapped(read: Read, key: re.Pattern[str], wanted: str) -> Read:
    """A map of words of one form to values."""

    def read_all(value: Value, name: str, faults: Faults) -> Any:
        if not isinstance(value.data, dict):
            return _wrong(value, name, faults, "a map")
        for word, place in value.keys.items():
            if not key.fullmatch(word):
                faults.note(place, f"'{name}' holds the key {shown(word)}", f"write {wanted}")
        items = {word: read(item, f"{name}.{word}", faults) for word, item in value.data.items()}
        return WRONG if WRONG in items.values() else MappingProxyType(items)

    return read_all


def event(value: Value, name: str, faults: Faults) -> Any:
    """An event: a map, as deep as it likes."""
    if not isinstance(value.data, dict):
        return _wrong(value, name, faults, "an event: a map of the fields that the pattern reads")
    return value.plain


def structure(table: "Keys") -> Read:
    """A map with known keys; a dict of those read comes back."""

    def read(value: Value, name: str, faults: Faults) -> Any:
        found = table.read(value, name, faults)
        return WRONG if found is None else found

    return read


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a map: how each is read, which must be there, and which are keys of another one within (its key)."""

    readers: Mapping[str, Read]
    required: Collection[str] = ()
    within: Mapping[str, str] = field(default_factory=dict)

    def read(self, value: Value, name: str, faults: Faults) -> dict[str, Any] | None:
        """What could be read, by key; None where the value is no map. Faults: unknown keys, missing keys,
        and those of the readers.
        """
        if not isinstance(value.data, dict):
            _wrong(value, name, faults, f"a map with the keys {', '.join(self.required or self.readers)}")
            return None
        for key in value.data.keys() - self.readers.keys() - {"<<"}:
            inner = self.within.get(key)
            fix = f"it stands within `{inner}:`" if inner else meant(key, self.readers)
            faults.note(value.keys[key], f"unknown key {shown(key)}", fix)
        for key in sorted(set(self.required) - value.data.keys()):
            faults.note(value.place, f"'{key}' is missing", f"add `{key}:`")
        read = {key: self.readers[key](item, key, faults) for key, item in value.data.items() if key in self.readers}
        return {key: item for key, item in read.items() if item is not WRONG}


def odd(value: Value, faults: Faults) -> None:
    """Note what is oddly written in a value or in any value within, such as a repeated key."""
    for inner in every(value):
        for oddity in inner.odd:
            faults.note(oddity.place, oddity.what, oddity.fix)


def _choose(word: str, words: Collection[str]) -> str:
    guess = meant(word, words)
    return guess if guess.startswith("did you") else f"write one of {', '.join(words)}"
