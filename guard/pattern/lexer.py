"""Splits the text of a JSON filter pattern into tokens, and a selector into its steps.

Source of the characters allowed: the AWS guide "Filter pattern syntax",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guard.errors import PatternError
from guard.pattern.ast import Index, Name, Selector, Step, Wildcard

MAX_WILDCARDS = 1


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the pattern; `kind` is a key of KINDS or "end"; `offset` counts from 0."""

    kind: str
    text: str
    offset: int


KINDS = {
    "blank": r"[ \t\r\n]+",
    "selector": r"\$(?:\.?\[(?:'[^']*'|\"[^\"]*\")\]|[^\s=!<>()&|{}%\"])*",
    "quoted": r'"(?:[^"\\]|\\.)*"',
    "regex": r"%[^%]*%",
    "joiner": r"&&|\|\|",
    "operator": r"!=|<=|>=|==|<>|=[<>!~]|=|<|>",
    "bracket": r"[{}()]",
    "word": r"[A-Za-z0-9_.*+-]+",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in KINDS.items()), re.DOTALL)
_STEP = re.compile(r"\.(?P<name>[A-Za-z0-9_-]+)|\.?\['(?P<key>[^']+)'\]|\[(?P<index>[0-9]+)\]|(?P<star>\.\*|\[\*\])")
_STRAY = {
    "'": "strings stand in double quotes",
    ",": "join conditions with && or ||; a string with a comma stands in double quotes",
    "#": "there are no comments; a string with # stands in double quotes",
    "~": "write = %regular expression%",
    "%": "a regular expression ends with % too; a % in a string needs double quotes",
    '"': r"a string begins and ends with a double quote; \" is one within it",
    "&": "write &&",
    "|": "write ||",
    "!": "there is no negation; write != or NOT EXISTS",
    "[": "a selector with brackets starts with $; for one of several values join comparisons with ||",
    "\u201c": 'type the quotes anew: "',
    "\u201d": 'type the quotes anew: "',
    "\xa0": "type the blank anew",
}


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, without blanks, then one of kind "end". Raises PatternError."""
    offset = 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None or match.lastgroup is None:
            stray = text[offset]
            hint = _STRAY.get(stray, "a string with other than letters, digits and _.*+- stands in double quotes")
            raise PatternError(f"unexpected {stray!r}", text, offset + 1, hint)
        if match.lastgroup != "blank":
            yield Token(match.lastgroup, match[0], offset)
        offset = match.end()
    yield Token("end", "", len(text))


def selector(token: Token, text: str) -> Selector:
    """The selector of a token. Raises PatternError at the step that is none."""
    if not token.text.startswith("$.") and token.text != "$":
        raise PatternError("no selector", text, token.offset + 1, "a selector starts with $.")
    steps: list[Step] = []
    offset = 1
    while offset < len(token.text):
        match = _STEP.match(token.text, offset)
        if match is None:
            raise PatternError("no selector step", text, token.offset + offset + 1, _step_hint(token.text, offset))
        steps.append(_step(match))
        offset = match.end()
    if not steps:
        raise PatternError("an empty selector", text, token.offset + 1, "write $.name")
    if sum(isinstance(step, Wildcard) for step in steps) > MAX_WILDCARDS:
        raise PatternError("more than 1 wildcard in a selector", text, token.offset + 1, "name the other step")
    return Selector(tuple(steps))


def _step(match: re.Match[str]) -> Step:
    if match["star"]:
        return Wildcard(bracket=match["star"] == "[*]")
    if match["index"]:
        return Index(int(match["index"]))
    return Name(match["name"] or match["key"])


def _step_hint(selected: str, offset: int) -> str:
    rest = selected[offset:]
    if rest.startswith("["):
        return "an index is [n] or [*], without sign or range; a key is .['key']"
    if rest.startswith(".."):
        return "one dot between steps"
    if re.match(r"\.\[[0-9*]", rest):
        return "an index follows its name without a dot"
    if rest.startswith(("*", ".*")):
        return "a wildcard is a whole step, .* or [*]"
    return "a name holds letters, digits, _ and -; any other key is .['key']"
