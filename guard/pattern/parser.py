"""Parses a JSON filter pattern into its tree.

    pattern    = "{" or "}"
    or         = and { "||" and }
    and        = primary { "&&" primary }
    primary    = "(" or ")" | condition
    condition  = selector ( ("=" | "!=") value | ("<" | "<=" | ">" | ">=") number
                          | "IS" ("NULL" | "TRUE" | "FALSE") | "NOT" "EXISTS" )
    value      = number | word | quoted string | %regular expression%

Parentheses are kept on a stack of our own, so that no depth of them overflows Python's.
"""

import re
from dataclasses import dataclass, field
from typing import cast

from guard.errors import PatternError
from guard.pattern import regex
from guard.pattern.ast import (
    And,
    Comparison,
    Condition,
    Is,
    Node,
    NotExists,
    Number,
    Operator,
    Or,
    Regex,
    Selector,
    Text,
    Value,
    Wildcard,
)
from guard.pattern.ast import Constant as ConstantWord
from guard.pattern.lexer import Token, selector, tokens

MAX_LENGTH = 1024
MAX_REGEXES = 2
MAX_WILDCARD_SELECTORS = 3
NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
CONSTANTS = ("NULL", "TRUE", "FALSE")
RELATIONAL = ("<", "<=", ">", ">=")
OPERATORS = ("=", "!=", "<", ">")
JOINERS = ("&&", "||")
IS_NOT = 'there is no IS NOT; write IS TRUE, IS FALSE, or != "..."'
WRONG = {
    "==": "write =",
    "<>": "write !=",
    "=!": "write !=",
    "=<": "write <=",
    "=>": "write >=",
    "=~": "write = %regular expression%",
}
SLIPS = {
    "AND": "write &&",
    "OR": "write ||",
    "NOT": "there is no negation; write != or NOT EXISTS",
    "EXISTS": 'there is only NOT EXISTS; a field that is there and holds text is = "*"',
    "LIKE": "write = with * in the string",
    "IN": "join comparisons with ||",
    "CONTAINS": 'write = "*text*"',
    "BETWEEN": "write >= and <=, joined with &&",
}


@dataclass(slots=True)
class _Group:
    """What has been read of a parenthesis: the operands of `||`, each a list of the operands of `&&`."""

    opened: Token
    alternatives: list[list[Node]] = field(default_factory=lambda: [[]])

    def node(self) -> Node:
        """The group as one node, groups of its own kind dissolved."""
        return _joined(Or, [_joined(And, operands) for operands in self.alternatives])


def _joined(kind: type[And] | type[Or], operands: list[Node]) -> Node:
    flat: list[Node] = []
    for operand in operands:
        flat.extend(operand.operands if isinstance(operand, kind) else [operand])
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


