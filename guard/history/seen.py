"""Which events were seen before: a real tree repeats a fifth of them in other files."""

from guard.history.scan import KEY

KEPT = 12  # of an event's key; 90 of these bits are random in a UUID


class Seen:
    """Some 90 bytes an event: a set of short byte strings."""

    def __init__(self) -> None:
        self.keys: set[bytes] = set()

    def again(self, packed: bytes) -> frozenset[int]:
        """The positions among packed keys of those that were there before; all are seen now."""
        keys = [packed[at - KEPT : at] for at in range(KEY, len(packed) + 1, KEY)]
        seen = self.keys
        fresh = set(keys)
        if len(fresh) == len(keys) and seen.isdisjoint(fresh):
            seen |= fresh
            return frozenset()
        repeated = []
        for position, key in enumerate(keys):
            if key in seen:
                repeated.append(position)
            seen.add(key)
        return frozenset(repeated)
