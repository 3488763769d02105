"""The event names that a tree can match: what a back-test dispatches on."""

from functools import reduce

from guard.pattern.ast import And, Comparison, Name, Node, Or, Selector, Text

EVENT_NAME = Selector((Name("eventName"),))


def event_names(node: Node) -> frozenset[str] | None:
    """A finite set that holds the `$.eventName` of every event that matches; None where there is none."""
    if isinstance(node, And):
        finite = [names for names in map(event_names, node.operands) if names is not None]
        return reduce(frozenset.__and__, finite) if finite else None
    if isinstance(node, Or):
        every = [event_names(operand) for operand in node.operands]
        return None if None in every else frozenset().union(*(names for names in every if names is not None))
    return _name(node) if isinstance(node, Comparison) else None


def _name(node: Comparison) -> frozenset[str] | None:
    exact = isinstance(node.value, Text) and "*" not in node.value.text
    if node.selector == EVENT_NAME and node.operator == "=" and exact:
        return frozenset({node.value.text}) if isinstance(node.value, Text) else None
    return None
