"""Writes a tree as a CloudWatch Logs Insights query that shows who, what, where and when.

Each comparison is guarded with `ispresent`, so that a missing field behaves as in the pattern. Documented
semantics: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html and
CWL_AnalyzeLogData-discoverable-fields.html there. What Insights cannot say is named in the comment.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from guard.pattern import text as writer
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
    Regex,
    Selector,
    Text,
    Wildcard,
    conditions,
)
from guard.pattern.names import event_names
from guard.pattern.regex import portable

LIMIT = 100
LONGEST = 10_000  # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
WHO = "coalesce(userIdentity.arn, userIdentity.userName, userIdentity.invokedBy, userIdentity.type) as who"
FIELDS = (
    "eventTime",
    WHO,
    "userIdentity.accountId as whose",
    "concat(eventSource, ' ', eventName) as what",
    "concat(recipientAccountId, ' ', awsRegion, ' ', sourceIPAddress) as where_from",
    "errorCode",
    "eventID",
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SLASH = re.compile(r"(?<!\\)((?:\\\\)*)/")  # an escaped backslash before it is no escape of it
_JOINERS = {And: " and ", Or: " or "}


def query(*roots: Node, title: str = "") -> str:
    """The query of one tree, or of several of which any may match. Where it would be too long it shows more, and
    says so.
    """
    root = _either(roots)
    head = [f"# {' '.join(title.split())}"] if title else []
    exact = [*head, *(f"# Insights may not see {one} as the metric filter does." for one in sorted(set(unsure(root))))]
    wider = [*head, "# It shows more than is counted: the filters are too long for a query."]
    notes_and_filters = ((exact, _filter(root)), (wider, _named(root)), (wider, "ispresent(eventName)"))
    return next(text for text in (_written(*one) for one in notes_and_filters) if len(text) <= LONGEST)


def _written(notes: Iterable[str], condition: str) -> str:
    fields = f"fields {', '.join(FIELDS)}"
    return "\n".join([*notes, fields, f"| filter {condition}", "| sort eventTime desc", f"| limit {LIMIT}"])


def _either(roots: Sequence[Node]) -> Node:
    """One tree of several of which any may match; what all of them ask is asked once."""
    parts = [root.operands if isinstance(root, And) else (root,) for root in roots]
    shared = tuple(one for one in parts[0] if all(one in part for part in parts))
    rest = [tuple(one for one in part if one not in shared) for part in parts]
    if not all(rest):
        return _one(And, shared)
    return _one(And, (_one(Or, tuple(_one(And, part) for part in rest)), *shared))


def _one(kind: type[And] | type[Or], operands: tuple[Node, ...]) -> Node:
    return operands[0] if len(operands) == 1 else kind(operands)


def _named(root: Node) -> str:
    """By the event names alone, where they are known."""
    names = event_names(root)
    return "ispresent(eventName)" if names is None else f"eventName in [{', '.join(map(writer.quoted, sorted(names)))}]"


def unsure(root: Node) -> Iterator[str]:
    """The selectors whose values Insights does not discover as the pattern reads them."""
    for one in conditions(root):
        if any(isinstance(step, Wildcard) for step in one.selector.steps) or _null(one):
            yield writer.selector(one.selector)


def _null(node: Condition) -> bool:
    return isinstance(node, Is) and node.constant == "NULL"


def _filter(node: Node) -> str:
    if isinstance(node, And | Or):
        parts = (f"({_filter(one)})" if isinstance(one, And | Or) else _filter(one) for one in node.operands)
        return _JOINERS[type(node)].join(parts)
    if any(isinstance(step, Wildcard) for step in node.selector.steps):
        like = "not like" if isinstance(node, NotExists) else "like"
        return f"@message {like} {_slashed(re.escape(_last_name(node.selector)))}"
    return _condition(node, field(node.selector))


def _condition(node: Condition, name: str) -> str:
    if isinstance(node, NotExists):
        return f"not ispresent({name})"
    if isinstance(node, Is):
        # A JSON boolean is 1 or 0 in Insights; a null field is not discovered.
        truth = f"(ispresent({name}) and {name} = {int(node.constant == 'TRUE')})"
        return f"not ispresent({name})" if _null(node) else truth
    return f"(ispresent({name}) and {name} {_test(node)})"


def _test(node: Comparison) -> str:
    value = node.value
    if isinstance(value, Number):
        return f"{node.operator} {value.lexeme}"
    like = "like" if node.operator == "=" else "not like"
    if isinstance(value, Regex):
        return f"{like} {_slashed(portable(value.source))}"
    if isinstance(value, Text) and "*" in value.text:
        return f"{like} {_slashed(_searched(value.text))}"
    return f"{node.operator} {writer.quoted(value.text)}"


def _searched(text: str) -> str:
    """What finds a text with `*`; a `.` stands for no line break, so none is written where the text may go on."""
    inner = ".*".join(map(re.escape, text.strip("*").split("*")))
    return f"{'' if text.startswith('*') else '^'}{inner or '.*'}{'' if text.endswith('*') else '$'}"


def field(selector: Selector) -> str:
    """The name by which Insights knows what a selector finds: `a.b.0`."""
    parts = [step.name if isinstance(step, Name) else str(getattr(step, "index", "*")) for step in selector.steps]
    plain = all(
        _PLAIN.fullmatch(part) or isinstance(step, Index) for part, step in zip(parts, selector.steps, strict=True)
    )
    name = ".".join(parts)
    return name if plain else f"`{name}`"


def _last_name(selector: Selector) -> str:
    names = [step.name for step in selector.steps if isinstance(step, Name)]
    return f'"{names[-1]}"' if names else '"'


def _slashed(expression: str) -> str:
    return "/" + _SLASH.sub(r"\1\\/", expression) + "/"
