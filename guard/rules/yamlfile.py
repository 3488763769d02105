"""Reads a YAML file into placed values; safe against bombs, huge files and repeated keys.

The values are those of YAML 1.2's core schema, as editors read them: `No` and `2024-01-01` are texts.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from guard.rules.model import Place
from guard.rules.values import MAX_DEPTH, Faults, Oddity, Value

MAX_BYTES = 1 << 20
MAX_VALUES = 100_000

# What a part of the parser's message mostly comes of.
_SLIPS = {
    "mapping values are not allowed": "put a text that holds `: ` in quotes; keys of one map stand below each other",
    "cannot start any token": "put the text in quotes; indent with blanks, not tabs",
}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = {None, "!", *(_TAG + name for name in ("str", "int", "float", "bool", "null", "seq", "map"))}
_Forms: TypeAlias = tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...]
_CORE: _Forms = (
    (re.compile(r"(?:~|null|Null|NULL|)\Z"), lambda _: None),
    (re.compile(r"(?:true|True|TRUE)\Z"), lambda _: True),
    (re.compile(r"(?:false|False|FALSE)\Z"), lambda _: False),
    (re.compile(r"[-+]?[0-9]{1,300}\Z"), int),
    (re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?\Z"), float),
)
# What Pulumi's engine reads in another way, as its CLI 3.260 showed: `010` is 8, and a day is its first moment.
_ENGINE: _Forms = (
    (re.compile(r"[-+]?0[0-7]+\Z"), lambda text: int(text, 8)),
    (
        re.compile(r"[-+]?(?:0x[0-9a-fA-F]{1,15}|0o[0-7]{1,20}|0b[01]{1,60}|[1-9][0-9]{0,17}(?:_[0-9]+)+)\Z"),
        lambda text: int(text, 0),
    ),
    (re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])\Z"), "{} 00:00:00 +0000 UTC".format),
    *_CORE,
)


class _StopError(Exception):
    """The document cannot be read further."""

    def __init__(self, place: Place, what: str, fix: str) -> None:
        super().__init__(what)
        self.oddity = Oddity(place, what, fix)


@dataclass(slots=True)
class _Open:
    """A list or map whose end has not come; `key` is the key that waits for its value."""

    place: Place
    data: list[Value] | dict[str, Value]
    anchor: str | None
    before: int
    keys: dict[str, Place] = field(default_factory=dict)
    odd: list[Oddity] = field(default_factory=list)
    key: str | None = None
    height: int = 1


@dataclass(slots=True)
class _Builder:
    """Makes one Value of a document's events. An alias shares its anchor's value and counts as a copy."""

    file: str
    source: list[str]
    engine: bool = False
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Value, int, int]] = field(default_factory=dict)
    count: int = 0
    root: Value | None = None

    def feed(self, event: Any) -> None:
        """Take the next event."""
        name = type(event).__name__
        if name in _OPENERS:
            self._open(event, _OPENERS[name]())
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            self._close()
        elif name == "ScalarEvent":
            self._scalar(event)
        elif name == "AliasEvent":
            self._alias(event)
        elif name == "DocumentStartEvent" and self.root is not None:
            raise _StopError(self._place(event), "a second document", "keep one document a file")

    def _place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _expects_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].data, dict) and self.stack[-1].key is None

    def _open(self, event: Any, data: list[Value] | dict[str, Value]) -> None:
        place = self._place(event)
        if self._expects_key():
            raise _StopError(place, "a list or map as a key", "write a text as the key")
        self.stack.append(_Open(place, data, event.anchor, self.count))
        self.stack[-1].odd.extend(_tag_oddity(event, place))
        self._limit(place, 1, len(self.stack))

    def _close(self) -> None:
        done = self.stack.pop()
        value = Value(done.data, done.place, done.keys, (), tuple(done.odd))
        self._put(value, done.anchor, self.count - done.before, done.height)

    def _scalar(self, event: Any) -> None:
        place = self._place(event)
        if self._expects_key():
            self._key(event.value, place)
            return
        plain = not event.style and event.tag is None
        data = _read(event.value, _ENGINE if self.engine else _CORE) if plain else event.value
        self._limit(place, 1, len(self.stack))
        value = Value(data, place, {}, _lines(event, place, self.source), tuple(_tag_oddity(event, place)))
        self._put(value, event.anchor, 1, 1)

    def _key(self, key: str, place: Place) -> None:
        top = self.stack[-1]
        if key in top.keys:
            what = f"the key '{key}' is repeated (first in line {top.keys[key].line})"
            top.odd.append(Oddity(place, what, "keep one of them"))
        if key == "<<" and not self.engine:
            top.odd.append(Oddity(place, "merge keys are not read", "write the keys out, or use `defaults`"))
        top.keys[key] = place
        top.key = key

    def _alias(self, event: Any) -> None:
        place = self._place(event)
        if self._expects_key():
            raise _StopError(place, "an alias as a key", "write a text as the key")
        if event.anchor not in self.anchors:
            raise _StopError(place, f"no anchor '{event.anchor}' is complete here", "define it above")
        value, size, height = self.anchors[event.anchor]
        self._limit(place, size, len(self.stack) + height)
        self._put(value, None, size, height)

    def _put(self, value: Value, anchor: str | None, size: int, height: int) -> None:
        if anchor:
            self.anchors[anchor] = (value, size, height)
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        top.height = max(top.height, height + 1)
        if isinstance(top.data, list):
            top.data.append(value)
        elif top.key is not None:
            top.data[top.key] = value
            top.key = None

    def _limit(self, place: Place, size: int, depth: int) -> None:
        self.count += size
        if self.count > MAX_VALUES:
            raise _StopError(place, f"more than {MAX_VALUES:,} values, aliases expanded", "split it")
        if depth > MAX_DEPTH:
            raise _StopError(place, f"nested deeper than {MAX_DEPTH} levels", "make it flatter")


ESCAPES = {'"': re.compile(r"\\(?:x.{2}|u.{4}|U.{8}|.|\Z)"), "'": re.compile("''")}
_JOINED = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")  # a line after which the text goes on without a blank
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML takes for a line's end
_OPENERS: dict[str, Callable[[], Any]] = {"MappingStartEvent": dict, "SequenceStartEvent": list}


def _read(text: str, forms: _Forms) -> Any:
    return next((make(text) for form, make in forms if form.match(text)), text)


def _tag_oddity(event: Any, place: Place) -> Iterator[Oddity]:
    if event.tag not in _PLAIN_TAGS:
        yield Oddity(place, f"the tag '{event.tag}' is not read", "leave the tag out")


def _lines(event: Any, place: Place, source: list[str]) -> tuple[tuple[int, Place], ...]:
    """Where the lines of a text begin, and where it goes on behind each escape: (offset in the text, place)."""
    found, cursor, joined = [], 0, False
    first, last, quotes = event.start_mark, event.end_mark, int(event.style in ESCAPES)
    for number in range(first.line + (event.style in ("|", ">")), min(last.line + 1, len(source))):
        start = first.column + quotes if number == first.line else 0
        line = source[number][start : last.column - quotes if number == last.line else None]
        if number > first.line:
            start += len(line) - len(line.lstrip())
            line = line.lstrip()
            cursor = cursor if joined else len(event.value) - len(event.value[cursor:].lstrip())
        for at, length in _pieces(line.rstrip(), event.style):
            found.append((cursor, Place(place.file, number + 1, start + at + 1)))
            cursor += length
        joined = event.style == '"' and bool(_JOINED.search(line))
    return tuple(found)


def _pieces(line: str, style: str | None) -> Iterator[tuple[int, int]]:
    """Where each piece of a line begins, and how many characters it has in the text: up to an escape, which is one
    there, and of a line's end none.
    """
    at = 0
    for escape in ESCAPES[style].finditer(line) if style in ESCAPES else ():
        yield at, escape.start() - at + (len(escape[0]) > 1)
        at = escape.end()
    yield at, len(line) - at


PACK = "a pack: title and rules"


def parse(text: str, file: str, faults: Faults, wanted: str = PACK, *, engine: bool = False) -> Value | None:
    """The one document of a YAML text, or None with the fault noted; `wanted` says what an empty one lacks. With
    `engine`, plain values are read as Pulumi's engine reads them, and a merge key (`<<`) is no fault: it is a key as
    any other, and `merged` does the rest.
    """
    builder = _Builder(file, _BREAK.split(text), engine)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.feed(event)
    except _StopError as stop:
        faults.note(stop.oddity.place, stop.oddity.what, stop.oddity.fix)
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        problem = str(error.problem or error.context)
        fix = next((fix for part, fix in _SLIPS.items() if part in problem), "mend it here or just above")
        faults.note(place, f"is no YAML: {problem}", fix)
        return None
    except yaml.YAMLError as error:
        faults.note(Place(file), f"is no YAML: {error}".split("\n", 1)[0], "write plain UTF-8 text")
        return None
    if builder.root is None:
        faults.note(Place(file), "is empty", f"write {wanted}")
    return builder.root


def merged(data: Any) -> Any:
    """A plain value whose maps hold what their merge keys name: their own keys win, then those named first
    (https://yaml.org/type/merge.html).
    """
    if isinstance(data, list):
        return [*map(merged, data)]
    if not isinstance(data, dict):
        return data
    others = data.get("<<", [])
    maps = [merged(one) for one in (others if isinstance(others, list) else [others])]
    below = {key: value for one in reversed(maps) if isinstance(one, dict) for key, value in one.items()}
    return below | {key: merged(value) for key, value in data.items() if key != "<<"}


def read(path: Path, file: str, faults: Faults, wanted: str = PACK, *, engine: bool = False) -> Value | None:
    """The document of a file, shown as `file` in faults; None with the fault noted, as `parse` does."""
    place = Place(file)
    try:
        if path.exists() and not path.is_file():
            faults.note(place, "is not a file", "name a YAML file")
            return None
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        faults.note(place, f"cannot be read ({reason})", "check the path and its permissions")
        return None
    if len(raw) > MAX_BYTES:
        faults.note(place, f"is larger than {MAX_BYTES:,} bytes", "split it into several")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        *lines, last = raw[: error.start].decode("utf-8", "replace").split("\n")
        faults.note(Place(file, len(lines) + 1, len(last) + 1), "is not UTF-8", "save it as UTF-8")
        return None
    return parse(text, file, faults, wanted, engine=engine)
