"""Which of several literals with `*` one text can fit at once, and which not.

Every text is read by all literals together, letter by letter; letters that no literal holds are one. The ways in
which a text can come out are those of the states that can be reached.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

MAX_STEPS = 200_000
FRESH = "\ue000"  # stands for every letter that no literal holds
Outcome: TypeAlias = tuple[bool, ...]
# What has been read, as long as a literal without a star begins so, and the places in each of the others.
_State: TypeAlias = "tuple[str | None, tuple[int, ...]]"


class TooHardError(Exception):
    """The question needs more steps than its answer is worth."""


@dataclass(frozen=True, slots=True)
class _Glob:
    """A literal with `*` as bits, one a character: where each letter stands, and where the stars."""

    letters: dict[str, int]
    stars: int
    end: int

    @classmethod
    def of(cls, text: str) -> "_Glob":
        """The bits of a text."""
        while "**" in text:
            text = text.replace("**", "*")
        letters: dict[str, int] = {}
        for at, letter in enumerate(text):
            letters[letter] = letters.get(letter, 0) | 1 << at
        return cls(letters, letters.pop("*", 0), 1 << len(text))

    def start(self) -> int:
        """The places to begin at."""
        return self._over_stars(1)

    def step(self, places: int, letter: str) -> int:
        """The places after one more letter."""
        return self._over_stars((places & self.letters.get(letter, 0)) << 1 | places & self.stars)

    def _over_stars(self, places: int) -> int:
        return places | (places & self.stars) << 1


def outcomes(literals: Sequence[str], letters: Iterable[str] | None = None) -> frozenset[Outcome]:
    """For some text each: which of the literals it fits. `letters`: those that texts are made of; all by default.
    Raises TooHardError.
    """
    globs = {text: _Glob.of(text) for text in literals if "*" in text}
    words = [text for text in literals if "*" not in text]
    if not globs and letters is None:
        return frozenset(tuple(text == other for other in literals) for text in [*words, FRESH])
    alphabet = sorted({FRESH, *"".join(literals)} - {"*"} if letters is None else set(letters))
    found = set()
    for read, places in _reached(words, list(globs.values()), alphabet):
        fits = {text: bool(here & glob.end) for (text, glob), here in zip(globs.items(), places, strict=True)}
        found.add(tuple(fits.get(text, text == read) for text in literals))
    return frozenset(found)


def _reached(words: Sequence[str], globs: Sequence[_Glob], alphabet: Sequence[str]) -> Iterator[_State]:
    begun = {word[:length] for word in words for length in range(len(word) + 1)}
    first: _State = ("" if begun else None, tuple(glob.start() for glob in globs))
    ahead, seen, steps = [first], {first}, 0
    while ahead:
        read, places = ahead.pop()
        yield read, places
        steps += len(alphabet) * (1 + len(globs))
        if steps > MAX_STEPS:
            raise TooHardError
        for letter in alphabet:
            longer = None if read is None or read + letter not in begun else read + letter
            after = (longer, tuple(glob.step(here, letter) for glob, here in zip(globs, places, strict=True)))
            if after not in seen:
                seen.add(after)
                ahead.append(after)
