"""Findings in how a pattern is put together: G101 to G109."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from guard.pattern.ast import And, Comparison, Condition, Is, Node, NotExists, Or, Selector, Text, conditions
from guard.pattern.lexer import selector, tokens
from guard.pattern.text import condition as clause
from guard.pattern.text import selector as spelt
from guard.pattern.text import written
from guard.rules import record
from guard.rules.findings import Finding
from guard.rules.ordinary import matches_all
from guard.rules.satisfy import drops, satisfiable
from guard.rules.subject import Filter, Subject


def findings(subject: Subject) -> Iterator[Finding]:
    """What is odd in the logic and the writing of each of a rule's patterns."""
    for pattern in subject.filters:
        yield from _extent(subject, pattern)
        unguarded = [*_unguarded(pattern.root, ())]
        dropped = {one: drops(pattern.root, one) for one in {unequal.selector for unequal in unguarded}}
        yield from (_unequal(subject, pattern, unequal) for unequal in unguarded if dropped[unequal.selector])
        for condition in conditions(pattern.root):
            yield from _condition(subject, pattern, condition)
        yield from _mixed(subject, pattern)
        yield from _unquoted(subject, pattern)
        yield from _escaped(subject, pattern)


def _extent(subject: Subject, pattern: Filter) -> Iterator[Finding]:
    if matches_all(pattern.root):
        message = "the pattern matches events that it says nothing about, so nearly every event"
        fix = "join the `!=` clauses with `&&`, and name what must be there with `=`"
        yield subject.finding("G101", pattern.place, message, fix)
    elif not satisfiable(pattern.root):
        fix = "look for two clauses joined by `&&` that cannot both hold"
        yield subject.finding("G102", pattern.place, "no event can match the pattern", fix)
    elif not satisfiable(pattern.root, records=True) and not _text_for_boolean(pattern.root):
        message = "no record of CloudTrail can match: a clause asks for what its field never holds"
        fix = "look for `NOT EXISTS` on a field that is always there, and `<` or `IS` on a text"
        yield subject.finding("G102", pattern.place, message, fix)
    else:
        yield from _idle(subject, pattern, pattern.root)


def _idle(subject: Subject, pattern: Filter, node: Node) -> Iterator[Finding]:
    """Alternatives that no event can match, in a pattern that some events match."""
    for operand in node.operands if isinstance(node, And | Or) else ():
        if isinstance(node, And) or satisfiable(operand, records=True):
            yield from _idle(subject, pattern, operand)
        elif not _text_for_boolean(operand):
            place = pattern.find(spelt(conditions(operand)[0].selector))
            message = f"no event can match the alternative {written(operand)}"
            yield subject.finding("G102", place, message, "mend it, or leave it out")


def _text_for_boolean(root: Node) -> bool:
    """Whether G105 tells already why nothing matches."""
    return any(
        isinstance(condition, Comparison) and record.kind(record.names(condition.selector)) == "boolean"
        for condition in conditions(root)
    )


def _unguarded(node: Node, safe: tuple[Selector, ...]) -> Iterator[Comparison]:
    """The `!=` comparisons on fields that may be missing. `safe` holds the selectors that a clause joined by
    `&&` needs anyway, or one joined by `||` lets be missing.
    """
    if isinstance(node, And | Or):
        asks = _needs if isinstance(node, And) else _lets
        more = safe + tuple(part.selector for part in node.operands if asks(part) and not isinstance(part, And | Or))
        for operand in node.operands:
            yield from _unguarded(operand, more)
    elif isinstance(node, Comparison) and node.operator == "!=":
        path = record.names(node.selector)
        if ".".join(path) not in record.ALWAYS and record.kind(path) != "object" and node.selector not in safe:
            yield node


def _lets(node: Node) -> bool:
    return isinstance(node, NotExists)


def _needs(node: Node) -> bool:
    """Whether the clause holds only where its field exists, whatever a `!=` beside it says."""
    return isinstance(node, Is) or (isinstance(node, Comparison) and node.operator != "!=")


def _unequal(subject: Subject, pattern: Filter, condition: Comparison) -> Finding:
    field = spelt(condition.selector)
    return subject.finding(
        "G103",
        pattern.find(field, "!="),
        f"`{field} !=` is false where {field} is missing, so such events are dropped",
        f"write (({field} NOT EXISTS) || ({clause(condition)}))",
    )


