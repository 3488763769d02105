"""The linter: reads packs, or takes a stack's rules, and gives the findings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from guard.rules import lint_alarm, lint_exclude, lint_logic, lint_names
from guard.rules.exclude import excluded
from guard.rules.findings import CODES, Finding
from guard.rules.ids import Ids, check_covers, covered, unique
from guard.rules.model import Pack, Place, Rule, RuleSet
from guard.rules.sources import distinct, elsewhere, read_source
from guard.rules.standards import STANDARDS
from guard.rules.subject import Subject, subject
from guard.rules.values import Faults, Value
from guard.rules.words import meant

OWN = "rules"  # the pack of a stack's own rules


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and the findings that no rule accepts, by place."""

    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.level == "error" for finding in self.findings)

    @property
    def examples(self) -> int:
        """How many examples were run."""
        return sum(len(rule.examples.match) + len(rule.examples.no_match) for rule in self.rules)


def lint(names: Sequence[str], root: Path) -> Report:
    """Packs, by name or path from `root`, and their rules together, on a trail that records management events."""
    faults = Faults()
    wanted = distinct(names, root)
    sources = [source for name in wanted if (source := read_source(name, root, faults))]
    packs = [source.pack for source in sources]
    values = {key: value for source in sources for key, value in source.values.items()}
    rules = _known(packs, values, faults, partial=len(packs) < len(wanted))
    subjects = [subject(rule, values.get(rule.id)) for rule in rules.values()]
    deployed = {
        one.rule.id: subject(excluded(rules[one.rule.id], faults, one.place("exclude")), values.get(one.rule.id))
        for one in subjects
    }
    found = [finding for one in subjects for finding in _alone(one, deployed[one.rule.id], frozenset())]
    hidden = covered(rules)
    found += lint_alarm.together([deployed[name] for name in rules if name not in hidden])
    broken = [Finding(noted.place, noted.code, noted.rule, noted.what, noted.fix) for noted in faults.found]
    stale = [finding for one in subjects for finding in _stale(one, found)]
    return _report(subjects, [*broken, *_unaccepted(subjects, found), *stale])


def lint_stack(rule_set: RuleSet, root: Path, recorded: frozenset[str] = frozenset()) -> Report:
    """The rules that a stack deploys, overrides and exclusions applied; packs given by path stand in `root`.
    `recorded` holds what the trail records besides management events: keys of `lint_names.SWITCHES`, or
    `lint_names.UNTOLD`.
    """
    written = {rule.id: rule for pack in rule_set.packs for rule in pack.rules}
    sources = [read_source(pack.name, root, Faults()) for pack in rule_set.packs if pack.name != OWN]
    values = {key: value for source in sources if source for key, value in source.values.items()}
    deployed = [
        subject(rule, _overridden(rule, written.get(rule.id, rule), values.get(rule.id))) for rule in rule_set.rules
    ]
    subjects = [_as_written(one, written.get(one.rule.id, one.rule)) for one in deployed]
    found = [finding for pair in zip(subjects, deployed, strict=True) for finding in _alone(*pair, recorded)]
    found += lint_alarm.together(deployed)
    return _report(deployed, _unaccepted(deployed, found))


def _as_written(deployed: Subject, written: Rule) -> Subject:
    """The rule as deployed, but without its exclusions in its patterns."""
    rule = replace(deployed.rule, pattern=written.pattern, more_patterns=written.more_patterns)
    return subject(rule, deployed.value)


def _known(packs: Sequence[Pack], values: Mapping[str, Value], faults: Faults, *, partial: bool) -> dict[str, Rule]:
    """The rules by id, with faults for ids that are repeated, and for `covers` of ids that no rule has."""
    rules = unique(packs, faults)
    broken = frozenset(faults.broken - {""})
    check_covers(Ids(rules, elsewhere(rules), broken, partial=partial), values, faults)
    return rules


def _overridden(rule: Rule, written: Rule, value: Value | None) -> Value:
    """The rule's YAML; what the stack's config changes of it stands at its keys there."""
    key = f"overrides.{rule.id}"
    data = dict(value.data) if value else {}
    if rule.alarm != written.alarm:
        data["alarm"] = Value(None, Place(f"{key}.alarm", 0, 0))
    if rule.exclude != written.exclude:
        own = data["exclude"].data if "exclude" in data else []
        added = [Value(None, Place(f"{key}.exclude[{n}]", 0, 0)) for n in range(len(rule.exclude) - len(own))]
        data["exclude"] = Value([*own, *added], Place(f"{key}.exclude", 0, 0))
    return Value(data, value.place if value else rule.place)


def _alone(one: Subject, deployed: Subject, recorded: frozenset[str]) -> Iterator[Finding]:
    yield from _uncontrolled(one)
    yield from lint_exclude.examples(one, deployed)
    yield from lint_logic.findings(one)
    yield from lint_names.findings(one, recorded)
    yield from lint_alarm.findings(deployed)
    yield from lint_exclude.exclusions(one, deployed)


def _uncontrolled(one: Subject) -> Iterator[Finding]:
    """Controls that no standard has; of a name that is not in the table, and of a part of a standard, none is known."""
    for name, controls in one.rule.controls.items():
        standard = STANDARDS.get(name)
        for number, control in enumerate(controls):
            if standard and standard.whole and control not in standard.controls:
                place, fix = one.place("controls", name, number), f"guard rules --standard {name} lists them"
                yield one.finding("G005", place, f"{name} has no control {control}", fix)


def _report(subjects: Sequence[Subject], found: Iterable[Finding]) -> Report:
    return Report(tuple(one.rule for one in subjects), tuple(sorted(dict.fromkeys(found))))


def _unaccepted(subjects: Sequence[Subject], found: Iterable[Finding]) -> Iterator[Finding]:
    accepted = {one.rule.id: one.rule.accept for one in subjects}
    yield from (finding for finding in found if finding.code not in accepted[finding.rule])


def _stale(one: Subject, found: Sequence[Finding]) -> Iterator[Finding]:
    """What a rule accepts for nothing."""
    mine = {finding.code for finding in found if finding.rule == one.rule.id}
    for code in sorted(one.rule.accept.keys() - mine):
        place = one.place("accept", code)
        fix = "leave it out" if code in CODES else meant(code, CODES)
        yield one.finding("G004", place, f"{code} is accepted, but is not found", fix)
