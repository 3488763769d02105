"""What holds of every rule that ships; the failing one is named."""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from guard.history.run import run
from guard.pattern import parse
from guard.rules import Rule, load, shipped
from guard.rules.placeholders import SAMPLE, fill

SHARED = Path(__file__).parents[3] / "shared" / "events"
BUDGET = Path(__file__).with_name("budget.json")
FILTERS = 100
RULES = [rule for name in shipped() for rule in load([name]).rules]
PACKS = Path(__file__).parents[2] / "guard" / "packs"
SECRET = re.compile(r"AKIA(?!EXAMPLE)[A-Z0-9]{16}|-----BEGIN|aws_secret", re.IGNORECASE)
each = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def test_ids_are_unique() -> None:
    """Over all packs."""
    assert [name for name, count in Counter(rule.id for rule in RULES).items() if count > 1] == []


@each
def test_the_pattern_fits(rule: Rule) -> None:
    """It parses, with names filled in, and has no regular expression: a log group takes five."""
    for text in fill(rule, SAMPLE).patterns:
        assert parse(text)
        assert len(text) <= 1024
        assert "%" not in text


@each
def test_its_examples_hold(rule: Rule) -> None:
    """One matches at least; of those that do not there are two where the text is ours: another act, a near miss."""
    filled = fill(rule, SAMPLE)
    patterns = [parse(text) for text in filled.patterns]
    assert all(any(one.matches(event) for one in patterns) for event in filled.examples.match)
    assert not [event for event in filled.examples.no_match if any(one.matches(event) for one in patterns)]
    assert len(rule.examples.match) >= 1
    assert len(rule.examples.no_match) >= (1 if rule.pack in {"cis", "essentials"} else 2)


@each
def test_a_person_knows_what_to_do(rule: Rule) -> None:
    """A first step, a technique of ATT&CK, an https address; false positives beyond compliance."""
    assert rule.first_step.endswith(".")
    assert rule.attack
    assert all(re.fullmatch(r"T\d{4}(\.\d{3})?", one) for one in rule.attack)
    assert all(one.startswith("https://") for one in rule.references)
    assert rule.false_positives


@each
def test_the_alarm_is_one_that_cloudwatch_takes(rule: Rule) -> None:
    """Periods of whole minutes within a day."""
    alarm = rule.alarm
    assert alarm.period % 60 == 0
    assert alarm.period * alarm.evaluation_periods <= 86_400
    assert alarm.datapoints_to_alarm <= alarm.evaluation_periods


@pytest.mark.parametrize("path", sorted(PACKS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_file_hides_nothing(path: Path) -> None:
    """No invisible characters, nothing that looks like a secret."""
    text = path.read_text(encoding="utf-8")
    assert [hex(ord(one)) for one in text if unicodedata.category(one) in {"Cf", "Cc", "Co"} and one != "\n"] == []
    assert not SECRET.search(text)


def test_all_packs_fit_one_log_group() -> None:
    """Together they have no more filters than a log group takes."""
    assert sum(len(rule.patterns) for rule in load(shipped()).rules) <= FILTERS


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real events (../shared/events) are not on this machine")
def test_the_budget_of_false_positives() -> None:
    """Hits of each rule over real events are those of budget.json; a change has to say why."""
    files = sorted(map(str, SHARED.glob("*.jsonl.gz")))
    filled = [fill(rule, SAMPLE) for rule in RULES]
    found = {one.rule.id: one.events for one in run(filled, files).results}
    assert found == json.loads(BUDGET.read_text())
