"""Findings in what a pattern names: events, sources and fields (G201 to G208)."""

import re
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache

from guard.pattern.ast import And, Comparison, Condition, Is, Name, Node, Or, Selector, Text, conditions
from guard.pattern.names import EVENT_NAME
from guard.pattern.text import condition as clause
from guard.pattern.text import selector as spelt
from guard.rules import record
from guard.rules.data_events import DATA_EVENTS
from guard.rules.events import sources
from guard.rules.findings import Finding
from guard.rules.subject import Filter, Subject
from guard.rules.words import meant, shortened

SOURCE = Selector((Name("eventSource"),))

# What a trail records besides management events; a stack can switch on the first two.
DATA, INSIGHTS, NETWORK = "data events", "Insights events", "network activity events"
SWITCHES = {DATA: "dataEvents", INSIGHTS: "insights"}
SWITCHED_SOURCES = frozenset({"s3.amazonaws.com", "lambda.amazonaws.com"})  # `dataEvents` records theirs only
UNTOLD = "all that a trail of somebody else's may record"
# The values of eventCategory and eventType that stand for other events than those of management.
OTHER_KINDS = {
    "Data": DATA,
    "Insight": INSIGHTS,
    "AwsCloudTrailInsight": INSIGHTS,
    "NetworkActivity": NETWORK,
    "AwsVpceEvents": NETWORK,
}
# Names of endpoints or services, which look like event sources: what their events bear instead.
NOT_SOURCES = {
    "cloudwatch.amazonaws.com": "monitoring.amazonaws.com",
    "email.amazonaws.com": "ses.amazonaws.com",
    "opensearch.amazonaws.com": "es.amazonaws.com",
    "console.amazonaws.com": "signin.amazonaws.com",
    "appstream2.amazonaws.com": "appstream.amazonaws.com",
    "cloudhsmv2.amazonaws.com": "cloudhsm.amazonaws.com",
}
# Parameters that take a name as well as an ARN (or an alias): to narrow a rule by one is to be evaded.
SEVERAL_FORMS: Mapping[str, tuple[str, ...]] = {
    "cloudtrail.amazonaws.com": ("$.requestParameters.name", "$.requestParameters.trailName"),
    "kms.amazonaws.com": ("$.requestParameters.keyId",),
    "lambda.amazonaws.com": ("$.requestParameters.functionName",),
    "secretsmanager.amazonaws.com": ("$.requestParameters.secretId",),
}
Named = frozenset[str] | None


def findings(subject: Subject, recorded: frozenset[str]) -> Iterator[Finding]:
    """What each of a rule's patterns names wrongly; `recorded` holds those of SWITCHES that are on, or UNTOLD."""
    for pattern in subject.filters:
        seen: set[str] = set()
        for name, named in _events(pattern.root, None):
            homes = _homes(name) if named is None else _homes(name) & named
            seen |= homes
            yield from _event(subject, pattern, name, named)
            yield from _unseen(subject, pattern, name, homes, recorded)
        for condition in dict.fromkeys(conditions(pattern.root)):
            yield from _selector(subject, pattern, condition)
            yield from _kind(subject, pattern, condition, recorded)
            if isinstance(condition, Comparison) and isinstance(condition.value, Text):
                yield from _source(subject, pattern, condition, condition.value.text)
                yield from _excepted(subject, pattern, condition, condition.value.text)
                yield from _evaded(subject, pattern, condition, condition.value.text, seen)


@lru_cache(maxsize=1)
def known() -> Mapping[str, frozenset[str]]:
    """Event source -> the names of its events, data events among them."""
    table, none = sources(), frozenset[str]()
    real = {*table, *DATA_EVENTS} - NOT_SOURCES.keys()
    return {source: table.get(source, none) | DATA_EVENTS.get(source, none) for source in real}


@lru_cache(maxsize=1)
def _recorders() -> Mapping[str, frozenset[str]]:
    """Event name -> the sources that record it."""
    every: dict[str, set[str]] = {}
    for source, names in known().items():
        for name in names:
            every.setdefault(name, set()).add(source)
    return {name: frozenset(found) for name, found in every.items()}


@lru_cache(maxsize=1024)
def _homes(name: str) -> frozenset[str]:
    """The sources of an event name; `*` is a wildcard."""
    return frozenset().union(*(_recorders()[one] for one in matching(name, _recorders())))


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
        wrong = next(n for n, name in enumerate(path) if record.kind(path[: n + 1]) == "unknown")
        fix = ("" if wrong else _wrapped(path[0])) or meant(path[wrong], record.known(path))
        yield subject.finding("G205", pattern.find(field), f"no CloudTrail record has {field}", fix)
    elif kind == "object" and isinstance(condition, Comparison):
        fix = f"name a field in it, such as {field}.{(record.known(path) or ['...'])[0]}"
        yield subject.finding("G206", pattern.find(field), f"{field} is an object, which equals nothing", fix)


# What stands at the top of what else holds a record.
_WRAPPINGS = {
    "Records": "each record of a log file is an event of its own: leave out $.Records[...]",
    "detail": "EventBridge puts the record into `detail`, the log does not: leave it out",
    "detail-type": "it is EventBridge's: write $.eventType",
    "source": "it is EventBridge's: write $.eventSource",
}


def _wrapped(name: str) -> str:
    """What to do about a first name that is no field of a record, but one around it, or of the caller."""
    caller = f"write $.userIdentity.{name}" if record.kind(("userIdentity", name)) != "unknown" else ""
    return _WRAPPINGS.get(name, caller)


