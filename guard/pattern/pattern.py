"""A parsed pattern, and what it can say of itself and of an event."""

from dataclasses import dataclass, field, replace

from guard.pattern import matcher
from guard.pattern.ast import Node
from guard.pattern.event import Event, decoded
from guard.pattern.explain import Explanation, explain
from guard.pattern.names import event_names
from guard.pattern.text import written


@dataclass(frozen=True, slots=True)
class Pattern:
    """A JSON filter pattern: the text given, and its tree. Equal trees are equal patterns."""

    text: str = field(compare=False)
    root: Node

    def matches(self, event: Event) -> bool:
        """Whether an event matches: a mapping, or the JSON text of one. Never raises on an event."""
        values = decoded(event)
        return values is not None and matcher.matches(self.root, values)

    def explain(self, event: Event) -> Explanation:
        """Each clause's verdict, and the value it saw. A text that is no JSON object has no field at all, and
        matches nothing.
        """
        values = decoded(event)
        found = explain(self.root, values or {})
        return found if values is not None else replace(found, holds=False)

    @property
    def event_names(self) -> frozenset[str] | None:
        """The values of `$.eventName` one of which every matching event has; None where they are no finite
        set.
        """
        return event_names(self.root)

    def __str__(self) -> str:
        """The normal text: `parse(str(pattern)) == pattern`."""
        return f"{{ {written(self.root)} }}"