class _Parser:
    """Reads tokens from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.stream = tokens(text)
        self.token = next(self.stream)
        self.regexes = 0
        self.wildcards = 0

    def advance(self) -> Token:
        """The token read; the next one comes up."""
        token = self.token
        if token.kind != "end":
            self.token = next(self.stream)
        return token

    def fail(self, message: str, hint: str = "", token: Token | None = None) -> PatternError:
        """The error at a token, by default the one that comes next."""
        return PatternError(message, self.text, (token or self.token).offset + 1, hint)

    def pattern(self) -> Node:
        """The whole pattern."""
        groups = [_Group(self.advance())]
        while True:
            self.operand(groups)
            while self.token.text == ")" and len(groups) > 1:
                self.advance()
                node = groups.pop().node()
                groups[-1].alternatives[-1].append(node)
            if self.token.kind == "joiner":
                if self.advance().text == "||":
                    groups[-1].alternatives.append([])
                continue
            self.close(groups)
            return groups[0].node()

    def operand(self, groups: list[_Group]) -> None:
        """Opening parentheses and a condition."""
        while self.token.text == "(" and self.token.kind == "bracket":
            groups.append(_Group(self.advance()))
        groups[-1].alternatives[-1].append(self.condition())

    def close(self, groups: list[_Group]) -> None:
        """The closing brace and the end."""
        if self.token.text == ")" and self.token.kind == "bracket":
            raise self.fail("a ) without its (")
        if len(groups) > 1:
            raise self.fail("a ( without its )", token=groups[-1].opened)
        if self.token.text != "}" or self.token.kind != "bracket":
            blank = "a string with a blank stands in double quotes" if self.token.kind == "word" else ""
            raise self.fail("expected &&, || or }", self.slip() or blank)
        self.advance()
        if self.token.kind != "end":
            raise self.fail("nothing may follow the }", "join all conditions within one { }")

    def condition(self) -> Condition:
        """One condition."""
        if self.token.kind != "selector":
            raise self.fail("expected a selector or (", self.slip() or self.no_selector())
        token = self.advance()
        chosen = selector(token, self.text)
        self.count_wildcard(chosen, token)
        if self.token.kind == "operator":
            return self.comparison(chosen)
        word = self.token.text if self.token.kind == "word" else ""
        if word == "IS":
            self.advance()
            return Is(chosen, self.constant())
        if word == "NOT":
            self.advance()
            if self.token.text != "EXISTS":
                raise self.fail("expected EXISTS", self.capitals("EXISTS") or "the only form is NOT EXISTS")
            self.advance()
            return NotExists(chosen)
        raise self.fail("expected an operator, IS or NOT EXISTS", self.no_operator(token))

    def no_selector(self) -> str:
        """What to write where a condition should begin."""
        if self.token.text == "{":
            return "one { } holds the whole pattern; within it group with ( )"
        before, after = self.text[: self.token.offset], self.text[self.token.offset + len(self.token.text) :]
        is_value = self.token.kind in ("word", "quoted", "regex") and not after.lstrip().startswith(OPERATORS)
        if is_value and before.rstrip().endswith(JOINERS):
            return "each side of && and || is a whole condition: write the selector again"
        return "a selector starts with $." + (", without quotes" if self.token.kind == "quoted" else "")

    def no_operator(self, selected: Token) -> str:
        """What to write behind a selector."""
        glued = next((word for word in ("IS", "NOT") if selected.text.endswith(word)), "")
        if glued and self.token.text in ("EXISTS", *CONSTANTS):
            return f"put a blank before {glued}"
        return self.capitals("IS", "NOT") or self.slip()

    def capitals(self, *words: str) -> str:
        """What to write instead of a keyword in small letters."""
        word = self.token.text.upper()
        return f"write {word}, keywords stand in capitals" if word in words else ""

    def constant(self) -> ConstantWord:
        """NULL, TRUE or FALSE."""
        if self.token.kind != "word" or self.token.text not in CONSTANTS:
            hint = IS_NOT if self.token.text.upper() == "NOT" else self.capitals(*CONSTANTS)
            raise self.fail("expected NULL, TRUE or FALSE", hint)
        return cast("ConstantWord", self.advance().text)

    def comparison(self, chosen: Selector) -> Comparison:
        """An operator and its value."""
        operator = self.token
        if operator.text in WRONG:
            raise self.fail(f"no operator {operator.text}", WRONG[operator.text])
        self.advance()
        token = self.token
        value = self.value()
        if operator.text in RELATIONAL and not isinstance(value, Number):
            digits = token.text.lstrip("+-.")[:1].isdigit()
            hint = "a number is such as -1, 0.5 or 1e3" if digits else "strings compare with = and != only"
            raise self.fail(f"{operator.text} needs a number", hint, token)
        return Comparison(chosen, cast("Operator", operator.text), value)

    def value(self) -> Value:
        """The right side of a comparison."""
        token = self.token
        if token.kind == "word":
            self.advance()
            if token.text == "null":
                raise self.fail("null is no value", "write IS NULL", token)
            return Number(token.text) if NUMBER.fullmatch(token.text) else Text(token.text)
        if token.kind == "quoted":
            self.advance()
            return Text(re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL))
        if token.kind == "regex":
            self.advance()
            return self.regex(token)
        if token.kind == "selector":
            raise self.fail("expected a value", "a field cannot be compared with a field")
        hint = "for one of several values join comparisons with ||" if token.text == "(" else ""
        raise self.fail("expected a value", hint)

    def regex(self, token: Token) -> Regex:
        """A regular expression that compiles."""
        self.regexes += 1
        if self.regexes > MAX_REGEXES:
            raise self.fail(f"more than {MAX_REGEXES} regular expressions", "write wildcards, or split the rule", token)
        regex.read(token.text[1:-1], self.text, token.offset + 1)
        return Regex(token.text[1:-1])

    def count_wildcard(self, chosen: Selector, token: Token) -> None:
        """Refuse the selector that is one too many with a wildcard."""
        self.wildcards += any(isinstance(step, Wildcard) for step in chosen.steps)
        if self.wildcards > MAX_WILDCARD_SELECTORS:
            raise self.fail(f"more than {MAX_WILDCARD_SELECTORS} selectors with a wildcard", "split the rule", token)

    def slip(self) -> str:
        """What to write instead of a word from another language."""
        return SLIPS.get(self.token.text.upper(), "")


def parse_tree(text: str) -> Node:
    """The tree of a JSON filter pattern. Raises PatternError."""
    if len(text) > MAX_LENGTH:
        raise PatternError(f"{len(text):,} characters", text, MAX_LENGTH + 1, f"{MAX_LENGTH:,} are allowed")
    start = len(text) - len(text.lstrip())
    if not text[start:].startswith("{"):
        hint = "CloudTrail's events are JSON: write { $.selector = value }; terms and [..] patterns are not read"
        raise PatternError("no JSON pattern", text, start + 1, hint)
    if not text.rstrip().endswith("}"):
        hint = "end it with }, and write nothing after it"
        raise PatternError("a pattern that starts with { ends with }", text, max(len(text.rstrip()), 1), hint)
    return _Parser(text).pattern()