def _condition(subject: Subject, pattern: Filter, condition: Condition) -> Iterator[Finding]:
    if not isinstance(condition, Comparison) or not isinstance(condition.value, Text):
        return
    field, text = spelt(condition.selector), condition.value.text
    place, kind = pattern.find(field), record.kind(record.names(condition.selector))
    if kind == "boolean":
        fix = f"write ({field} IS TRUE) or ({field} IS FALSE)"
        yield subject.finding("G105", place, f"{field} is a boolean, and a boolean is equal to no text", fix)
    elif text.upper() in ((_NULL,) if kind == "text" else (_NULL, *_OPPOSITE)) and _bare(pattern, condition, text):
        fix = f"{_meant(condition.operator, field, text.upper())}, or accept the finding if it is a text"
        yield subject.finding("G105", place, f"`{field} {condition.operator} {text}` sees the text only", fix)
    if field == "$.sourceIPAddress" and "/" in text:
        message, fix = f"no address is {text}, and networks cannot be named", "write how addresses begin, such as 10.*"
        yield subject.finding("G102", place, message, fix)
    if text and not text.strip("*"):
        fix = f"to test that {field} is there, compare it with what you look for; a star itself is {_STAR}"
        message = f"`{field} {condition.operator} *` sees texts and numbers, not booleans, lists or objects"
        yield subject.finding("G106", place, message, fix)
    elif "*" in text.strip("*"):
        fix = "put `*` at the ends, and join two clauses with `&&`"
        yield subject.finding("G108", place, f"AWS documents no `*` within a text: {text}", fix)


_NULL = "NULL"
_STAR = r"%^\*$%"
_OPPOSITE = {"TRUE": "FALSE", "FALSE": "TRUE"}


def _meant(operator: str, field: str, word: str) -> str:
    """What to write instead of a comparison with a bare word."""
    if operator == "!=" and word == _NULL:
        return f"there is no IS NOT NULL: compare {field} with what it must be"
    return f"write ({field} IS {_OPPOSITE[word] if operator == '!=' else word})"


def _bare(pattern: Filter, condition: Comparison, word: str) -> bool:
    """Whether the field, however it is spelt, is compared with the word, which stands there without quotes."""
    found = list(tokens(pattern.text))
    return any(
        (value.kind, value.text, operator.text) == ("word", word, condition.operator)
        and selector(field, pattern.text) == condition.selector
        for field, operator, value in zip(found, found[1:], found[2:], strict=False)
    )


_SKIP = re.compile(r'"(?:[^"\\]|\\.)*"|%[^%]*%|\[\'[^\']*\'\]')


def _blank(text: str) -> str:
    """The pattern with its quoted texts, regular expressions and quoted names blanked, as long as before."""
    return _SKIP.sub(lambda found: '"' + "_" * (len(found[0]) - 2) + '"', text)


@dataclass(slots=True)
class _Level:
    """What stands side by side within one pair of parentheses: joiners, parts in parentheses, bare ones. Each
    list holds offsets in the text.
    """

    joiners: dict[str, list[int]] = field(default_factory=dict)
    groups: list[int] = field(default_factory=list)
    bare: list[int] = field(default_factory=list)


def _levels(text: str) -> list[_Level]:
    """The levels of a pattern, the whole first."""
    every = [_Level()]
    ahead = every[:]
    for token in re.finditer(r"[()]|&&|\|\||\$", _blank(text)):
        here, at = ahead[-1], token.start()
        if token[0] == "(":
            here.groups.append(at)
            every.append(_Level())
            ahead.append(every[-1])
        elif token[0] == ")":
            ahead.pop()
        elif token[0] == "$":
            here.bare.append(at)
        else:
            here.joiners.setdefault(token[0], []).append(at)
    return every


def _mixed(subject: Subject, pattern: Filter) -> Iterator[Finding]:
    for level in _levels(pattern.text):
        if len(level.joiners) > 1:
            at = max(offsets[0] for offsets in level.joiners.values())
            message = "`&&` binds tighter than `||`, and here both stand side by side"
            yield subject.finding("G104", pattern.at(at), message, "put parentheses round each part")
        elif level.bare and level.groups:
            message = "a condition without parentheses stands beside one with them; CloudWatch has dropped such"
            yield subject.finding("G109", pattern.at(level.bare[0]), message, "put parentheses round each condition")


_BARE = re.compile(r"(?:!=|=)\s*([^\s\"()&|{}]+)")
_SAFE = re.compile(r"[\w.]+\*?|\*|[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def _unquoted(subject: Subject, pattern: Filter) -> Iterator[Finding]:
    for found in _BARE.finditer(_blank(pattern.text)):
        if not _SAFE.fullmatch(found[1]):
            message = f"AWS documents no bare text such as {found[1]}"
            yield subject.finding("G107", pattern.at(found.start(1)), message, f'write "{found[1]}"')


def _escaped(subject: Subject, pattern: Filter) -> Iterator[Finding]:
    for quoted in _SKIP.finditer(pattern.text):
        escapes = re.finditer(r"\\(.)", quoted[0], re.DOTALL) if quoted[0].startswith('"') else ()
        for escape in escapes:
            if escape[1] not in ('"', "\\"):
                fix = (
                    f"no escape in quotes makes * a plain character; {_STAR} sees one"
                    if escape[1] == "*"
                    else r"write \\ for a backslash"
                )
                place = pattern.at(quoted.start() + escape.start())
                yield subject.finding("G107", place, f"AWS documents no escape {escape[0]}", fix)
