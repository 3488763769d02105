"""Findings about exclusions (G501, G502) and examples (G003)."""

from collections.abc import Iterator

from guard.pattern import parse
from guard.rules.findings import Finding
from guard.rules.model import Event, Rule
from guard.rules.satisfy import satisfiable
from guard.rules.subject import Subject


def examples(subject: Subject, deployed: Subject) -> Iterator[Finding]:
    """A finding for each example that does not come out as the rule says. What should match is asked of the
    pattern as written, what should not of the pattern with the rule's exclusions.
    """
    rule = subject.rule
    for number, event in enumerate(rule.examples.match):
        if not _counts(rule, event):
            place = subject.place("examples", "match", number)
            fix = "ask `guard explain` which clause fails, then mend the pattern or the example"
            yield subject.finding("G003", place, f"examples.match[{number}] does not match the pattern", fix)
    for number, event in enumerate(rule.examples.no_match):
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
    match = subject.rule.examples.match
    none_left = match and not any(_counts(compiled, event) for event in match)
    if none_left or not any(satisfiable(pattern.root) for pattern in deployed.filters):
        message = "its exclusions silence every example that it should match"
        yield subject.finding("G502", place, message, "exclude less")
    if compiled.controls:
        message = f"an auditor's exact text is changed by an exclusion ({', '.join(sorted(compiled.controls))})"
        fix = "add keep_exact: true to the override, with recipients.quiet"
        yield subject.finding("G501", place, message, fix)


def _counts(rule: Rule, event: Event) -> bool:
    return any(parse(text).matches(event) for text in rule.patterns)
