"""The regular expressions of filter patterns, without groups, as automata that read each character once.

An expression is alternatives of atoms, each with a quantifier. Every atom is a bit of an integer, and a
step is a few operations on it: the extended Shift-And of Navarro and Raffinot, "Flexible Pattern Matching
in Strings" (2002), chapter 4. So a hostile expression or value takes time linear in the value, no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from guard.pattern.regex import OTHER, Atom, Branch, read


@dataclass(frozen=True, slots=True)
class Automaton:
    """A compiled expression, its alternatives side by side: a bit for each atom, "the ones before are passed", and
    after an alternative's atoms one for its end.
    """

    groups: tuple[tuple[Atom, int], ...]
    repeats: int
    optional: int
    firsts: int
    lasts: int
    starts: int  # of all alternatives
    anywhere: int  # of those that may begin within a value
    ends: int  # of all alternatives
    early: int  # of those that need not reach the end of a value
    masks: dict[str, int]

    def search(self, value: str) -> bool:
        """Whether the expression fits a part of the value."""
        states, begin = self.closure(self.starts), self.closure(self.anywhere)
        for character in value:
            if states & self.early:
                return True
            taken = self.mask(character)
            states = begin | self.closure((states & taken) << 1 | states & (taken & self.repeats) << 1)
            if not states:
                return False
        return bool(states & self.ends)

    def closure(self, states: int) -> int:
        """The states, and those reached from them by leaving optional atoms out."""
        padded = states | self.lasts
        beyond = ~((padded - self.firsts) ^ padded)
        return states | beyond & (self.optional | self.lasts)

    def mask(self, character: str) -> int:
        """The atoms that take a character."""
        key = min(character, OTHER)
        found = self.masks.get(key)
        if found is None:
            found = sum(bits for atom, bits in self.groups if atom.takes(key))
            self.masks[key] = found
        return found


@lru_cache(maxsize=512)
def compiled(source: str) -> Automaton:
    """The automaton of what stands between the % signs. Raises PatternError."""
    return _joined(tuple(dict.fromkeys(read(source))))


def _joined(branches: Sequence[Branch]) -> Automaton:
    groups: dict[Atom, int] = {}
    optional = repeats = starts = anywhere = ends = early = 0
    bit = 1
    for branch in branches:
        starts |= bit
        anywhere |= 0 if branch.at_start else bit
        for atom, may_miss, may_repeat in branch.items:
            groups[atom] = groups.get(atom, 0) | bit
            optional |= bit if may_miss else 0
            repeats |= bit if may_repeat else 0
            bit <<= 1
        ends |= bit
        early |= 0 if branch.at_end else bit
        bit <<= 1
    return Automaton(
        groups=tuple(groups.items()),
        repeats=repeats,
        optional=optional,
        firsts=optional & ~(optional << 1),
        lasts=optional << 1 & ~optional,
        starts=starts,
        anywhere=anywhere,
        ends=ends,
        early=early,
        masks={},
    )
