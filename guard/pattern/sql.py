"""Writes a tree as a condition of Athena's SQL (Trino) over AWS's table of CloudTrail logs, and says how true it is.

https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html names the columns.
Texts are columns, the identity is a struct, and what a call was given and gave back is kept as JSON text. In
columns and structs a missing field and a null are one, and booleans are texts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from guard.pattern import text as writer
from guard.pattern import wildcard
from guard.pattern.ast import (
    And,
    Comparison,
    Condition,
    Index,
    Is,
    Name,
    Node,
    NotExists,
    Number,
    Or,
    Selector,
    Text,
    conditions,
)
from guard.pattern.regex import portable

Mark: TypeAlias = Literal["exact", "wider", "narrower", "impossible"]
TEXTS = (
    *("eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent"),
    *("errorCode", "errorMessage", "requestID", "eventID", "eventType", "apiVersion", "recipientAccountId"),
    *("sharedEventID", "vpcEndpointId", "vpcEndpointAccountId", "eventCategory", "sessionCredentialFromConsole"),
)
BOOLEANS = ("readOnly",)
JSON = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails")
STRUCTS = (
    *(f"userIdentity.{one}" for one in ("type", "principalId", "arn", "accountId", "invokedBy", "accessKeyId")),
    *("userIdentity.userName", "userIdentity.onBehalfOf.userId", "userIdentity.onBehalfOf.identityStoreArn"),
    *(f"userIdentity.sessionContext.attributes.{one}" for one in ("mfaAuthenticated", "creationDate")),
    *(
        f"userIdentity.sessionContext.sessionIssuer.{one}"
        for one in ("type", "principalId", "arn", "accountId", "userName")
    ),
    *("userIdentity.sessionContext.ec2RoleDelivery", "tlsDetails.tlsVersion", "tlsDetails.cipherSuite"),
    *("tlsDetails.clientProvidedHostHeader", "addendum.reason", "addendum.updatedFields"),
)
COLUMNS = frozenset((*TEXTS, *STRUCTS))
BOOLEAN_TEXTS = {"TRUE": "true", "FALSE": "false"}
_JOINERS = {And: " AND ", Or: " OR "}
_KEY = re.compile(r'[^"\\\x00-\x1f]+')


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition's SQL, which is true or false and never NULL, and how it differs from the condition."""

    sql: str
    mark: Mark = "exact"


@dataclass(frozen=True, slots=True)
class Statement:
    """A tree's SQL ("" where the table cannot answer), its mark, and the selectors that are not exact."""

    sql: str
    mark: str
    selectors: tuple[tuple[str, Mark], ...] = ()


def statement(root: Node) -> Statement:
    """A tree's condition. Of a tree that is wider in one place and narrower in another, both are said."""
    marks = {(writer.selector(node.selector), mark) for node in conditions(root) if (mark := clause(node).mark)}
    odd = tuple(sorted(one for one in marks if one[1] != "exact"))
    said = [mark for mark in ("impossible", "wider", "narrower") if mark in {one[1] for one in odd}]
    if "impossible" in said:
        return Statement("", "impossible", odd)
    return Statement(_written(root), " and ".join(said) or "exact", odd)


def _written(node: Node) -> str:
    if isinstance(node, And | Or):
        return f"({_JOINERS[type(node)].join(map(_written, node.operands))})"
    return clause(node).sql


def clause(node: Condition) -> Clause:
    """One condition. Fields are taken to have the types that AWS documents."""
    path = _names(node.selector)
    if path in COLUMNS:
        return _column(node, path.lower())
    if path in BOOLEANS:
        return _boolean(node, path.lower())
    root = _names(Selector(node.selector.steps[:1]))
    if root in JSON:
        return _json(node, root.lower(), node.selector.steps[1:])
    return Clause("", "impossible")


def _names(selector: Selector) -> str:
    """A path as the table's documentation has it; "" for an index, a wildcard or a name with a dot."""
    return ".".join(one.name if isinstance(one, Name) and "." not in one.name else "" for one in selector.steps)


def _column(node: Condition, column: str) -> Clause:
    """A text: a JSON boolean never stands there, a number neither."""
    if isinstance(node, NotExists):
        return Clause(f"{column} IS NULL", "wider")
    if isinstance(node, Is):
        return Clause(f"{column} IS NULL", "wider") if node.constant == "NULL" else Clause("false")
    if isinstance(node.value, Number):
        return _text_number(node, column)
    return Clause(_compared(node, column))


