"""Findings about exclusions (G501 to G505) and examples (G003)."""

import re
from collections.abc import Iterator, Mapping

from guard.pattern import matcher, parse
from guard.pattern.ast import Node, conditions
from guard.pattern.text import selector as spelt
from guard.rules import record
from guard.rules.arns import ACCOUNT
from guard.rules.conditions import named
from guard.rules.findings import Finding
from guard.rules.model import Event, Place, Rule
from guard.rules.satisfy import satisfiable
from guard.rules.subject import Subject
from guard.rules.words import shortened

_ACCOUNT = re.compile(r"arn:[^:]*:(?:iam|sts)::([^:*]*):")
_ROLE_OF_SESSIONS = re.compile(r"arn:.*:assumed-role/[^/*]*")
_BARE_SERVICE = re.compile(r"[a-z0-9-]+")  # `autoscaling`; records hold names such as autoscaling.amazonaws.com


def examples(subject: Subject, deployed: Subject) -> Iterator[Finding]:
    """A finding for each example that does not come out as the rule says. What should match is asked of the
    pattern as written, what should not of the pattern with the rule's exclusions, and of the examples that are
    filled as that is.
    """
    rule = subject.rule
    for number, event in enumerate(rule.examples.match):
        if not _counts(rule, event):
            place = subject.place("examples", "match", number)
            fix = "ask `guard explain` which clause fails, then mend the pattern or the example"
            yield subject.finding("G003", place, f"examples.match[{number}] does not match the pattern", fix)
    for number, event in enumerate(deployed.rule.examples.no_match):
        if _counts(deployed.rule, event):
            place = subject.place("examples", "no_match", number)
            fix = "narrow the pattern, or move the example to `match`"
            yield subject.finding("G003", place, f"examples.no_match[{number}] matches the pattern", fix)


def exclusions(subject: Subject, deployed: Subject) -> Iterator[Finding]:
    """What a rule's exclusions do to it; `deployed` is the rule with them in its patterns."""
    compiled = deployed.rule
    if not compiled.exclude:
        return
    place = subject.place("exclude")
    match = compiled.examples.match
    none_left = match and not any(_counts(compiled, event) for event in match)
    if none_left or not any(satisfiable(pattern.root) for pattern in deployed.filters):
        message = "its exclusions silence every example that it should match"
        yield subject.finding("G502", place, message, "exclude less")
    if compiled.controls:
        standards = shortened(compiled.controls)
        message = f"an auditor's exact text is changed by an exclusion ({standards})"
        fix = "exclude in the stack's override, with keepExact: true and recipients.quiet"
        yield subject.finding("G501", place, message, fix)
    for number, item in enumerate(compiled.exclude):
        root = named(item)
        yield from _idle(subject, item, root, subject.place("exclude", number))
        yield from _by_lists(subject, root, subject.place("exclude", number))


def _idle(subject: Subject, item: Mapping[str, str | bool], root: Node, place: Place) -> Iterator[Finding]:
    """An item that no counted event fulfils."""
    unknown = [spelt(one.selector) for one in conditions(root) if record.kind(record.names(one.selector)) == "unknown"]
    service, address = item.get("service"), str(item.get("source_ip", ""))
    principal = str(item.get("principal", ""))
    account = _ACCOUNT.match(principal)
    if unknown:
        why, fix = f"no CloudTrail record has {unknown[0]}", "name a field that records have"
    elif isinstance(service, str) and _BARE_SERVICE.fullmatch(service):
        why, fix = f"no service calls itself {service}", f"write {service}.amazonaws.com, if that is it"
    elif "/" in address:
        why, fix = f"no address is {address}, and networks cannot be named", "write how addresses begin, such as 10.*"
    elif account and not re.fullmatch(ACCOUNT, account[1]):
        why, fix = f"no account is '{account[1]}'", "write its 12 digits, or *"
    elif _ROLE_OF_SESSIONS.fullmatch(principal):
        why, fix = "a session's ARN goes on with its name", f"write {principal}/* or the role's ARN"
    elif not any(satisfiable(pattern.root, root, records=True) for pattern in subject.filters):
        why, fix = "the rule counts no such event anyway", "leave it out"
    else:
        return
    yield subject.finding("G504", place, f"the exclusion by {' and '.join(item)} excludes nothing: {why}", fix)


def _by_lists(subject: Subject, root: Node, place: Place) -> Iterator[Finding]:
    """An item that looks for a text where an example holds a list or an object."""
    for selector in dict.fromkeys(one.selector for one in conditions(root)):
        found = (value for event in subject.rule.examples.match for value in matcher.found(selector, event))
        if any(isinstance(value, list | dict) for value in found):
            message = f"{spelt(selector)} can hold a list or an object, and events with one are all left out"
            yield subject.finding("G505", place, message, f"exclude by a field in {spelt(selector)}, or by another")


def _counts(rule: Rule, event: Event) -> bool:
    return any(parse(text).matches(event) for text in rule.patterns)
