"""Compiles patterns for whole logs: one generated function an event name, over records decoded into structs.

What is known of an event name is settled when the name is first seen: conditions on it are gone, and so are the
patterns that cannot match it. Answers equal `Pattern.matches`.
"""

import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

from msgspec import UNSET, DecodeError
from msgspec.json import Decoder

from guard.history.shape import Shape, shape
from guard.pattern import Pattern, matcher
from guard.pattern.ast import And, Comparison, Condition, Is, Name, Node, NotExists, Or, Selector, Step, Text
from guard.pattern.event import Lexeme, value
from guard.pattern.names import EVENT_NAME

MOST_NAMES = 4096  # a log of real calls knows some thousand; hostile ones do not fill the memory
PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+")
PLAIN = {"=": "==", "!=": "!="}
VARIABLE = re.compile("\0(\\d+)\0")  # no literal holds one: repr escapes them
CONSTANTS = {"NULL": "None", "TRUE": "True", "FALSE": "False"}
# Of every number but -0, which it takes for 0, the text is as it stands in the log.
QUICK: Decoder[Any] = Decoder(float_hook=Lexeme)
Matches = tuple[int, ...]
Namespace = dict[str, Any]


class RefusedError(Exception):
    """A record that the untyped path must read."""


class Compiled:
    """Patterns by position: `matches` gives those that a decoded record matches, `report` what it says of
    itself.
    """

    def __init__(self, patterns: Sequence[Pattern], report: Sequence[Sequence[Selector]]) -> None:
        self.patterns = patterns
        free = [one for one in patterns if one.event_names is None]
        bound = [one for one in patterns if one.event_names is not None]
        self.shape = shape(_conditions(free), _conditions(bound), chain.from_iterable(report))
        self.names = [one.event_names for one in patterns]
        self.late = _Late()
        self.of_names = [one for one in _conditions(free) if one.selector == EVENT_NAME]
        self.plain: dict[tuple[bool, ...], Callable[[Any], Matches]] = {}
        self.functions = Functions(self._function)
        self.describe = self._describe(report)

    def hits(self, records: Sequence[Any]) -> list[tuple[int, Matches]]:
        """The positions of the records that any pattern matches, each with those of these patterns. Raises
        RefusedError.
        """
        functions = self.functions
        return [(number, found) for number, one in enumerate(records) if (found := functions[one.eventName](one))]

    def _function(self, name: tuple[list[Any]] | None) -> Callable[[Any], Matches]:
        if name is None or any(names and names.intersection(name[0]) for names in self.names):
            return self._written(name)
        # Most names are those of calls that only read: no rule names them, and they are asked the same.
        verdicts = tuple(matcher.holds(one, name[0]) for one in self.of_names)
        if verdicts not in self.plain:
            self.plain[verdicts] = self._written(name)
        return self.plain[verdicts]

    def _written(self, name: tuple[list[Any]] | None) -> Callable[[Any], Matches]:
        space: Namespace = {"UNSET": UNSET, **self.shape.empty}
        writer = _Writer(self.shape, space, self.late, name)
        terms: dict[str, str] = {}  # equal conditions are asked once
        for position, (pattern, names) in enumerate(zip(self.patterns, self.names, strict=True)):
            if name is None or names is None or names.intersection(name[0]):
                term = writer.node(pattern.root)
                terms[term] = terms.get(term, "") + f"{position}, "
        lines = [f" if {term}: r += ({positions})" for term, positions in terms.items() if term != "False"]
        return _made("\n".join(("def made(e):", " r = ()", *writer.read(lines), " return r")), space)

    def _describe(self, report: Sequence[Sequence[Selector]]) -> Callable[[Any], tuple[str | None, ...]]:
        """What the report reads of a record: the first text of each of its selectors, None where there is none."""
        space: Namespace = {"UNSET": UNSET, **self.shape.empty}
        parts = [" or ".join([*(self._text(one, space) for one in several), "None"]) for several in report]
        return _made(f"def made(e):\n return ({', '.join(parts)},)", space)

    def _text(self, selector: Selector, space: Namespace) -> str:
        access = self.shape.access(selector)
        found = access.expression
        if access.rest is not None:
            name = f"late{len(space)}"
            found = f"{name}({found})"
            space[name] = partial(self.late.first, Selector(access.rest))
        return f"((v := {found}).__class__ is str and v)"


class Functions(dict[Any, Callable[[Any], Matches]]):
    """By event name (UNSET: none), what tells the matches of a record that bears it; made when first asked."""

    def __init__(self, make: Callable[[tuple[list[Any]] | None], Callable[[Any], Matches]]) -> None:
        super().__init__()
        self._make = make
        self._any = make(None)

    def __missing__(self, name: Any) -> Callable[[Any], Matches]:
        if len(self) >= MOST_NAMES:
            return self._any
        self[name] = self._make(([] if name is UNSET else [name],))
        return self[name]


