"""The struct that a log's records are decoded into: what the rules and the report read, and nothing else.

A field that rules compare with texts is decoded as text, boolean or null; missing is UNSET. What else stands
there makes the decoder refuse the record, which is then read without types. A field that only rules with known
event names look into, or look into with an index, a wildcard or a number, is kept as text and decoded when one
of these rules asks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, defstruct

from guard.pattern.ast import Comparison, Condition, Is, Name, Number, Selector, Step, Text

EVERY = ("eventID", "eventName", "eventSource")
TIME = "eventTime"  # decoded as a time, unless a rule looks at it
MOMENT: Any = Annotated[datetime, Meta(tz=True)]
LEAF: Any = str | bool | None | UnsetType
KEPT: Any = Raw | UnsetType


@dataclass(slots=True)
class Member:
    """A member of a record that is looked at: itself as a text, and what is looked at in it."""

    text: bool = False
    members: dict[str, "Member"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Access:
    """How a selector's value is read of a record `e`: an expression, and the steps that go on from there in a
    field that was kept as text (None: the expression is the value).
    """

    expression: str
    rest: tuple[Step, ...] | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """The record's type; the empty structs that stand in where an object is missing, by name; each root's
    field; and the roots that are decoded.
    """

    record: type[Struct]
    empty: Mapping[str, Struct]
    fields: Mapping[str, str]
    typed: Mapping[str, Member]

    def access(self, selector: Selector) -> Access:
        """How a selector is read."""
        path, *rest = _names(selector)
        name = f"e.{self.fields[path]}"
        if path not in self.typed:
            return Access(name, selector.steps[1:])
        member = self.typed[path]
        for key in rest:
            if key not in member.members:
                return Access("UNSET")  # below a text there is nothing
            name = f"({name} or {_empty(path)}).f{[*member.members].index(key)}"
            path, member = f"{path}.{key}", member.members[key]
        return Access(name) if member.text or member.members else Access(name, ())


def shape(eager: Iterable[Condition], late: Iterable[Condition], report: Iterable[Selector]) -> Shape:
    """Of the conditions that every event is asked, those that only events of known names are, and the texts
    that a report reads.
    """
    read = [*report, *(Selector((Name(one),)) for one in EVERY)]
    asked = [*eager, *(Comparison(one, "=", Text("")) for one in read)]
    roots: dict[str, list[Condition]] = {}
    for condition in (*asked, *late):
        roots.setdefault(_names(condition.selector)[0], []).append(condition)
    always = {_names(one.selector)[0] for one in asked}
    typed = {
        root: _member(found)
        for root, found in roots.items()
        if root in EVERY or ((root in always or _flat(found)) and _plain(found))
    }
    return _shape(list(roots), typed)


def _flat(conditions: Iterable[Condition]) -> bool:
    return all(len(one.selector.steps) == 1 for one in conditions)


def _plain(conditions: Sequence[Condition]) -> bool:
    """No index, wildcard or number, and no text where another condition looks for an object."""
    texts = {one.selector.steps for one in conditions if _wants_text(one)}
    inner = {one.selector.steps[:end] for one in conditions for end in range(1, len(one.selector.steps))}
    names = all(isinstance(step, Name) for one in conditions for step in one.selector.steps)
    numbers = any(isinstance(one, Comparison) and isinstance(one.value, Number) for one in conditions)
    return names and not numbers and not texts & inner


def _wants_text(condition: Condition) -> bool:
    return isinstance(condition, Comparison) or (isinstance(condition, Is) and condition.constant != "NULL")


def _member(conditions: Iterable[Condition]) -> Member:
    """The members below one root; those of EVERY are texts, whatever is looked for in them."""
    top = Member()
    for condition in conditions:
        root, *rest = _names(condition.selector)
        at = top
        for key in () if root in EVERY else rest:
            at = at.members.setdefault(key, Member())
        at.text = at.text or root in EVERY or _wants_text(condition)
    return top


def _names(selector: Selector) -> list[str]:
    """The names of a selector's steps; "" for an index or a wildcard."""
    return [step.name if isinstance(step, Name) else "" for step in selector.steps]


def _shape(roots: Sequence[str], typed: Mapping[str, Member]) -> Shape:
    fields = {root: root if root in (*EVERY, TIME) else f"r{number}" for number, root in enumerate(roots)}
    empty: dict[str, Struct] = {}
    kinds = [(fields[root], _kind(root, typed[root], empty) if root in typed else KEPT, UNSET) for root in roots]
    moment = [] if TIME in fields else [(TIME, MOMENT)]
    rename = {name: root for root, name in fields.items()}
    return Shape(defstruct("Event", [*kinds, *moment], rename=rename, gc=False, kw_only=True), empty, fields, typed)


def _kind(path: str, member: Member, empty: dict[str, Struct]) -> Any:
    """The type of a field: a text, a struct of what is looked at in it, or its JSON."""
    if not member.members:
        return LEAF if member.text else KEPT
    inner = [(key, _kind(f"{path}.{key}", one, empty)) for key, one in member.members.items()]
    members = [(f"f{number}", kind, UNSET) for number, (_, kind) in enumerate(inner)]
    rename = {f"f{number}": key for number, (key, _) in enumerate(inner)}
    made = defstruct("Object", members, rename=rename, gc=False)
    empty[_empty(path)] = made()
    return made | None | UnsetType


def _empty(path: str) -> str:
    return "none_" + path.encode("utf-8", "surrogatepass").hex()
