"""What holds of every rule that ships, one test a fact; the failing rule is named."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guard.pattern import parse
from guard.pattern.ast import Comparison, Text, Wildcard, conditions
from guard.rules import Rule, fill, load, read_pack, shipped
from guard.rules.limits import FILTERS
from guard.rules.loader import ID, alarm_faults
from guard.rules.placeholders import LONGEST, SAMPLE, fill_text
from guard.rules.standards import STANDARDS
from guard.rules.values import Faults, Value

RULES = [rule for name in shipped() for rule in read_pack(name).rules]
PACKS = Path(__file__).parents[2] / "guard" / "packs"
# The texts of these packs are somebody else's.
PUBLISHED = {"cis"}
# AWS's own sample accounts. https://docs.aws.amazon.com/accounts/latest/reference/welcome.html
ACCOUNTS = {"111122223333", "444455556666", "123456789012", "000000000000"}
KEY = re.compile(r"\b(AKIA|ASIA|AIDA|AROA)[A-Z0-9]{16}\b|-----BEGIN|aws_secret", re.IGNORECASE)
SECRET = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])")
each = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def values(data: Any) -> Iterator[str]:
    """Every text in an event."""
    if isinstance(data, dict):
        for item in data.values():
            yield from values(item)
    elif isinstance(data, str):
        yield data


def test_ids_are_unique() -> None:
    """Over all packs."""
    assert [name for name, count in Counter(rule.id for rule in RULES).items() if count > 1] == []


@each
def test_the_id_is_lower_case_words(rule: Rule) -> None:
    """Joined by `-`, within 64 characters: alarm, filter, metric and query bear it."""
    faults = Faults()
    ID(Value(rule.id, rule.place), "id", faults)
    assert faults.found == []
    assert len(rule.id) <= 64


@each
def test_the_pattern_parses(rule: Rule) -> None:
    """Each filter's text is a pattern that CloudWatch Logs takes, with names filled in."""
    for text in rule.patterns:
        assert parse(fill_text(text, SAMPLE))


@each
def test_the_pattern_fits(rule: Rule) -> None:
    """Within 1,024 characters, also with the longest names."""
    assert [len(fill_text(text, LONGEST)) for text in rule.patterns if len(fill_text(text, LONGEST)) > 1024] == []


@each
def test_the_pattern_has_no_regular_expression(rule: Rule) -> None:
    """A log group takes five filters with one, and they are the user's."""
    assert not any("%" in text for text in rule.patterns)


@each
def test_wildcards_are_where_they_are_sure(rule: Rule) -> None:
    """None in a selector; in a value at its ends only: what `a*b` means is nowhere documented, `*` is no test."""
    found = [condition for text in rule.patterns for condition in conditions(parse(text).root)]
    assert not [one for one in found if any(isinstance(step, Wildcard) for step in one.selector.steps)]
    texts = [one.value.text for one in found if isinstance(one, Comparison) and isinstance(one.value, Text)]
    assert [text for text in texts if "*" in text.strip("*") or not text.strip("*")] == []


@each
def test_what_must_match_matches(rule: Rule) -> None:
    """Every event under `match` is counted by one of the rule's filters."""
    filled = fill(rule, SAMPLE)
    patterns = [parse(text) for text in filled.patterns]
    assert [event for event in filled.examples.match if not any(one.matches(event) for one in patterns)] == []


@each
def test_what_must_not_match_does_not(rule: Rule) -> None:
    """No event under `no_match` is counted."""
    filled = fill(rule, SAMPLE)
    patterns = [parse(text) for text in filled.patterns]
    assert [event for event in filled.examples.no_match if any(one.matches(event) for one in patterns)] == []


