"""The conditions of an exclusion: as clauses that let through all but what they name, and as a pattern of it.

`!=` is false on a missing field, on null and on a boolean, so `$.userAgent != "x"` alone would silence every event
without a user agent. Each clause therefore lets through what the field may hold instead of a text: `NOT EXISTS`,
`IS NULL`, and, where a service chooses what it writes, `IS TRUE` and `IS FALSE`. No condition of the language holds
for an empty list or object and not for a text as well, so events with a list or an object there are silenced.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from guard.errors import PatternError
from guard.pattern import parse
from guard.pattern.ast import And, Comparison, Is, Node, NotExists, Selector, Text, Wildcard
from guard.pattern.text import quoted
from guard.rules import record

Wanted: TypeAlias = "str | bool"
Item: TypeAlias = Mapping[str, Wanted]
SELECTORS = {
    "source_ip": "$.sourceIPAddress",
    "service": "$.userIdentity.invokedBy",
    "user_agent": "$.userAgent",
}
KNOWN = ", ".join(("principal", *SELECTORS))
_PRINCIPAL = re.compile(r"arn:[^:]*:(?:iam|sts):\*?:(?P<account>[^:]*):(?P<kind>[a-z-]+)(?P<name>/.+)?")
# A session of a role has an ARN of its own, without the role's path; the role's stands in the session's issuer.
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
_PRINCIPALS = {
    "role": "$.userIdentity.sessionContext.sessionIssuer.arn",
    "user": "$.userIdentity.arn",
    "root": "$.userIdentity.arn",
    "assumed-role": "$.userIdentity.arn",
    "federated-user": "$.userIdentity.arn",
}
_NO_TEXT = ("NOT EXISTS", "IS NULL", "IS TRUE", "IS FALSE")


class ConditionError(ValueError):
    """A condition that cannot be compiled; `fix` says what to write."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.fix = fix


def clauses(items: Iterable[Item]) -> list[str]:
    """The clauses, all of which an event must fulfil to be counted; items that test one field share one. Raises
    ConditionError.
    """
    alone: dict[str, list[str]] = {}
    joint = []
    for item in items:
        tests = [_test(key, value) for key, value in item.items()]
        field, value = tests[0]
        if len(tests) == 1 and isinstance(value, str):
            alone.setdefault(field, []).append(_unequal(field, value))
        else:
            joint.append(" || ".join(part for field, value in tests for part in _otherwise(field, value)))
    single = [" || ".join((*_absent(field), _all(parts))) for field, parts in alone.items()]
    return [f"({clause})" for clause in dict.fromkeys((*single, *joint))]


def named(item: Item) -> Node:
    """The tree that matches what an item names. Raises ConditionError."""
    parts = tuple(_equal(*_test(key, value)) for key, value in item.items())
    return And(parts) if len(parts) > 1 else parts[0]


def _equal(field: str, value: Wanted) -> Node:
    selector = _parsed(field)
    if isinstance(value, bool):
        return Is(selector, "TRUE" if value else "FALSE")
    return Comparison(selector, "=", Text(value))


def _otherwise(field: str, value: Wanted) -> Iterator[str]:
    """The alternatives to a field's holding a value."""
    if isinstance(value, bool):
        yield f"({field} NOT EXISTS)"
        yield f"({field} IS NULL)"
        yield f"({field} {_is(not value)})"
        if _kind(field) != "boolean":
            yield f'({field} = "*")'
    else:
        yield from _absent(field)
        yield _unequal(field, value)


def _absent(field: str) -> Iterator[str]:
    """What may stand in a field in place of a text."""
    kind = _kind(field)
    for form in () if kind == "always" else _NO_TEXT[: 2 if kind == "text" else 4]:
        yield f"({field} {form})"


def _is(value: bool) -> str:  # noqa: FBT001 - a value of an event
    return "IS TRUE" if value else "IS FALSE"


