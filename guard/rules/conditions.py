"""The conditions of an exclusion as clauses of a filter pattern that are false for what they name only.

`!=` is false on a missing field and on null, so `$.userAgent != "x"` alone would silence every event without
a user agent. Each clause therefore lets through what lacks the field: `NOT EXISTS`, `IS NULL`, then `!=`.
A field that holds a list, an object or a boolean has no such form: do not exclude by one.
"""

import re
from collections.abc import Iterable, Mapping

from guard.errors import PatternError
from guard.pattern import parse
from guard.pattern.ast import NotExists, Wildcard

SELECTORS = {
    "source_ip": "$.sourceIPAddress",
    "service": "$.userIdentity.invokedBy",
    "user_agent": "$.userAgent",
}
_PRINCIPAL = re.compile(r"arn:[^:]*:(?:iam|sts):[^:]*:(?P<account>[^:]*):(?P<kind>[a-z-]+)(?P<name>/.+)?")
# A session of a role has an ARN of its own; the role's stands in the session's issuer.
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
_PRINCIPALS = {
    "role": "$.userIdentity.sessionContext.sessionIssuer.arn",
    "user": "$.userIdentity.arn",
    "root": "$.userIdentity.arn",
    "assumed-role": "$.userIdentity.arn",
    "federated-user": "$.userIdentity.arn",
}


class ConditionError(ValueError):
    """A condition that cannot be compiled; `fix` says what to write."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.fix = fix


def clauses(items: Iterable[Mapping[str, str]]) -> list[str]:
    """The clauses, all of which an event must fulfil to be counted; items that test one field share one."""
    alone: dict[str, list[str]] = {}
    joint = []
    for item in items:
        tests = [_test(key, value) for key, value in item.items()]
        if len(tests) == 1:
            alone.setdefault(tests[0][0], []).append(_unequal(*tests[0]))
        else:
            joint.append(" || ".join(f"{_absent(field)} || {_unequal(field, value)}" for field, value in tests))
    single = [f"{_absent(field)} || {_all(parts)}" for field, parts in alone.items()]
    return [f"({clause})" for clause in (*single, *joint)]


def _absent(field: str) -> str:
    return f"({field} NOT EXISTS) || ({field} IS NULL)"


def _all(parts: list[str]) -> str:
    unique = list(dict.fromkeys(parts))
    return unique[0] if len(unique) == 1 else "(" + " && ".join(unique) + ")"


def _unequal(field: str, value: str) -> str:
    """`(field != "value")`; around a `*` within the value, unequal before or unequal after it."""
    parts = [f'({field} != "{part}")' for part in _parts(value)]
    return parts[0] if len(parts) == 1 else "(" + " || ".join(parts) + ")"


def _parts(value: str) -> list[str]:
    """The value as literals with `*` at their ends only: AWS does not document one in the middle."""
    if not value.strip("*"):
        raise ConditionError("'*' names everything", "name what is excluded")
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    head, *tail = re.split(r"(?<=[^*])\*+(?=[^*])", quoted)
    if not tail:
        return [quoted]
    if len(tail) > 1 or (head.startswith("*") and tail[0].endswith("*")):
        raise ConditionError(f"'{value}' has too many '*'", "keep one within the text, or use `*` at its ends")
    return [f"{head}*", f"*{tail[0]}"]


def _test(key: str, value: str) -> tuple[str, str]:
    """The selector and the value that a condition compares."""
    if key == "principal":
        return _principal(value)
    if key in SELECTORS:
        return SELECTORS[key], value
    if not key.startswith("$"):
        known = ", ".join(("principal", *SELECTORS))
        raise ConditionError(f"unknown condition '{key}'", f"use {known} or a selector such as $.eventName")
    return _selector(key), value


def _principal(value: str) -> tuple[str, str]:
    found = _PRINCIPAL.fullmatch(value)
    if not found or found["kind"] not in _PRINCIPALS:
        fix = "write the ARN of a role, user or session, such as arn:aws:iam::*:role/deploy"
        raise ConditionError(f"'{value}' is no principal", fix)
    if found["account"] == "*":
        value = f"*:{found['kind']}{found['name'] or ''}"
    return _PRINCIPALS[found["kind"]], value


def _selector(text: str) -> str:
    try:
        root = parse(f"{{ {text} NOT EXISTS }}").root
    except PatternError as error:
        raise ConditionError(f"'{text}' is no selector", error.hint or error.message) from error
    if not isinstance(root, NotExists) or any(isinstance(step, Wildcard) for step in root.selector.steps):
        raise ConditionError(f"'{text}' cannot be excluded by", "name one field, without a wildcard")
    return text
