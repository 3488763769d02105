"""Compiles patterns for whole logs: one generated function an event name, over records decoded into structs.

What is known of an event name is settled when the name is first seen: conditions on it are gone, and so are the
patterns that cannot match it. Names of which the same is left share a function. Answers equal `Pattern.matches`.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, count
from typing import Any

from msgspec import UNSET

from guard.history.late import Late, refused
from guard.history.shape import Shape, shape
from guard.pattern import Pattern, matcher
from guard.pattern.ast import And, Comparison, Condition, Is, Node, NotExists, Or, Selector, Step, Text, conditions
from guard.pattern.names import EVENT_NAME

MOST_NAMES = 4096  # a log of real calls knows some thousand; hostile ones do not fill the memory
PLAIN = {"=": "==", "!=": "!="}
CONSTANTS = {"NULL": "None", "TRUE": "True", "FALSE": "False"}
VARIABLE = re.compile("\0(\\d+)\0")  # no literal holds one: repr escapes them
CALL = re.compile(r"\b(?:late|test)\d")
Matches = tuple[int, ...]
Matcher = Callable[[Any], Matches]


class Compiled:
    """Patterns by position: `hits` gives those that decoded records match, `describe` what one says of itself."""

    def __init__(self, patterns: Sequence[Pattern], report: Sequence[Sequence[Selector]]) -> None:
        self.patterns = patterns
        self.shape = shape(_conditions(patterns), chain.from_iterable(report))
        self.named, self.free = _by_name(patterns)
        free = (patterns[number] for number in self.free)
        self.of_names = [one for one in _conditions(free) if one.selector == EVENT_NAME]
        self.plain: dict[tuple[bool, ...], Matcher] = {}
        self.bound = Bound(self.shape)
        self.functions = Functions(self._function)
        self.describe = self._describe(report)

    def hits(self, records: Sequence[Any], names: Iterable[Any]) -> list[tuple[int, Matches]]:
        """The positions of the records that any pattern matches, each with those of these patterns; `names` are
        their event names. Raises RefusedError.
        """
        asked = zip(count(), map(self.functions.__getitem__, names), records)
        return [(number, found) for number, function, one in asked if (found := function(one))]

    def asked(self, found: Collection[str] | None) -> list[int]:
        """The positions of the patterns that an event can match in which EVENT_NAME finds this; None: anything."""
        if found is None:
            return [*range(len(self.patterns))]
        return sorted({*self.free, *chain.from_iterable(self.named.get(name, ()) for name in found)})

    def _function(self, name: tuple[list[Any]] | None) -> Matcher:
        if name is None or any(one in self.named for one in name[0]):
            return self.bound.made(self._source(name))
        # Most names are those of calls that only read: no rule names them, and they are asked the same.
        verdicts = tuple(matcher.holds(one, name[0]) for one in self.of_names)
        if verdicts not in self.plain:
            self.plain[verdicts] = self.bound.made(self._source(name))
        return self.plain[verdicts]

    def _source(self, name: tuple[list[Any]] | None) -> str:
        writer = _Writer(self.shape, self.bound, name)
        terms: dict[str, str] = {}  # equal conditions are asked once
        for position in self.asked(name and name[0]):
            term = writer.node(self.patterns[position].root)
            terms[term] = terms.get(term, "") + f"{position}, "
        lines = [f" if {term}: r += ({positions})" for term, positions in terms.items() if term != "False"]
        return "\n".join(("def made(e):", " r = ()", *writer.written(lines), " return r"))

    def _describe(self, report: Sequence[Sequence[Selector]]) -> Callable[[Any], tuple[str | None, ...]]:
        """What the report reads of a record: the first text of each of its selectors, None where there is none."""
        parts = [" or ".join([*map(self._text, several), "None"]) for several in report]
        return self.bound.made(f"def made(e):\n return ({', '.join(parts)},)")

    def _text(self, selector: Selector) -> str:
        access = self.shape.access(selector)
        found = access.expression
        if access.rest is not None:
            first = self.bound.late.first(Selector(access.rest))
            found = f"{self.bound.name('late', selector, first)}({found})"
        return f"((v := {found}).__class__ is str and v)"


class Bound:
    """What generated functions call and share, by name; the same thing always has the same name."""

    def __init__(self, shape: Shape) -> None:
        self.late = Late()
        self._space: dict[str, Any] = {"UNSET": UNSET, "refused": refused, **shape.empty}
        self._names: dict[Any, str] = {}
        self._made: dict[str, Callable[[Any], Any]] = {}

    def name(self, kind: str, key: Any, what: Callable[..., Any]) -> str:
        """The name of what is called, made for a key when that is new."""
        name = self._names.setdefault((kind, key), f"{kind}{len(self._names)}")
        self._space.setdefault(name, what)
        return name

    def made(self, source: str) -> Callable[[Any], Any]:
        """The function that a source defines."""
        if source not in self._made:
            exec(compile(source, "<patterns>", "exec"), self._space)  # noqa: S102 - its texts are literals, by repr
            self._made[source] = self._space["made"]
        return self._made[source]


class Functions(dict[Any, Matcher]):
    """By event name (UNSET: none), what tells the matches of a record that bears it; made when first asked."""

    def __init__(self, make: Callable[[tuple[list[Any]] | None], Matcher]) -> None:
        super().__init__()
        self._make = make
        self._any: Matcher | None = None

    def __missing__(self, name: Any) -> Matcher:
        if len(self) >= MOST_NAMES:
            self._any = self._any or self._make(None)
            return self._any
        self[name] = self._make(([] if name is UNSET else [name],))
        return self[name]


class _Writer:
    """Writes trees as Python expressions over a record `e`; `name` is what EVENT_NAME finds, where known.

    A part of an expression is a number between NULs until all lines are written: what is asked more than once is
    asked once, before them.
    """

    def __init__(self, shape: Shape, bound: Bound, name: tuple[list[Any]] | None) -> None:
        self.shape = shape
        self.bound = bound
        self.name = name
        self.parts: dict[str, int] = {}
        self.calls: set[str] = set()  # parts that call something

    def node(self, node: Node) -> str:
        """The expression; "True" and "False" where it is settled."""
        if isinstance(node, And):
            return self.joined(node.operands, "and", neutral="True", final="False")
        if isinstance(node, Or):
            return self.joined(node.operands, "or", neutral="False", final="True")
        if self.name is not None and node.selector == EVENT_NAME:
            return str(matcher.holds(node, self.name[0]))
        return self.part(self.condition(node))

    def joined(self, operands: Sequence[Node], word: str, *, neutral: str, final: str) -> str:
        """Operands without those that say nothing; those that call something last."""
        parts = [part for part in dict.fromkeys(map(self.node, operands)) if part != neutral]
        if final in parts:
            return final
        parts.sort(key=self.calls.__contains__)
        if len(parts) < 2:
            return parts[0] if parts else neutral
        return self.part(f"({f' {word} '.join(parts)})")

    def part(self, expression: str) -> str:
        """What stands for an expression."""
        part = f"\0{self.parts.setdefault(expression, len(self.parts))}\0"
        if CALL.search(expression) or self.calls.intersection(f"\0{one}\0" for one in VARIABLE.findall(expression)):
            self.calls.add(part)
        return part

    def condition(self, node: Condition) -> str:
        """One condition, of a value that was decoded or is kept as JSON."""
        access = self.shape.access(node.selector)
        found = self.part(access.expression)
        if isinstance(node, NotExists):
            return self.missing(node, found, access.rest)
        if access.rest is None:
            return self.typed(node, found)
        late = self.bound.name("late", node, self.bound.late.asks(node, access.rest))
        return f"((w := {found}) is not UNSET and {late}(w))"

    def missing(self, node: NotExists, found: str, rest: Sequence[Step] | None) -> str:
        """The condition that there is none."""
        if not rest:
            return f"({found} is UNSET)"
        return f"((w := {found}) is UNSET or {self.bound.name('late', node, self.bound.late.asks(node, rest))}(w))"

    def typed(self, node: Comparison | Is, found: str) -> str:
        """One condition of a text, boolean, null or UNSET."""
        if isinstance(node, Is):
            return f"({found} is {CONSTANTS[node.constant]})"
        is_text = f"(w := {found}).__class__ is str and "
        if isinstance(node.value, Text) and node.operator in PLAIN:
            text, sign = node.value.text, PLAIN[node.operator]
            if "*" not in text:
                return f"({found} == {text!r})" if sign == "==" else f"({is_text}w != {text!r})"
            ends = _end(text)
            if ends and sign == "==":
                return f"({is_text}w.{ends}({text.strip('*')!r}))"
        return f"({is_text}{self.bound.name('test', (node.operator, node.value), matcher.test(node))}(w))"

    def written(self, lines: Sequence[str]) -> list[str]:
        """Lines as Python, after those that read what is asked more than once."""
        parts = [*self.parts]
        times = Counter(map(int, VARIABLE.findall("\n".join(lines))))
        for number in range(len(parts) - 1, -1, -1):
            if times[number]:
                times.update(map(int, VARIABLE.findall(parts[number])))
        before, texts = [], dict[str, str]()
        for number, expression in enumerate(parts):
            texts[str(number)] = VARIABLE.sub(lambda one: texts[one[1]], expression)
            if times[number] > 1 and f"\0{number}\0" not in self.calls:
                before.append(f" v{number} = {texts[str(number)]}")
                texts[str(number)] = f"v{number}"
        return [*before, *(VARIABLE.sub(lambda one: texts[one[1]], line) for line in lines)]


def _end(text: str) -> str | None:
    """The method that tests a text with one `*`, at its start or end."""
    if text.count("*") != 1:
        return None
    return "startswith" if text.endswith("*") else "endswith" if text.startswith("*") else None


def _by_name(patterns: Iterable[Pattern]) -> tuple[dict[str, list[int]], list[int]]:
    """The positions of patterns by the event names that they can match, and those of patterns that can match any."""
    named: dict[str, list[int]] = {}
    free = []
    for number, one in enumerate(patterns):
        names = one.event_names
        if names is None:
            free.append(number)
        for name in names or ():
            named.setdefault(name, []).append(number)
    return named, free


def _conditions(patterns: Iterable[Pattern]) -> Iterator[Condition]:
    return (condition for one in patterns for condition in conditions(one.root))
