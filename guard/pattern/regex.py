"""Reads the regular expressions of filter patterns: alternatives of characters, sets and counts, no groups.

What is allowed: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
("Supported regular expressions (regex) syntax").
"""

import re
from dataclasses import dataclass

from guard.errors import PatternError

MAX_ATOMS = 4000
_LITERAL = re.compile(r"[A-Za-z0-9:_#=@/;,\- ]")
_HEX = re.compile(r"[0-9A-Fa-f]{2}")
_COUNT = re.compile(r"\{(?=[0-9,]*[0-9])([0-9]*)(?:(,)([0-9]*))?\}")
_PIECE = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\{,")
_OPERATORS = frozenset("^$?[]{}|*+.\\")
_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
_SETS = {"d": _DIGITS, "s": frozenset(" \t\n\v\f\r"), "w": _LETTERS | _DIGITS}
_SIMPLE: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
OTHER = "\u0100"  # stands for every character above U+00FF: no expression tells them apart
_ALL = frozenset(map(chr, range(257)))


@dataclass(frozen=True, slots=True)
class Atom:
    """The characters that one position takes, or with `negated` all others."""

    characters: frozenset[str]
    negated: bool = False

    def takes(self, character: str) -> bool:
        """Whether the position takes a character."""
        return (character in self.characters) != self.negated


NEVER = Atom(frozenset())


@dataclass(frozen=True, slots=True)
class Branch:
    """One alternative: (atom, may it be left out, may it be taken again) in order."""

    items: tuple[tuple[Atom, bool, bool], ...]
    at_start: bool
    at_end: bool


def read(source: str, text: str | None = None, offset: int = 0) -> tuple[Branch, ...]:
    """The alternatives of an expression. Raises PatternError; `text` and `offset` say where the expression
    stands in the pattern.
    """
    return _Reader(source, source if text is None else text, offset).branches()


def portable(source: str) -> str:
    """The expression for engines that take a count without a lower end, `{,2}`, for plain characters."""
    return _PIECE.sub(lambda piece: "{0," if piece[0] == "{," else piece[0], source)


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, source: str, text: str, offset: int) -> None:
        self.source = source
        self.text = text
        self.offset = offset
        self.at = 0
        self.atoms = 0

    def fail(self, message: str, hint: str = "") -> PatternError:
        """The error where the reader stands."""
        return PatternError(message, self.text, self.offset + self.at + 1, hint)

    def peek(self) -> str:
        """The next character, "" at the end."""
        return self.source[self.at : self.at + 1]

    def take(self) -> str:
        """The next character, taken."""
        character = self.peek()
        self.at += 1
        return character

    def branches(self) -> tuple[Branch, ...]:
        """All alternatives."""
        if not self.source:
            raise self.fail("an empty regular expression", "write it between the % signs")
        found = [self.branch()]
        while self.peek():
            self.at += 1
            found.append(self.branch())
        return tuple(found)

    def branch(self) -> Branch:
        """What stands up to the next `|`."""
        items: list[tuple[Atom, bool, bool]] = []
        at_start = at_end = False
        while self.peek() not in {"", "|"}:
            if self.peek() == "^":
                self.at += 1
                at_start, items = True, _nothing(items)
            elif self.peek() == "$":
                self.at += 1
                at_end = True
            else:
                found = self.quantified(self.atom())
                items += _nothing(found) if at_end else found
        return Branch(tuple(items), at_start, at_end)

    def quantified(self, atom: Atom) -> list[tuple[Atom, bool, bool]]:
        """The atom as often as its quantifier says."""
        least, most = self.count()
        times = max(least, most or 0) if most is not None else max(least, 1)
        self.atoms += times
        if self.atoms > MAX_ATOMS:
            raise self.fail("a regular expression that is too large", f"count up to {MAX_ATOMS:,} in all")
        items = [(atom, position >= least, False) for position in range(times)]
        if most is None:
            items[-1] = (atom, least == 0, True)
        return items

    def count(self) -> tuple[int, int | None]:
        """How often the atom before may come: least and most, None without bound."""
        match = _COUNT.match(self.source, self.at)
        if self.peek() not in _SIMPLE and match is None:
            return 1, 1
        bounds = self.bounds(match) if match else _SIMPLE[self.take()]
        if self.peek() == "?":  # lazy: another match, the same answer
            self.at += 1
        if self.peek() in _SIMPLE or _COUNT.match(self.source, self.at):
            raise self.fail("two quantifiers in a row", "leave one out")
        return bounds

    def bounds(self, match: re.Match[str]) -> tuple[int, int | None]:
        """What a count in braces says."""
        least = int(match[1] or 0)
        last = match[3] if match[2] else match[1]
        most = int(last) if last else None
        if most is not None and most < least:
            raise self.fail("a count that runs backwards", "write {least,most}")
        self.at = match.end()
        return least, most

    def atom(self) -> Atom:
        """One character, set or escape."""
        character = self.peek()
        if character == "[":
            return self.bracketed()
        if character == "\\":
            return self.escape()
        if character == ".":
            self.at += 1
            return Atom(frozenset("\n"), negated=True)
        return Atom(frozenset(self.literal()))

    def literal(self) -> str:
        """A character that stands for itself."""
        character = self.peek()
        if _LITERAL.fullmatch(character):
            return self.take()
        if character in {"(", ")"}:
            raise self.fail(
                "no parentheses in a regular expression",
                r"there are no groups; the characters are \x28 and \x29",
            )
        if character in _SIMPLE:
            raise self.fail(f"nothing before {character} to repeat", f"the character is \\{character}")
        if character in _OPERATORS:
            raise self.fail(f"a stray {character}", f"the character is \\{character}")
        hint = f"write \\x{ord(character):02x}" if ord(character) < 128 else "only ASCII is allowed; use . or \\S"
        raise self.fail(f"{character!r} is not allowed in a regular expression", hint)

    def escape(self) -> Atom:
        """What stands after a backslash."""
        self.at += 1
        character = self.peek()
        if character.lower() in _SETS:
            self.at += 1
            return Atom(_SETS[character.lower()], negated=character.isupper())
        if character == "x" and _HEX.match(self.source, self.at + 1):
            self.at += 3
            return Atom(frozenset(chr(int(self.source[self.at - 2 : self.at], 16))))
        if character and character in _OPERATORS | {"-", "/"}:
            return Atom(frozenset(self.take()))
        hint = r"\d \D \s \S \w \W, \xHH, or an operator such as \."
        if character in {"(", ")"}:
            hint = f"write \\x{ord(character):02x}"
        shown = character if character.isprintable() else ascii(character)
        raise self.fail(f"no escape \\{shown}", hint)

    def bracketed(self) -> Atom:
        """A set in brackets."""
        self.at += 1
        negated = self.peek() == "^"
        self.at += negated
        members: set[str] = set()
        while self.peek() != "]":
            members |= self.member()
        if not members:
            raise self.fail("an empty set", "name its characters, or write \\]")
        self.at += 1
        return Atom(frozenset(members), negated)

    def member(self) -> frozenset[str]:
        """One character, escape or range of a set."""
        first = self.single()
        dash = self.source[self.at : self.at + 1] == "-"
        if not dash or self.source[self.at + 1 : self.at + 2] in {"]", ""} or len(first) != 1:
            return first
        self.at += 1
        last = self.single()
        low, high = min(first), min(last)
        if len(last) != 1 or high < low:
            raise self.fail("a range that runs backwards", "write the lower character first")
        return frozenset(map(chr, range(ord(low), ord(high) + 1)))

    def single(self) -> frozenset[str]:
        """One character of a set, or what an escape takes."""
        character = self.peek()
        if character == "\\":
            atom = self.escape()
            return _ALL - atom.characters if atom.negated else atom.characters
        if not character:
            raise self.fail("a [ without its ]", r"the character is \[")
        if character in _OPERATORS - {"["}:
            return frozenset(self.take())
        return frozenset(self.literal())


def _nothing(items: list[tuple[Atom, bool, bool]]) -> list[tuple[Atom, bool, bool]]:
    """What is left of items before a `^` or after a `$`, where they can take no character."""
    return [] if all(may_miss for _, may_miss, _ in items) else [(NEVER, False, False)]