def _text_number(node: Comparison, column: str) -> Clause:
    """A number's literal compares with a text by its letters, and only for equality."""
    if node.operator not in ("=", "!=") or not isinstance(node.value, Number):
        return Clause("false")
    return Clause(_compared(Comparison(node.selector, node.operator, Text(node.value.lexeme)), column))


def _boolean(node: Condition, column: str) -> Clause:
    """A boolean, kept as a text."""
    if isinstance(node, Is) and node.constant != "NULL":
        return Clause(f"coalesce({column} = '{BOOLEAN_TEXTS[node.constant]}', false)")
    return _column(node, column) if isinstance(node, Is | NotExists) else Clause("false")


def _json(node: Condition, column: str, rest: Sequence[object]) -> Clause:  # noqa: PLR0911 - a case a line
    """A field inside JSON text, whose type shows in how it is written: a string begins with a quote."""
    if not rest:
        known = isinstance(node, NotExists) or (isinstance(node, Is) and node.constant == "NULL")
        return Clause(f"{column} IS NULL", "wider") if known else Clause("", "impossible")
    path = _path(rest)
    if path is None:
        return Clause("", "impossible")
    found = f"json_extract({column}, {quoted(path)})"
    kind, scalar = f"json_format({found})", f"json_extract_scalar({column}, {quoted(path)})"
    if isinstance(node, NotExists):
        return Clause(f"{found} IS NULL")
    if isinstance(node, Is):
        if node.constant == "NULL":  # an array that holds a null is null to a filter
            return Clause(f"coalesce({kind} = 'null', false)", "narrower")
        return Clause(f"coalesce({kind} = '{BOOLEAN_TEXTS[node.constant]}', false)")
    if isinstance(node.value, Number):
        return _json_number(node, kind, scalar)
    either = any(_holds(node, one) for one in BOOLEAN_TEXTS.values())
    no_boolean = f" AND {kind} NOT IN ('true', 'false')" if either else ""
    return Clause(f"({_compared(node, scalar)}{no_boolean})")


def _json_number(node: Comparison, kind: str, scalar: str) -> Clause:
    """By size with a number, by letters with a text."""
    number = f"try_cast({scalar} AS DOUBLE) {_sign(node)} {_literal(node)}"
    sized = f"coalesce({kind} NOT LIKE '\"%' AND {number}, false)"
    text = _text_number(node, scalar).sql
    return Clause(sized if text == "false" else f"({sized} OR (coalesce({kind} LIKE '\"%', false) AND {text}))")


def _literal(node: Comparison) -> str:
    lexeme = node.value.lexeme if isinstance(node.value, Number) else "0"
    return f"CAST('{lexeme}' AS DOUBLE)"


def _holds(node: Comparison, value: str) -> bool:
    fits = wildcard.fits(node.value.text)(value) if isinstance(node.value, Text) else True
    return fits if node.operator == "=" or not isinstance(node.value, Text) else not fits


def _compared(node: Comparison, found: str) -> str:
    """A text compared with a text or a regular expression; NULL is false, for `!=` too."""
    value, equal = node.value, node.operator == "="
    if isinstance(value, Text) and "*" not in value.text:
        return f"coalesce({found} {_sign(node)} {quoted(value.text)}, false)"
    if isinstance(value, Text):
        like = re.sub(r"([\\%_])", r"\\\1", value.text).replace("*", "%")
        return f"coalesce({found} {'' if equal else 'NOT '}LIKE {quoted(like)} ESCAPE '\\', false)"
    source = getattr(value, "source", "")
    test = f"regexp_like({found}, {quoted(portable(source))})"
    return f"coalesce({test if equal else f'NOT {test}'}, false)"


def _sign(node: Comparison) -> str:
    return "<>" if node.operator == "!=" else node.operator


def _path(steps: Sequence[object]) -> str | None:
    """A JSON path; None where a step is a wildcard, or a name that no path can hold."""
    parts = []
    for one in steps:
        if isinstance(one, Index):
            parts.append(f"[{one.index}]")
        elif isinstance(one, Name) and _KEY.fullmatch(one.name):
            parts.append(f'["{one.name}"]')
        else:
            return None
    return "$" + "".join(parts)


def quoted(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"
