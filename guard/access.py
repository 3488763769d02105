"""Would AWS allow it? Policy documents evaluated against one request, as IAM does.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import fnmatch
import ipaddress
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cache
from typing import Any, Literal

from guard.errors import GuardError

Decision = Literal["allow", "deny", "implicit"]
Document = Mapping[str, Any]
Test = Callable[[str, str], bool]


class PolicyError(GuardError):
    """A policy document that AWS would not have taken."""


@dataclass(frozen=True, slots=True)
class Request:
    """A call: who (`{"Service": "sns.amazonaws.com"}`, `{"AWS": ARN}`), what, on which ARN, with which
    condition keys (`aws:SourceArn` -> value or values).
    """

    principal: Mapping[str, str]
    action: str
    resource: str
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    def values(self, key: str) -> tuple[str, ...] | None:
        """The values of a condition key, whose name's case does not count; None where the call has none."""
        for name, value in self.context.items():
            if name.lower() == key.lower():
                return (value,) if isinstance(value, str) else value
        return None


def decide(documents: Iterable[Document], request: Request) -> Decision:
    """What the documents say of a request: "deny" wins over "allow", and "implicit" is nothing said.

    Statements without a principal (identity policies) speak of whoever holds them. Raises PolicyError.
    """
    effects = {
        statement.get("Effect")
        for document in documents
        for statement in _several(document.get("Statement", ()))
        if applies(statement, request)
    }
    return "deny" if "Deny" in effects else "allow" if "Allow" in effects else "implicit"


def allowed(documents: Iterable[Document], request: Request) -> bool:
    """Whether the documents alone allow a request."""
    return decide(documents, request) == "allow"


def applies(statement: Mapping[str, Any], request: Request) -> bool:
    """Whether a statement speaks of the request."""
    return (
        _part(statement, "Principal", lambda given: _principal(given, request.principal))
        and _part(statement, "Action", lambda given: _action(given, request.action))
        and _part(statement, "Resource", lambda given: _resource(given, request))
        and all(
            _condition(name, key, tuple(map(_text, _several(wanted))), request)
            for name, block in statement.get("Condition", {}).items()
            for key, wanted in block.items()
        )
    )


def _part(statement: Mapping[str, Any], name: str, holds: Callable[[Any], bool]) -> bool:
    """An element, or its `Not...` form; one that isn't there leaves everything open."""
    if name in statement:
        return holds(statement[name])
    if f"Not{name}" in statement:
        return not holds(statement[f"Not{name}"])
    return True


def _principal(given: Any, who: Mapping[str, str]) -> bool:
    if given == "*":
        return True
    if not isinstance(given, Mapping):
        raise PolicyError(f"a principal is '*' or a map such as {{AWS: ...}}, not {given!r}")
    if "*" in _several(given.get("AWS", ())):
        return True  # everybody, services too
    return any(
        one == name or (kind == "AWS" and _same_account(str(one), name))
        for kind, name in who.items()
        for one in _several(given.get(kind, ()))
    )


def _same_account(one: str, arn: str) -> bool:
    """An account (its number, or the ARN of its root) stands for all its identities."""
    number = one if one.isdigit() else one.split(":")[4] if one.endswith(":root") else ""
    return bool(number) and number == ":".join([arn, *":::::"]).split(":")[4]


def _action(given: Any, action: str) -> bool:
    return any(_like(str(one).lower(), action.lower()) for one in _several(given))


def _resource(given: Any, request: Request) -> bool:
    return any(one == "*" or _arn_like(filled(str(one), request), request.resource) for one in _several(given))


def filled(text: str, request: Request) -> str:
    """A policy's text with its variables (`${aws:PrincipalAccount}`) filled; one that the request does not
    have matches nothing.
    """

    def value(match: re.Match[str]) -> str:
        literal = {"*": "[*]", "?": "[?]", "$": "$"}.get(match[1])
        if literal:
            return literal
        found = request.values(match[1].split(",")[0].strip())
        return found[0] if found else "\0"

    return re.sub(r"\$\{([^}]*)\}", value, text)


def _condition(name: str, key: str, wanted: tuple[str, ...], request: Request) -> bool:
    """One line of a condition block: values are alternatives, and of a negated test none may hold."""
    quantifier, _, rest = name.rpartition(":")
    if_exists = rest.endswith("IfExists")
    test_name = rest.removesuffix("IfExists")
    found = request.values(key)
    if test_name == "Null":
        return (found is None) == (wanted[0].lower() == "true")
    if test_name not in TESTS:
        raise PolicyError(f"'{name}' is no condition operator")
    test, negated = TESTS[test_name]
    if not found:
        return if_exists or negated or quantifier == "ForAllValues"
    verdicts = [any(test(filled(one, request), value) for one in wanted) != negated for value in found]
    return all(verdicts) if quantifier == "ForAllValues" or (negated and not quantifier) else any(verdicts)


def _several(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """`*` and `?` as IAM has them; `[*]` and `[?]` are themselves."""
    return re.compile(fnmatch.translate(re.sub(r"\[(?![*?]\])", "[[]", text)))


def _like(pattern: str, value: str) -> bool:
    return bool(_pattern(pattern).match(value))


def _arn_like(pattern: str, arn: str) -> bool:
    """Each of an ARN's six parts by itself: no wildcard spans a colon but in the last."""
    if pattern == "*":
        return True
    wanted, given = pattern.split(":", 5), arn.split(":", 5)
    return len(wanted) == len(given) and all(map(_like, wanted, given))


def _ordered(read: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Test:
    """Of texts that are numbers or dates; what is none fits nothing."""

    def test(wanted: str, value: str) -> bool:
        try:
            return compare(read(value), read(wanted))
        except ValueError:
            return False

    return test


def _moment(text: str) -> datetime:
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return datetime.fromtimestamp(float(text), timezone.utc)
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def _address(wanted: str, value: str) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def _equal(wanted: str, value: str) -> bool:
    return wanted == value


def _equal_ignoring_case(wanted: str, value: str) -> bool:
    return wanted.lower() == value.lower()


_EQUAL: Mapping[str, Test] = {
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_ignoring_case,
    "StringLike": _like,
    "ArnEquals": _arn_like,  # AWS: ArnEquals and ArnLike behave the same
    "ArnLike": _arn_like,
    "BinaryEquals": _equal,
    "Bool": _equal_ignoring_case,
    "IpAddress": _address,
    "NumericEquals": _ordered(float, operator.eq),
    "DateEquals": _ordered(_moment, operator.eq),
}
_NOT = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
_ORDERS = {
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
# operator -> (how it compares what the policy has with what the call has, whether it is negated)
TESTS: Mapping[str, tuple[Test, bool]] = {
    **{name: (test, False) for name, test in _EQUAL.items()},
    **{name: (_EQUAL[base], True) for name, base in _NOT.items()},
    **{f"Numeric{name}": (_ordered(float, compare), False) for name, compare in _ORDERS.items()},
    **{f"Date{name}": (_ordered(_moment, compare), False) for name, compare in _ORDERS.items()},
}
