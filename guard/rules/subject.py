"""A rule as the linter sees it: its patterns parsed, each with its place in the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guard.pattern import parse
from guard.pattern.ast import Node, Or
from guard.rules.findings import Finding
from guard.rules.model import Place, Rule
from guard.rules.placeholders import SAMPLE, fill, fill_text
from guard.rules.values import Value
from guard.rules.words import printable


@dataclass(frozen=True, slots=True)
class Filter:
    """One pattern of a rule. `text` is as written; `root` is its tree with sample names filled in;
    `names` are the event names it can match, None for any.
    """

    text: str
    root: Node
    names: frozenset[str] | None
    value: Value

    @property
    def place(self) -> Place:
        """Where the pattern begins."""
        return self.at(0)

    def at(self, offset: int) -> Place:
        """The place of a character of the text."""
        data = self.value.data
        return self.value.at(offset + (len(data) - len(data.lstrip()) if isinstance(data, str) else 0))

    def find(self, needle: str, then: str = "") -> Place:
        """The place of a word, the one that `then` follows if there is one; else the pattern's."""
        offsets = list(_offsets(self.text, needle))
        near = [at for at in offsets if self.text[at + len(needle) :].lstrip().startswith(then)]
        return self.at((near or offsets or [0])[0])


@dataclass(frozen=True, slots=True)
class Subject:
    """A rule to lint, as it is written; `value` is its YAML, empty for rules that come from no file."""

    rule: Rule
    filters: tuple[Filter, ...]
    value: Value

    @property
    def root(self) -> Node:
        """The tree of what the rule counts."""
        roots = tuple(pattern.root for pattern in self.filters)
        return roots[0] if len(roots) == 1 else Or(roots)

    @property
    def names(self) -> frozenset[str] | None:
        """The event names that the rule counts, None for any."""
        each = [pattern.names for pattern in self.filters]
        known = [names for names in each if names is not None]
        return frozenset().union(*known) if len(known) == len(each) else None

    def finding(self, code: str, place: Place, message: str, fix: str) -> Finding:
        """A finding about the rule."""
        return Finding(place, code, self.rule.id, printable(message), printable(fix))

    def place(self, *keys: str | int) -> Place:
        """Where a value of the rule stands, by key and index; as near as it is known."""
        return self.value.of(*keys)


def subject(rule: Rule, value: Value | None) -> Subject:
    """The rule parsed; `value` is its YAML, if it has one. Raises PatternError."""
    where = value or Value({}, rule.place)
    filled = fill(rule, SAMPLE)
    filters = tuple(_filter(text, _pattern_value(where, n)) for n, text in enumerate(rule.patterns))
    return Subject(filled, filters, where)


def _filter(text: str, value: Value) -> Filter:
    pattern = parse(fill_text(text, SAMPLE))
    return Filter(text, pattern.root, pattern.event_names, value)


def _pattern_value(value: Value, number: int) -> Value:
    data: Mapping[str, Value] = value.data if isinstance(value.data, dict) else {}
    if number == 0:
        return data.get("pattern", value)
    more = data.get("more_patterns")
    return more.data[number - 1] if more and number <= len(more.data) else value


def _offsets(text: str, needle: str) -> Iterator[int]:
    at = text.find(needle)
    while at >= 0:
        after = text[at + len(needle) : at + len(needle) + 1]
        if not (after.isalnum() or after in (".", "_", "-")):
            yield at
        at = text.find(needle, at + 1)
