"""Texts with `*`, each standing for any characters, also none; there is no escape for it."""

from collections.abc import Callable


def fits(pattern: str) -> Callable[[str], bool]:
    """The test whether a text fits; its cost is that of a few `str.find`."""
    if "*" not in pattern:
        return lambda text: text == pattern
    head, *middle, tail = pattern.split("*")
    pieces = [piece for piece in middle if piece]
    least = len(head) + len(tail)

    def test(text: str) -> bool:
        if len(text) < least or not text.startswith(head) or not text.endswith(tail):
            return False
        return _in_order(pieces, text, len(head), len(text) - len(tail))

    return test


def _in_order(pieces: list[str], text: str, start: int, end: int) -> bool:
    for piece in pieces:
        at = text.find(piece, start, end)
        if at < 0:
            return False
        start = at + len(piece)
    return True
