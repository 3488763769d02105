"""How messages show texts, names and numbers."""

import difflib
from collections.abc import Collection

LONGEST_SHOWN = 60
MANY = 30  # more names than that help nobody


class Secret(str):
    """A text that the stack's config holds encrypted: no message shows it, and an address stays a secret in the
    stack's state.
    """

    __slots__ = ()


def printable(text: str) -> str:
    """The text in one line, with escapes for what a terminal would obey or not show."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def shown(word: str) -> str:
    """A text as a message shows it: in quotes, cut where it is long, and no secret."""
    if isinstance(word, Secret):
        return "[secret]"
    return f"'{word}'" if len(word) <= LONGEST_SHOWN else f"'{word[: LONGEST_SHOWN - 3]}...'"


def meant(word: str, known: Collection[str]) -> str:
    """What to do about an unknown word: the nearest known one, or all of them where they are few. An alarm's name,
    as a mail shows it, ends in its rule's id.
    """
    spelt = {one.lower(): one for one in sorted(known)}
    near = difflib.get_close_matches(word.lower().rpartition("/")[2], spelt, n=1)
    if near:
        return f"did you mean '{spelt[near[0]]}'?"
    if len(known) > MANY:
        return "look how it is spelt"
    return f"known are {', '.join(sorted(known))}" if known else "leave it out"


def shortened(words: Collection[str]) -> str:
    """The first three of some words, and how many more there are."""
    shown = sorted(words)
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")


def counted(number: int, word: str) -> str:
    """`1 file`, `1,234 files`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