def _source(subject: Subject, pattern: Filter, condition: Comparison, text: str) -> Iterator[Finding]:
    if condition.selector != SOURCE:
        return
    if not matching(text, known()):
        right = _right(text)
        fix = f"write {right}" if right in known() else meant(text, known())
        yield subject.finding("G202", pattern.find(text), f"no event has the source {text}", fix)


def _right(source: str) -> str:
    """The source that is meant by the name of a service or an endpoint; any other as it is."""
    return NOT_SOURCES.get(source, source if "." in source else f"{source}.amazonaws.com")


def _excepted(subject: Subject, pattern: Filter, condition: Comparison, text: str) -> Iterator[Finding]:
    """An event name that is left out, but does not exist."""
    if condition.selector == EVENT_NAME and condition.operator == "!=" and not _homes(text):
        yield _nobodys(subject, pattern, text, known())


def _kind(subject: Subject, pattern: Filter, condition: Condition, recorded: frozenset[str]) -> Iterator[Finding]:
    path = record.names(condition.selector)
    value = condition.value if isinstance(condition, Comparison) and condition.operator == "=" else None
    kind = OTHER_KINDS.get(value.text) if isinstance(value, Text) else None
    if path in (("eventCategory",), ("eventType",)) and kind and isinstance(value, Text):
        yield from _unrecorded(subject, pattern, value.text, kind, recorded)
    elif path == ("managementEvent",) and isinstance(condition, Is) and condition.constant == "FALSE":
        yield from _unrecorded(subject, pattern, "$.managementEvent", DATA, recorded)
    elif path[0] == "insightDetails" and _asks(condition):
        yield from _unrecorded(subject, pattern, spelt(condition.selector), INSIGHTS, recorded)


def _asks(condition: Condition) -> bool:
    """Whether the condition holds only where its field is."""
    return isinstance(condition, Comparison | Is)


def _unrecorded(
    subject: Subject, pattern: Filter, needle: str, kind: str, recorded: frozenset[str]
) -> Iterator[Finding]:
    if recorded & {kind, UNTOLD}:
        return
    message = f"the trail records no {kind}, so {needle} is never seen"
    on = f", or set {SWITCHES[kind]}: true (a pack for such stacks accepts the finding)" if kind in SWITCHES else ""
    fix = f"drop the clause{on}"
    yield subject.finding("G207", pattern.find(needle), message, fix)


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
        name = literal(node, EVENT_NAME)
        if name is not None:
            yield name, named


def _sources(node: Node) -> Named:
    """The sources that a clause allows, all of them written out; None where it asks for none."""
    if isinstance(node, Or):
        each = [_sources(operand) for operand in node.operands]
        found = [sources_of for sources_of in each if sources_of is not None]
        return frozenset().union(*found) if len(found) == len(each) else None
    text = literal(node, SOURCE)
    return None if text is None else frozenset(matching(text, known())) | {text}


def _event(subject: Subject, pattern: Filter, name: str, named: Named) -> Iterator[Finding]:
    homes = _homes(name)
    if not homes:
        yield _nobodys(subject, pattern, name, named or known())
    elif named and not homes & {*map(_right, named)}:
        fix = _dated(name, named) or f"name the source {shortened(homes)}"
        yield subject.finding("G203", pattern.find(name), f"{name} is no event of {shortened(named)}", fix)
    elif named is None and len(homes) > 1:
        message = f"{name} is an event of {len(homes)} sources: {shortened(homes)}"
        yield subject.finding("G204", pattern.find(name), message, 'join it with ($.eventSource = "...")')


def _nobodys(subject: Subject, pattern: Filter, name: str, named: Collection[str]) -> Finding:
    real = [source for source in named if source in known()] or known()
    every = frozenset().union(*(known()[source] for source in real))
    fix = _dated(name, real) or meant(name, every)
    return subject.finding("G201", pattern.find(name), f"no source records {name}", fix)


def _dated(name: str, named: Collection[str]) -> str:
    """What to write where the sources record the operation with the date of its API, such as Lambda's; else ""."""
    form = re.compile(rf"{re.escape(name)}[0-9]{{4}}[0-9_]*(v[0-9]+)?")
    every = sorted({one for source in named for one in known().get(source, ()) if form.fullmatch(one)})
    return f"CloudTrail records it as {' and '.join(every)}" if every else ""


def _unseen(
    subject: Subject, pattern: Filter, name: str, homes: frozenset[str], recorded: frozenset[str]
) -> Iterator[Finding]:
    """An event that is a data event of all its sources, none of which the trail records."""
    off = homes - SWITCHED_SOURCES if DATA in recorded else homes
    if homes and off == homes and all(name in DATA_EVENTS.get(source, ()) for source in homes):
        yield from _unrecorded(subject, pattern, name, DATA, recorded - {DATA})


def _evaded(subject: Subject, pattern: Filter, condition: Comparison, text: str, seen: set[str]) -> Iterator[Finding]:
    field = spelt(condition.selector)
    several = any(field in SEVERAL_FORMS.get(source, ()) for source in seen)
    if several and condition.operator == "=" and not text.startswith("*"):
        message = f"`{clause(condition)}` misses a call that names the same thing by its ARN or alias"
        yield subject.finding(
            "G208", pattern.find(field), message, f'drop the clause, or write "*{text}" to hold for both'
        )


def matching(text: str, words: Collection[str]) -> list[str]:
    """The words that a literal stands for; `*` is a wildcard, and nothing else is."""
    if "*" not in text:
        return [text] if text in words else []
    glob = text.replace("[", "[[]").replace("?", "[?]")
    longest = max(text.split("*"), key=len)  # it rules out nearly all words, and quickly
    return [word for word in words if longest in word and fnmatchcase(word, glob)]
