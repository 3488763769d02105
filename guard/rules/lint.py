"""The linter: reads packs, or takes a stack's rules, and gives the findings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from guard.rules import lint_alarm, lint_exclude, lint_logic, lint_names
from guard.rules.exclude import excluded
from guard.rules.findings import CODES, Finding
from guard.rules.ids import covered, unique
from guard.rules.model import Rule, RuleSet
from guard.rules.placeholders import SAMPLE, fill
from guard.rules.sources import read_source
from guard.rules.subject import Subject, subject
from guard.rules.values import Faults, meant


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


def lint(names: Sequence[str], root: Path, recorded: frozenset[str] = frozenset()) -> Report:
    """Packs, by name or path from `root`, and their rules together. `recorded` holds what the trail records
    besides management events: `data events`, `Insights events`, `network activity events`.
    """
    faults = Faults()
    sources = [read_source(name, root, faults) for name in dict.fromkeys(names)]
    packs = [source.pack for source in sources if source]
    values = {key: value for source in sources if source for key, value in source.values.items()}
    rules = unique(packs, faults)
    subjects = [subject(rule, values.get(rule.id)) for rule in rules.values()]
    compiled = {rule.id: excluded(rule, faults) for rule in rules.values()}
    found = [finding for one in subjects for finding in _alone(one, compiled[one.rule.id])]
    hidden = covered(rules)
    found += lint_alarm.together([one for one in subjects if one.rule.id not in hidden])
    return _report(subjects, found, faults, recorded)


def lint_stack(rule_set: RuleSet, recorded: frozenset[str] = frozenset()) -> Report:
    """The rules that a stack deploys, overrides and exclusions applied."""
    written = {rule.id: rule for pack in rule_set.packs for rule in pack.rules}
    subjects = [subject(rule, None) for rule in rule_set.rules]
    found = [finding for one in subjects for finding in _alone(one, one.rule)]
    found = [finding for finding in found if not _excluded_example(finding, rule_set, written)]
    found += lint_alarm.together([one for one in subjects if one.rule.topic != "quiet"])
    return _report(subjects, found, Faults(), recorded)


def _excluded_example(finding: Finding, rule_set: RuleSet, written: Mapping[str, Rule]) -> bool:
    """Whether an example fails only because the stack excludes it, which G502 judges."""
    excluding = {rule.id for rule in rule_set.rules if rule.exclude != written.get(rule.id, rule).exclude}
    return finding.code == "G003" and finding.rule in excluding


def _alone(one: Subject, compiled: Rule) -> Iterator[Finding]:
    yield from lint_exclude.examples(one)
    yield from lint_logic.findings(one)
    yield from lint_names.findings(one)
    yield from lint_alarm.findings(one)
    yield from lint_exclude.exclusions(one, fill(compiled, SAMPLE))


def _report(subjects: Sequence[Subject], found: Iterable[Finding], faults: Faults, recorded: frozenset[str]) -> Report:
    seen = list(found)
    kept = [finding for one in subjects for finding in _kept(one, seen) if not _is_recorded(finding, recorded)]
    broken = [
        Finding(place, "G002" if "the pattern:" in fault.what else "G001", "", fault.what, fault.fix)
        for place, fault in faults.found
    ]
    return Report(tuple(one.rule for one in subjects), tuple(sorted(dict.fromkeys([*broken, *kept]))))


def _is_recorded(finding: Finding, recorded: frozenset[str]) -> bool:
    return finding.code == "G207" and any(f"no {kind}" in finding.message for kind in recorded)


def _kept(one: Subject, found: Sequence[Finding]) -> Iterator[Finding]:
    """The findings of a rule that it does not accept, and what it accepts for nothing."""
    mine = [finding for finding in found if finding.rule == one.rule.id]
    yield from (finding for finding in mine if finding.code not in one.rule.accept)
    for code in sorted(one.rule.accept.keys() - {finding.code for finding in mine}):
        place = one.place("accept", code)
        fix = "leave it out" if code in CODES else meant(code, CODES)
        yield one.finding("G004", place, f"{code} is accepted, but is not found", fix)