@each
def test_an_example_is_another_act_and_one_a_near_miss(rule: Rule) -> None:
    """Two at least do not match; one of them holds a value that the pattern asks for, where the text is ours."""
    assert len(rule.examples.no_match) >= 2
    found = [condition for text in rule.patterns for condition in conditions(parse(text).root)]
    asked = {one.value.text for one in found if isinstance(one, Comparison) and isinstance(one.value, Text)}
    assert rule.pack in PUBLISHED or any(asked & set(values(event)) for event in rule.examples.no_match)


@each
def test_each_filter_has_an_example(rule: Rule) -> None:
    """Of every filter of the rule, some event under `match` is counted."""
    filled = fill(rule, SAMPLE)
    silent = [text for text in filled.patterns if not any(map(parse(text).matches, filled.examples.match))]
    assert silent == []


@each
def test_a_person_knows_what_to_do(rule: Rule) -> None:
    """A description and a first step, as sentences; who does it honestly."""
    assert rule.description.endswith(".")
    assert rule.first_step.endswith(".")
    assert rule.false_positives


@each
def test_techniques_are_well_formed(rule: Rule) -> None:
    """Each rule names the techniques of ATT&CK that it sees."""
    assert rule.attack
    assert [one for one in rule.attack if not re.fullmatch(r"T1\d{3}(\.0\d\d)?", one)] == []


@each
def test_references_are_well_formed(rule: Rule) -> None:
    """One page at least, of AWS, by https, each once."""
    assert rule.references
    assert len(set(rule.references)) == len(rule.references)
    page = re.compile(r"https://docs\.aws\.amazon\.com/[\w./-]+\.html(#[\w-]+)?")
    assert [one for one in rule.references if not page.fullmatch(one)] == []


@each
def test_the_alarm_is_one_that_cloudwatch_takes(rule: Rule) -> None:
    """Whole minutes, within a day (a week for periods of an hour), a threshold that can be reached."""
    alarm = rule.alarm
    read = {"period": alarm.period, "threshold": alarm.threshold, "evaluation_periods": alarm.evaluation_periods}
    assert alarm_faults({**read, "datapoints_to_alarm": alarm.datapoints_to_alarm}) == []
    assert alarm.threshold >= 1


@each
def test_controls_exist(rule: Rule) -> None:
    """Each standard is known, and has the control."""
    assert rule.controls.keys() <= STANDARDS.keys()
    named = {(standard, one) for standard, controls in rule.controls.items() for one in controls}
    assert [(standard, one) for standard, one in sorted(named) if one not in STANDARDS[standard].controls] == []


@pytest.mark.parametrize("name", STANDARDS)
def test_a_control_without_a_rule_has_a_reason(name: str) -> None:
    """Every control of a standard is a rule's, is met by the stack, or is no alarm for a stated reason."""
    found = STANDARDS[name].coverage(RULES, RULES, name, {})
    assert [control.id for control in found if not control.rules and not control.why] == []


@pytest.mark.parametrize("path", sorted(PACKS.glob("*.yaml")), ids=lambda path: path.stem)
def test_nothing_is_invisible(path: Path) -> None:
    """No control or format characters but the end of a line."""
    text = path.read_text(encoding="utf-8")
    assert [hex(ord(one)) for one in text if unicodedata.category(one)[0] == "C" and one != "\n"] == []


@pytest.mark.parametrize("path", sorted(PACKS.glob("*.yaml")), ids=lambda path: path.stem)
def test_nothing_looks_like_a_secret(path: Path) -> None:
    """No key ids, no forty characters of base64, no account but AWS's samples."""
    text = re.sub(r"https://\S+", "", path.read_text(encoding="utf-8"))
    assert KEY.search(text) is None
    assert [one for one in SECRET.findall(text) if re.search(r"\d", one) and re.search(r"[A-Z]", one)] == []
    assert set(re.findall(r"\b\d{12}\b", text)) <= ACCOUNTS


def test_all_packs_fit_one_log_group() -> None:
    """Together they have no more filters than a log group takes."""
    assert sum(len(rule.patterns) for rule in load(shipped()).rules) <= FILTERS
