"""Values that know where they stand, and the faults found in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from guard.errors import Fault, RuleError
from guard.rules.model import Place
from guard.rules.words import printable

MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something wrong with how a value is written, such as a repeated key."""

    place: Place
    what: str
    fix: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value and where it stands.

    `data` is a text, number, boolean, None, list of Values or dict of Values. `keys` holds the places of a
    dict's keys; `lines`, for a text, the place of each offset at which a line of the file begins.
    """

    data: Any
    place: Place
    keys: Mapping[str, Place] = field(default_factory=dict)
    lines: tuple[tuple[int, Place], ...] = ()
    odd: tuple[Oddity, ...] = ()

    def at(self, offset: int) -> Place:
        """The place of a character of the text; the text's own where the file's lines are not known."""
        found = self.place
        for start, place in self.lines:
            if start > offset:
                break
            found = Place(place.file, place.line, place.column + offset - start)
        return found

    def of(self, *keys: str | int) -> Place:
        """The place of a value within, by key and index; as near as it is known."""
        here = self
        for key in keys:
            inner = here.data
            if isinstance(inner, dict) and key in inner:
                here = inner[str(key)]
            elif isinstance(inner, list) and isinstance(key, int) and key < len(inner):
                here = inner[key]
            else:
                break
        return here.place

    @property
    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.data, dict):
            return {key: value.plain for key, value in self.data.items()}
        if isinstance(self.data, list):
            return [value.plain for value in self.data]
        return self.data


@dataclass(frozen=True, slots=True)
class Noted:
    """A fault as it is found: `rule` is the rule that it is in, `code` the linter's finding that it is."""

    place: Place
    rule: str
    what: str
    fix: str
    code: str

    @property
    def fault(self) -> Fault:
        """The fault as it is raised."""
        named = f"rule '{self.rule}': {self.what}" if self.rule else self.what
        return Fault(str(self.place), named, self.fix)


@dataclass(slots=True)
class Faults:
    """The faults of an input, as they are found; `rule` names the rule that is being read, `broken` those
    that have faults.
    """

    found: list[Noted] = field(default_factory=list)
    rule: str = ""
    broken: set[str] = field(default_factory=set)

    def note(self, place: Place, what: str, fix: str, code: str = "G001") -> None:
        """Keep one fault; the same one is kept once."""
        self.broken.add(self.rule)
        noted = Noted(place, printable(self.rule), printable(what), printable(fix), code)
        if noted not in self.found:
            self.found.append(noted)

    def stop(self) -> None:
        """Raise RuleError with every fault, in the order of the files, where there is one."""
        if self.found:
            ordered = sorted(self.found, key=lambda noted: noted.place)
            raise RuleError(noted.fault for noted in ordered)


def every(value: Value) -> Iterator[Value]:
    """The value and all values in it."""
    yield value
    inner = value.data.values() if isinstance(value.data, dict) else value.data
    if isinstance(value.data, dict | list):
        for item in inner:
            yield from every(item)


# The keys that a stack's config spells in camelCase and a pack with underscores.
_SPELLINGS = {
    "firstStep": "first_step",
    "falsePositives": "false_positives",
    "morePatterns": "more_patterns",
    "evaluationPeriods": "evaluation_periods",
    "datapointsToAlarm": "datapoints_to_alarm",
    "noMatch": "no_match",
    "keepExact": "keep_exact",
    "sourceIp": "source_ip",
    "userAgent": "user_agent",
}
_EVENTS = ("match", "no_match")


def inline(data: Any, path: str, faults: Faults, depth: int = 0, *, events: bool = False) -> Value:
    """Plain data, as a stack's config holds it, with the config's keys for places: `rules[0].alarm`.

    Either spelling of a key is read, except within `events`.
    """
    place = Place(path, 0, 0)
    if depth > MAX_DEPTH:
        faults.note(place, f"is nested deeper than {MAX_DEPTH} levels", "make it flatter")
        return Value(None, place)
    if isinstance(data, Mapping):
        items = {}
        for given, item in data.items():
            key = str(given) if events else _SPELLINGS.get(given, str(given))
            items[key] = inline(item, f"{path}.{given}", faults, depth + 1, events=events or key in _EVENTS)
        return Value(items, place, {key: value.place for key, value in items.items()})
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        found = [inline(item, f"{path}[{n}]", faults, depth + 1, events=events) for n, item in enumerate(data)]
        return Value(found, place)
    return Value(data, place)
