"""Which events were seen before: a real tree repeats a fifth of them in other files."""

from guard.history.page import KEY

# Bits of a key whose halves are laid over each other, so that what differs in either differs in them; 60, since
# Python holds these in less memory. Two random keys share them once in 10^18.
KEPT = ((1 << 60) - 1).to_bytes(KEY, "little")
HALF = KEY * 8 // 2  # bits


class Seen:
    """Some 70 bytes an event: a set of small integers."""

    def __init__(self) -> None:
        self.keys: set[int] = set()

    def again(self, packed: bytes) -> frozenset[int]:
        """The positions among packed keys of those that were there before; all are seen now."""
        keys = _folded(packed)
        seen, before = self.keys, len(self.keys)
        known = seen.intersection(keys)
        seen.update(keys)
        if len(seen) - before == len(keys):
            return frozenset()
        repeated = []
        for position, key in enumerate(keys):
            if key in known:
                repeated.append(position)
            known.add(key)
        return frozenset(repeated)


def _folded(packed: bytes) -> list[int]:
    """What is kept of each key: of all of them at once, as one long number."""
    size = len(packed)
    number, kept = int.from_bytes(packed, "little"), int.from_bytes(KEPT * (size // KEY), "little")
    folded = ((number ^ (number >> HALF)) & kept).to_bytes(size, "little")
    return memoryview(folded).cast("Q")[::2].tolist()
