"""Findings in alarms, mails and quotas: G301 to G306 and G401 to G403."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import combinations

from guard.pattern.ast import Comparison, Node, Regex, conditions
from guard.rules.alike import pairs
from guard.rules.describe import MAX_DESCRIPTION, description, size
from guard.rules.findings import Finding
from guard.rules.limits import FILTERS, REGEX_FILTERS
from guard.rules.satisfy import same, satisfiable
from guard.rules.subject import Subject
from guard.rules.template import TO_WRITE
from guard.rules.values import Value

# More of one rule's events than any account records: bursts of 84 a second were seen
# (https://github.com/eijikominami/aws-cloudformation-templates/pull/138).
EVENTS_A_SECOND = 100
GOOD_PERIOD = 300
HIDDEN = ("Cc", "Cf", "Co")  # categories of characters: controls, such as have no width, and nobody's
ODD_BLANKS = ("Zs", "Zl", "Zp")  # one in a pattern equals no blank, and looks like one
QUIET = "quiet"  # the topic of exact twins, which count again what their rules count


def findings(subject: Subject) -> Iterator[Finding]:
    """What is odd in a rule's alarm and in what its mail says."""
    alarm = subject.rule.alarm
    most = alarm.period * EVENTS_A_SECOND
    if alarm.threshold > most:
        message = f"{alarm.threshold:,} events in {alarm.period:,} s are never reached"
        yield subject.finding("G301", subject.place("alarm", "threshold"), message, f"write {most:,} or fewer")
    if alarm.period < GOOD_PERIOD:
        message = f"CloudTrail delivers in batches minutes apart, so {alarm.period} s cut a burst into several"
        yield subject.finding("G302", subject.place("alarm", "period"), message, f"write {GOOD_PERIOD}")
    yield from _twice(subject)
    yield from _texts(subject)


def _twice(subject: Subject) -> Iterator[Finding]:
    if subject.rule.alarm.threshold == 1:
        return
    for one, other in combinations(subject.filters, 2):
        if satisfiable(one.root, other.root):
            message = "an event can match two filters of the rule, and then counts twice towards the threshold"
            yield subject.finding("G306", other.place, message, "make the filters' event names differ")


def _texts(subject: Subject) -> Iterator[Finding]:
    rule = subject.rule
    length = size(description(rule))
    if length > MAX_DESCRIPTION:
        message = f"the alarm's description has {length:,} bytes: title, severity, first step and id"
        fix = f"shorten description or first_step by {length - MAX_DESCRIPTION:,}"
        yield subject.finding("G401", subject.place("description"), message, fix)
    said = {"description": "" if rule.description == rule.title else rule.description, "first_step": rule.first_step}
    missing = [key for key, text in said.items() if text in ("", TO_WRITE[key])]
    if missing:
        message = "the mail does not say what happened and what to do first"
        fix = f"write {' and '.join(missing)}"
        yield subject.finding("G402", subject.place(), message, fix)
    for key, text in {"title": rule.title, "description": rule.description, "first_step": rule.first_step}.items():
        yield from _hidden(subject, key, text, subject.value.data.get(key, subject.value), HIDDEN)
    for pattern in subject.filters:
        yield from _hidden(subject, "pattern", pattern.text, pattern.value, (*HIDDEN, *ODD_BLANKS))


def _hidden(subject: Subject, key: str, text: str, value: Value, kinds: Sequence[str]) -> Iterator[Finding]:
    """The first character of a text that nobody sees; `value` is its YAML, without it where an exclusion brought it."""
    hidden = next((char for char in text if char not in " \n\t\r" and unicodedata.category(char) in kinds), "")
    if hidden:
        message = f"'{key}' holds the invisible character U+{ord(hidden):04X}"
        yield subject.finding("G403", value.at(str(value.data).find(hidden)), message, "type the text anew")


def together(subjects: Sequence[Subject]) -> Iterator[Finding]:
    """What is odd about rules deployed on one log group."""
    filters = [(subject, pattern) for subject in subjects for pattern in subject.filters]
    regexes = [subject for subject, pattern in filters if _has_regex(pattern.root)]
    yield from _over([subject for subject, _ in filters], FILTERS, "G303", "metric filters")
    yield from _over(regexes, REGEX_FILTERS, "G304", "filters with a regular expression")
    loud = sorted((subject for subject in subjects if subject.rule.topic != QUIET), key=lambda subject: subject.rule.id)
    for one, other in pairs(loud):
        if same(one.root, other.root):
            message = f"it counts the same events as rule '{one.rule.id}'"
            fix = f"drop one, or let one cover the other: `covers: [{one.rule.id}]`"
            yield other.finding("G305", other.place("pattern"), message, fix)


def _over(filters: Sequence[Subject], most: int, code: str, kind: str) -> Iterator[Finding]:
    if len(filters) > most:
        message = f"a log group takes {most} {kind}, and these are {len(filters)}"
        yield filters[most].finding(code, filters[most].place("pattern"), message, "disable rules or drop packs")


def _has_regex(root: Node) -> bool:
    return any(isinstance(part, Comparison) and isinstance(part.value, Regex) for part in conditions(root))
