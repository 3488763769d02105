"""Which events were seen before: a real tree repeats a fifth of them in other files."""

# Bits of a key whose halves are laid over each other, so that what differs in either differs in them; 60, since
# Python holds these in less memory. Two random keys share them once in 10^18.
KEPT = (1 << 60) - 1


class Seen:
    """Some 70 bytes an event: a set of small integers."""

    def __init__(self) -> None:
        self.keys: set[int] = set()

    def again(self, packed: bytes) -> frozenset[int]:
        """The positions among packed keys of those that were there before; all are seen now."""
        words = memoryview(packed).cast("Q")
        keys = [(one ^ other) & KEPT for one, other in zip(words[::2], words[1::2], strict=True)]
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
