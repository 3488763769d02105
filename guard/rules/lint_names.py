"""Findings in what a pattern names: events, sources and fields (G201 to G207)."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from guard.pattern.ast import And, Comparison, Condition, Is, Name, Node, Or, Selector, Text
from guard.pattern.text import selector as spelt
from guard.rules import record
from guard.rules.data_events import DATA_EVENTS
from guard.rules.events import sources
from guard.rules.findings import Finding
from guard.rules.satisfy import conditions
from guard.rules.subject import Filter, Subject
from guard.rules.values import meant

EVENT = Selector((Name("eventName"),))
SOURCE = Selector((Name("eventSource"),))

# The values of eventCategory and eventType that stand for other events than those of management.
OTHER_KINDS = {
    "Data": "data events",
    "Insight": "Insights events",
    "AwsCloudTrailInsight": "Insights events",
    "NetworkActivity": "network activity events",
    "AwsVpceEvents": "network activity events",
}


def findings(subject: Subject) -> Iterator[Finding]:
    """What each of a rule's patterns names wrongly."""
    for pattern in subject.filters:
        for condition in dict.fromkeys(conditions(pattern.root)):
            yield from _selector(subject, pattern, condition)
            yield from _source(subject, pattern, condition)
            yield from _kind(subject, pattern, condition)
        for name, named in _events(pattern.root, None):
            yield from _event(subject, pattern, name, named)


def literal(node: Node, selector: Selector) -> str | None:
    """The text of `selector = text`, else None."""
    if isinstance(node, Comparison) and node.selector == selector and node.operator == "=":
        return node.value.text if isinstance(node.value, Text) else None
    return None


def _selector(subject: Subject, pattern: Filter, condition: Condition) -> Iterator[Finding]:
    path = record.names(condition.selector)
    field = spelt(condition.selector)
    kind = record.kind(path)
    if kind == "unknown":
        wrong = next(name for n, name in enumerate(path) if record.kind(path[: n + 1]) == "unknown")
        fix = meant(wrong, record.known(path))
        yield subject.finding("G205", pattern.find(field), f"no CloudTrail record has {field}", fix)
    elif kind == "object" and isinstance(condition, Comparison):
        fix = f"name a field in it, such as {field}.{(record.known(path) or ['...'])[0]}"
        yield subject.finding("G206", pattern.find(field), f"{field} is an object, which equals nothing", fix)


def _source(subject: Subject, pattern: Filter, condition: Condition) -> Iterator[Finding]:
    if not isinstance(condition, Comparison) or condition.selector != SOURCE:
        return
    value = condition.value
    if isinstance(value, Text) and not _matching(value.text, sources()):
        place = pattern.find(value.text)
        yield subject.finding("G202", place, f"no event has the source {value.text}", meant(value.text, sources()))


def _kind(subject: Subject, pattern: Filter, condition: Condition) -> Iterator[Finding]:
    path = record.names(condition.selector)
    value = condition.value if isinstance(condition, Comparison) and condition.operator == "=" else None
    kind = OTHER_KINDS.get(value.text) if isinstance(value, Text) else None
    if path in (("eventCategory",), ("eventType",)) and kind and isinstance(value, Text):
        yield _unrecorded(subject, pattern, value.text, kind)
    elif path == ("managementEvent",) and isinstance(condition, Is) and condition.constant == "FALSE":
        yield _unrecorded(subject, pattern, "$.managementEvent", "data events")


def _unrecorded(subject: Subject, pattern: Filter, needle: str, kind: str) -> Finding:
    message = f"the trail records no {kind}, so {needle} is never seen"
    fix = "turn them on in the stack's config and accept the finding, or drop the clause"
    return subject.finding("G207", pattern.find(needle), message, fix)


Named = frozenset[str] | None


def _events(node: Node, named: Named) -> Iterator[tuple[str, Named]]:
    """Each event name that a clause asks for, with the sources that the clauses beside it name."""
    if isinstance(node, And):
        beside = [found for operand in node.operands if (found := _sources(operand)) is not None]
        for operand in node.operands:
            yield from _events(operand, frozenset.intersection(*beside) if beside else named)
    elif isinstance(node, Or):
        for operand in node.operands:
            yield from _events(operand, named)
    else:
        name = literal(node, EVENT)
        if name is not None:
            yield name, named


def _sources(node: Node) -> Named:
    """The sources that a clause allows, all of them written out; None where it asks for none."""
    if isinstance(node, Or):
        each = [_sources(operand) for operand in node.operands]
        found = [sources_of for sources_of in each if sources_of is not None]
        return frozenset().union(*found) if len(found) == len(each) else None
    text = literal(node, SOURCE)
    return None if text is None else frozenset(_matching(text, sources())) | {text}


def _event(subject: Subject, pattern: Filter, name: str, named: Named) -> Iterator[Finding]:
    homes = {source for source, names in sources().items() if _matching(name, names)}
    place = pattern.find(name)
    if not homes:
        every = frozenset().union(*(sources().get(source, ()) for source in named or sources()))
        yield subject.finding("G201", place, f"no source records {name}", meant(name, every))
    elif named is not None and not homes & named:
        fix = f"name the source {_list(homes)}"
        yield subject.finding("G203", place, f"{name} is no event of {_list(named)}", fix)
    elif named is None and len(homes) > 1:
        message = f"{name} is an event of {len(homes)} sources: {_list(homes)}"
        yield subject.finding("G204", place, message, 'join it with ($.eventSource = "...")')
    seen = homes if named is None else homes & named
    if seen and all(_is_data(name, source) for source in seen):
        yield _unrecorded(subject, pattern, name, "data events")


def _is_data(name: str, source: str) -> bool:
    return bool(_matching(name, DATA_EVENTS.get(source, frozenset()))) and "*" not in name


def _matching(text: str, words: Mapping[str, object] | frozenset[str]) -> list[str]:
    """The words that a literal stands for; `*` is a wildcard, and nothing else is."""
    if "*" not in text:
        return [text] if text in words else []
    glob = text.replace("[", "[[]").replace("?", "[?]")
    return [word for word in words if fnmatchcase(word, glob)]


def _list(words: frozenset[str] | set[str]) -> str:
    shown = sorted(words)
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")
