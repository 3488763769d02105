"""The CIS pack: its texts are frozen, and it takes nothing away from the rules that it covers."""

import json
from pathlib import Path

import pytest

from guard import rules
from guard.pattern import parse
from guard.pattern.ast import Node, Or
from guard.rules import Rule
from guard.rules.satisfy import same

PACK = rules.read_pack("cis")
BY_ID = {rule.id: rule for rule in PACK.rules}
GOLDEN: dict[str, list[str]] = json.loads(Path(__file__).with_name("cis.json").read_text("utf-8"))
ESSENTIALS = {rule.id: rule for rule in rules.read_pack("essentials").rules}


def test_fifteen_controls() -> None:
    """The golden file and the pack hold the same fifteen rules."""
    assert sorted(BY_ID) == sorted(GOLDEN)
    assert len(GOLDEN) == 15


@pytest.mark.parametrize("rule_id", GOLDEN)
def test_texts_are_frozen(rule_id: str) -> None:
    """Every filter's text is, byte for byte after YAML folding, the published one that auditors' tools accept."""
    assert list(BY_ID[rule_id].patterns) == GOLDEN[rule_id]


@pytest.mark.parametrize("rule", PACK.rules, ids=lambda rule: rule.id)
def test_ids_of_every_standard(rule: Rule) -> None:
    """Each rule names the control of every CIS version since 1.3, and how the checkers call it."""
    versions = ("1.3", "1.4", "1.5", "2.0", "3.0", "4.0", "5.0", "6.0", "7.0")

    assert {f"cis-{version}" for version in versions} <= rule.controls.keys()
    assert {"prowler", "steampipe"} <= rule.controls.keys()


def test_security_hub_controls() -> None:
    """The pack holds CloudWatch.1 to CloudWatch.14, one a rule."""
    found = [name for rule in PACK.rules for name in rule.controls.get("security-hub", ())]

    assert sorted(found) == sorted(f"CloudWatch.{number}" for number in range(1, 15))


def tree(rule: Rule) -> Node:
    """What the rule counts: any of its filters."""
    return Or(tuple(parse(text).root for text in rule.patterns))


@pytest.mark.parametrize("rule", [rule for rule in PACK.rules if rule.covers], ids=lambda rule: rule.id)
def test_covering_takes_nothing_away(rule: Rule) -> None:
    """A rule that takes the place of another counts every event that the other would have counted."""
    for name in rule.covers:
        assert same(Or((tree(rule), tree(ESSENTIALS[name]))), tree(rule)), name


def test_essentials_of_the_same_subject_are_covered() -> None:
    """With both packs enabled nobody is mailed twice: four of the essentials give way, EC2 instances stay."""
    covered = rules.load(["essentials", "cis"]).covered

    assert covered == {
        "root-usage": "cis-root-account-usage",
        "iam-policy-changes": "cis-iam-policy-changes",
        "security-group-changes": "cis-security-group-changes",
        "vpc-changes": "cis-vpc-changes",
    }
