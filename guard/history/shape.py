"""The struct that a log's records are decoded into: what the rules and the report read, and nothing else.

A field that rules compare with texts is decoded as text, boolean or null; missing is UNSET. What else stands
there makes the decoder refuse the record, which is then read without types. An object whose members differ from
call to call is opened: those that rules look into are kept as JSON, and decoded when a rule asks. A field that
rules look into with an index, a wildcard or a number, or as a text beside, is kept as JSON whole; so is one with a
member whose name no struct can have. Where the record itself would need such a field, it is read without types.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, defstruct

from guard.pattern.ast import Comparison, Condition, Is, Name, Number, Selector, Step, Text

EVERY = ("eventID", "eventName")
TIME = "eventTime"  # decoded as a time, unless a rule looks at it
# The fields of an event as CloudTrail writes them: the decoder is quickest where a struct has them in this order.
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
ORDER = (
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "eventID",
    "eventType",
    "recipientAccountId",
)
STEADY = ("userIdentity", "tlsDetails")  # objects whose members are of one kind each, whatever the call
VARIED = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails", "resources")
MOMENT: Any = Annotated[datetime, Meta(tz=True)]
NAMED = re.compile(r'[^"\\\x00-\x1f\ud800-\udfff]+')  # what msgspec can rename a field to
LEAF: Any = str | bool | None | UnsetType
KEPT: Any = Raw | UnsetType


@dataclass(slots=True)
class Member:
    """A member of a record that is looked at: itself as a text, and what is looked at in it; or kept as JSON."""

    text: bool = False
    kept: bool = False
    members: dict[str, "Member"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Access:
    """How a selector's value is read of a record `e`: an expression, and the steps that go on from there in a
    field that was kept as JSON (None: the expression is the value).
    """

    expression: str
    rest: tuple[Step, ...] | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """The record's type; the empty structs that stand in where an object is missing, by name; each root's
    field; and what is decoded of each root.
    """

    record: type[Struct]
    empty: Mapping[str, Struct]
    fields: Mapping[str, str]
    roots: Mapping[str, Member]

    def access(self, selector: Selector) -> Access:
        """How a selector is read."""
        path, *rest = _names(selector)
        if path not in self.fields:
            return Access("refused()")
        name, member = f"e.{self.fields[path]}", self.roots[path]
        for depth, key in enumerate(rest, 1):
            if member.kept:
                return Access(name, selector.steps[depth:])
            if key not in member.members:
                return Access("UNSET")  # below a text there is nothing
            name = f"({name} or {_empty(path)}).f{[*member.members].index(key)}"
            path, member = f"{path}.{key}", member.members[key]
        return Access(name, () if member.kept else None)


def shape(conditions: Iterable[Condition], report: Iterable[Selector]) -> Shape:
    """Of the conditions of rules, and the texts that a report reads."""
    read = [*report, *(Selector((Name(one),)) for one in EVERY)]
    roots: dict[str, list[Condition]] = {}
    for condition in (*conditions, *(Comparison(one, "=", Text("")) for one in read)):
        roots.setdefault(_names(condition.selector)[0], []).append(condition)
    return _shape({root: _root(root, found) for root, found in roots.items() if NAMED.fullmatch(root)})


def _root(root: str, conditions: Sequence[Condition]) -> Member:
    """A root's members, as far as they are decoded."""
    if root in EVERY:  # a text, whatever is looked for in it
        return Member(text=True)
    flat = all(len(one.selector.steps) == 1 for one in conditions)
    if (root in STEADY or (flat and root not in VARIED)) and _plain(conditions):
        return _member(conditions)
    if not flat and all(map(_opens, conditions)):
        inner = [_names(one.selector)[1] for one in conditions if len(one.selector.steps) > 1]
        return Member(members={name: Member(kept=True) for name in inner})
    return Member(kept=True)


def _opens(condition: Condition) -> bool:
    """Whether it looks for a member by name, or whether there is an object at all."""
    _, *steps = condition.selector.steps
    return _named(steps[0]) if steps else not _wants_text(condition)


def _named(step: Step) -> bool:
    return isinstance(step, Name) and bool(NAMED.fullmatch(step.name))


def _plain(conditions: Sequence[Condition]) -> bool:
    """No index, wildcard or number, and no text where another condition looks for an object."""
    texts = {one.selector.steps for one in conditions if _wants_text(one)}
    inner = {one.selector.steps[:end] for one in conditions for end in range(1, len(one.selector.steps))}
    names = all(_named(step) for one in conditions for step in one.selector.steps)
    numbers = any(isinstance(one, Comparison) and isinstance(one.value, Number) for one in conditions)
    return names and not numbers and not texts & inner


def _wants_text(condition: Condition) -> bool:
    return isinstance(condition, Comparison) or (isinstance(condition, Is) and condition.constant != "NULL")


def _member(conditions: Iterable[Condition]) -> Member:
    """The members below one root; one that is only looked for is kept."""
    top = Member(kept=True)
    for condition in conditions:
        at = top
        for key in _names(condition.selector)[1:]:
            at.kept = False
            at = at.members.setdefault(key, Member(kept=True))
        if _wants_text(condition):
            at.text, at.kept = True, False
    return top


def _names(selector: Selector) -> list[str]:
    """The names of a selector's steps; "" for an index or a wildcard."""
    return [step.name if isinstance(step, Name) else "" for step in selector.steps]


def _shape(roots: Mapping[str, Member]) -> Shape:
    fields = {root: root if root in (*EVERY, TIME) else f"r{number}" for number, root in enumerate(roots)}
    empty: dict[str, Struct] = {}
    kinds: dict[str, Any] = {TIME: MOMENT, **{root: _kind(root, one, empty) for root, one in roots.items()}}
    rename = {name: root for root, name in fields.items()}
    ordered = sorted(kinds, key=lambda root: ORDER.index(root) if root in ORDER else len(ORDER))
    members = [
        (fields.get(root, root), kinds[root]) if root == TIME else (fields[root], kinds[root], UNSET)
        for root in ordered
    ]
    return Shape(defstruct("Event", members, rename=rename, gc=False, kw_only=True), empty, fields, roots)


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