def _all(parts: list[str]) -> str:
    unique = list(dict.fromkeys(parts))
    return unique[0] if len(unique) == 1 else "(" + " && ".join(unique) + ")"


def _unequal(field: str, value: str) -> str:
    """`(field != "value")`; around a `*` within the value, unequal before or unequal after it, or else too short
    for both.
    """
    if not value.strip("*"):
        raise ConditionError("'*' names everything", "name what is excluded")
    before, *after = re.split(r"(?<=[^*])\*+(?=[^*])", value)
    if not after:
        return f"({field} != {quoted(value)})"
    fix = "keep one within the text, or use `*` at its ends"
    if len(after) > 1 or (before.startswith("*") and after[0].endswith("*")):
        raise ConditionError(f"'{value}' has too many '*'", fix)
    parts = [f"({field} != {quoted(f'{before}*')})", f"({field} != {quoted(f'*{after[0]}')})"]
    shared = _shared(before, after[0])
    if shared and "*" in (before[0], after[0][-1]):
        raise ConditionError(f"'{value}' has too many '*' round '{shared[0]}'", fix)
    return "(" + " || ".join((*parts, *(f"({field} = {quoted(text)})" for text in shared))) + ")"


def _shared(before: str, after: str) -> list[str]:
    """The texts that begin with one part and end with the other, but are shorter than both."""
    head, tail = before.lstrip("*"), after.rstrip("*")
    sizes = range(1, min(len(head), len(tail)) + 1)
    found = [head + tail[size:] for size in sizes if head.endswith(tail[:size])]
    within = (before[0] == "*" and head in tail and tail) or (after[-1] == "*" and tail in head and head)
    return [*found, within] if within else found


def _test(key: str, value: Wanted) -> tuple[str, Wanted]:
    """The selector and the value that a condition compares."""
    if key.startswith("$"):
        return _selector(key, value), value
    if key != "principal" and key not in SELECTORS:
        raise ConditionError(f"unknown condition '{key}'", f"use {KNOWN} or a selector such as $.eventName")
    if isinstance(value, bool):
        raise ConditionError(f"'{key}' is true or false", "write a text")
    return _principal(value) if key == "principal" else (SELECTORS[key], value)


def _principal(value: str) -> tuple[str, str]:
    found = _PRINCIPAL.fullmatch(value)
    if not found or found["kind"] not in _PRINCIPALS or (found["kind"] == "root") != (found["name"] is None):
        fix = "write the ARN of a role, user or session, such as arn:aws:iam::*:role/deploy"
        raise ConditionError(f"'{value}' is no principal", fix)
    if found["account"] == "*":
        value = f"*:{found['kind']}{found['name'] or ''}"
    return _PRINCIPALS[found["kind"]], value


def _selector(text: str, value: Wanted) -> str:
    field = f"{text} of an exclusion"
    try:
        chosen = _parsed(text)
    except PatternError as error:
        raise ConditionError(f"'{text}' is no selector", error.hint or error.message) from error
    if any(isinstance(step, Wildcard) for step in chosen.steps):
        raise ConditionError(f"'{text}' cannot be excluded by", "name one field, without a wildcard")
    kind = _kind(text)
    if kind in ("object", "list"):
        raise ConditionError(f"{field} holds {'a list' if kind == 'list' else 'an object'}", "name a field in it")
    if kind == "boolean" and not isinstance(value, bool):
        raise ConditionError(f"{field} holds true or false, no text", "write true or false without quotes")
    if kind in ("always", "text") and isinstance(value, bool):
        raise ConditionError(f"{field} holds a text", "write the value in quotes")
    return text


def _parsed(text: str) -> Selector:
    root = parse(f"{{ {text} NOT EXISTS }}").root
    if not isinstance(root, NotExists):
        raise ConditionError(f"'{text}' cannot be excluded by", "name one field, without a wildcard")
    return root.selector


def _kind(field: str) -> record.Kind:
    """What the record holds at a selector."""
    return record.kind(record.names(_parsed(field)))