class _Writer:
    """Writes a tree as a Python expression over a record `e`; `name` is what EVENT_NAME finds, where known."""

    def __init__(self, shape: Shape, space: Namespace, late: "_Late", name: tuple[list[Any]] | None) -> None:
        self.shape = shape
        self.space = space
        self.late = late
        self.name = name
        self.found: dict[str, int] = {}  # expressions of fields, numbered

    def read(self, lines: Sequence[str]) -> list[str]:
        """Written lines; what is asked more than once is read once, before them."""
        times = Counter(VARIABLE.findall("\n".join(lines)))
        found = {str(number): expression for number, expression in enumerate(self.found)}
        several = [f" v{number} = {found[number]}" for number, count in times.items() if count > 1]
        names = {number: f"v{number}" if times[number] > 1 else found[number] for number in times}
        return [*several, *(VARIABLE.sub(lambda one: names[one[1]], line) for line in lines)]

    def variable(self, expression: str) -> str:
        """What stands for a field until all lines are written."""
        return f"\0{self.found.setdefault(expression, len(self.found))}\0"

    def node(self, node: Node) -> str:
        """The expression; "True" and "False" where it is settled."""
        if isinstance(node, And):
            return self.joined(node.operands, "and", neutral="True", final="False")
        if isinstance(node, Or):
            return self.joined(node.operands, "or", neutral="False", final="True")
        if self.name is not None and node.selector == EVENT_NAME:
            return str(matcher.holds(node, self.name[0]))
        return self.condition(node)

    def joined(self, operands: Sequence[Node], word: str, *, neutral: str, final: str) -> str:
        """Operands without those that say nothing; cheap ones first."""
        parts = [part for part in dict.fromkeys(map(self.node, operands)) if part != neutral]
        if final in parts:
            return final
        parts.sort(key=lambda part: ("late" in part, "test" in part))
        return f"({f' {word} '.join(parts)})" if parts else neutral

    def condition(self, node: Condition) -> str:
        """One condition, of a value that was decoded or is kept as text."""
        access = self.shape.access(node.selector)
        if access.rest or (access.rest is not None and not isinstance(node, NotExists)):
            asked = partial(self.late.holds, _verdict(node), Selector(access.rest), _key(access.rest))
            late = f"{self.bound('late', asked)}({access.expression})"
            key = _key(access.rest)
            if isinstance(node, NotExists) or not key:
                return late
            escaped = 'or b"\\\\u" in text'
            holds = f"({key!r} in (text := bytes({access.expression})) {escaped})"
            return f"({access.expression} is not UNSET and {holds} and {late})"
        if isinstance(node, NotExists):
            return f"({self.variable(access.expression)} is UNSET)"
        return self.typed(node, self.variable(access.expression))

    def typed(self, node: Comparison | Is, found: str) -> str:
        """One condition of a text, boolean, null or UNSET."""
        if isinstance(node, Is):
            return f"({found} is {CONSTANTS[node.constant]})"
        is_text = f"{found}.__class__ is str and "
        if isinstance(node.value, Text) and node.operator in PLAIN:
            text, sign = node.value.text, PLAIN[node.operator]
            if "*" not in text:
                return f"({'' if sign == '==' else is_text}{found} {sign} {text!r})"
            ends = _end(text)
            if ends and sign == "==":
                return f"({is_text}{found}.{ends}({text.strip('*')!r}))"
        return f"({is_text}{self.bound('test', matcher.test(node))}({found}))"

    def bound(self, kind: str, what: Any) -> str:
        """A name for a function that the expression calls."""
        name = f"{kind}{len(self.space)}"
        self.space[name] = what
        return name


def _end(text: str) -> str | None:
    """The method that tests a text with one `*`, at its start or end."""
    if text.count("*") != 1:
        return None
    return "startswith" if text.endswith("*") else "endswith" if text.startswith("*") else None


def _made(source: str, space: Namespace) -> Callable[[Any], Any]:
    exec(compile(source, "<patterns>", "exec"), space)  # noqa: S102 - its texts are literals, by repr
    return space["made"]  # type: ignore[no-any-return]


def _verdict(node: Condition) -> Callable[[list[Any]], bool]:
    """What a condition says of the values that its selector found."""
    if isinstance(node, NotExists):
        return operator.not_
    test = matcher.test(node)
    return lambda values: any(map(test, values))


class _Late:
    """Decodes fields that were kept as text; the last one is remembered, since rules ask one after the other."""

    def __init__(self) -> None:
        self._raw: Any = None
        self._text = b""
        self._value: Any = UNSET

    def holds(self, verdict: Callable[[list[Any]], bool], selector: Selector, key: bytes, raw: Any) -> bool:
        """Whether a condition holds of a field; `key` is a name of the selector's as JSON writes it."""
        return verdict(self.found(selector) if self.bears(key, raw) else [])

    def first(self, selector: Selector, raw: Any) -> Any:
        """The first value found, None for none."""
        return next(iter(self.found(selector) if self.bears(b"", raw) else ()), None)

    def bears(self, key: bytes, raw: Any) -> bool:
        """Whether a name can stand in a field: in its letters, or in escapes."""
        if raw is UNSET:
            return False
        if raw is not self._raw:
            self._raw, self._text, self._value = raw, bytes(raw), UNSET
        return key in self._text or b"\\u" in self._text

    def found(self, selector: Selector) -> list[Any]:
        """What a selector finds in the field that `bears` was asked of. Raises RefusedError for what cannot be
        decoded.
        """
        if self._value is UNSET:
            try:
                self._value = value(self._text.decode()) if b"-0" in self._text else QUICK.decode(self._text)
            except (ValueError, RecursionError, DecodeError) as error:
                raise RefusedError from error
        return matcher.found(selector, self._value)


def _key(steps: Sequence[Step]) -> bytes:
    """The longest name, as JSON writes it without need; none where one may be written otherwise."""
    names = [one.name for one in steps if isinstance(one, Name) and PLAIN_NAME.fullmatch(one.name)]
    return f'"{max(names, key=len)}"'.encode() if names else b""


def _conditions(patterns: Sequence[Pattern]) -> list[Condition]:
    return [condition for one in patterns for condition in _leaves(one.root)]


def _leaves(node: Node) -> Iterator[Condition]:
    if isinstance(node, And | Or):
        for operand in node.operands:
            yield from _leaves(operand)
    else:
        yield node
