"""The regular expressions of filter patterns, without groups, as automata that read each character once.

An expression is alternatives of atoms, each with a quantifier. Every atom is a bit of an integer, and a
step is a few operations on it: the extended Shift-And of Navarro and Raffinot, "Flexible Pattern Matching
in Strings" (2002), chapter 4. So a hostile expression or value takes time linear in the value, no more.
"""

from dataclasses import dataclass
from functools import lru_cache

from guard.pattern.regex import OTHER, Atom, Branch, read


@dataclass(frozen=True, slots=True)
class _Machine:
    """One alternative, its atoms as bits: bit i stands for "the first i atoms are passed"."""

    groups: tuple[tuple[Atom, int], ...]
    repeats: int
    optional: int
    firsts: int
    lasts: int
    final: int
    at_start: bool
    at_end: bool
    masks: dict[str, int]

    def search(self, value: str) -> bool:
        """Whether the alternative fits a part of the value."""
        begin = self.closure(1)
        states = begin
        for character in value:
            if not self.at_end and states & self.final:
                return True
            taken = self.mask(character)
            states = self.closure((states & taken) << 1 | states & (taken & self.repeats) << 1)
            if not self.at_start:
                states |= begin
            elif not states:
                return False
        return bool(states & self.final)

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


@dataclass(frozen=True, slots=True)
class Automaton:
    """A compiled expression."""

    machines: tuple[_Machine, ...]

    def search(self, value: str) -> bool:
        """Whether the expression fits a part of the value."""
        return any(machine.search(value) for machine in self.machines)


@lru_cache(maxsize=512)
def compiled(source: str) -> Automaton:
    """The automaton of what stands between the % signs. Raises PatternError."""
    return Automaton(tuple(_machine(branch) for branch in read(source)))


def _machine(branch: Branch) -> _Machine:
    groups: dict[Atom, int] = {}
    optional = repeats = 0
    for position, (atom, may_miss, may_repeat) in enumerate(branch.items):
        groups[atom] = groups.get(atom, 0) | 1 << position
        optional |= may_miss << position
        repeats |= may_repeat << position
    return _Machine(
        groups=tuple(groups.items()),
        repeats=repeats,
        optional=optional,
        firsts=optional & ~(optional << 1),
        lasts=optional << 1 & ~optional,
        final=1 << len(branch.items),
        at_start=branch.at_start,
        at_end=branch.at_end,
        masks={},
    )
