"""The CIS pack: its texts are frozen, and it takes nothing away from the rules that it covers."""

import json
from pathlib import Path

import pytest
import yaml

from guard import rules
from guard.pattern import parse
from guard.pattern.ast import Node, Or
from guard.rules import Rule
from guard.rules.satisfy import same
from guard.rules.standards import STANDARDS

PACK = rules.read_pack("cis")
BY_ID = {rule.id: rule for rule in PACK.rules}
GOLDEN: dict[str, list[str]] = json.loads(Path(__file__).with_name("cis.json").read_text("utf-8"))
EVERY = {rule.id: rule for name in rules.shipped() for rule in rules.read_pack(name).rules}
FACTS = Path(__file__).parents[3] / "shared" / "facts" / "rules.yaml"
VERSIONS = ("1.3", "1.4", "1.5", "2.0", "3.0", "4.0", "5.0", "6.0", "7.0")
TWIN = "cis-unauthorized-api-calls-in-a-row"


def test_fifteen_controls() -> None:
    """Golden file and pack hold the same rules: one for each of fifteen controls, and the quieter twin of one."""
    assert sorted(BY_ID) == sorted(GOLDEN)
    assert len(GOLDEN.keys() - {TWIN}) == 15


@pytest.mark.parametrize("rule_id", GOLDEN)
def test_texts_are_frozen(rule_id: str) -> None:
    """Every filter's text is, byte for byte after YAML folding, the published one that auditors' tools accept."""
    assert list(BY_ID[rule_id].patterns) == GOLDEN[rule_id]


@pytest.mark.skipif(not FACTS.is_file(), reason="the published texts (../shared/facts) are not on this machine")
def test_texts_are_published() -> None:
    """Each rule's first text is one that AWS, CIS or a checker's authors published (organizations: a superset)."""
    facts = yaml.safe_load(FACTS.read_text(encoding="utf-8"))["rules"]
    published = {one["pattern"] for fact in facts for one in (fact, *fact.get("variants", ()))}
    assert [rule.id for rule in PACK.rules if rule.pattern not in published] == []


@pytest.mark.parametrize("rule", PACK.rules, ids=lambda rule: rule.id)
def test_ids_of_every_standard(rule: Rule) -> None:
    """Each rule names the control of every CIS version since 1.3, and how Prowler calls it."""
    assert {f"cis-{version}" for version in VERSIONS} <= rule.controls.keys()
    assert "prowler" in rule.controls


@pytest.mark.parametrize("name", ["prowler", "steampipe"])
def test_every_check_of_the_checkers_is_named(name: str) -> None:
    """The pack has all fifteen checks of each."""
    assert {one for rule in PACK.rules for one in rule.controls.get(name, ())} == set(STANDARDS[name].controls)


def test_the_twin_has_a_metric_and_an_alarm_of_its_own() -> None:
    """Of denied calls, what Security Hub wants is not what wakes somebody: two rules, the bare text in the first."""
    bare, quiet = BY_ID["cis-unauthorized-api-calls"], BY_ID[TWIN]
    assert (len(bare.patterns), len(quiet.patterns)) == (1, 1)
    assert (bare.severity, bare.alarm.threshold) == ("low", 1)
    assert quiet.alarm.threshold > 1


def test_changed_rules_share_the_metric() -> None:
    """Of security groups, both texts count into one metric: the second is an extension, not an exclusion."""
    assert len(BY_ID["cis-security-group-changes"].patterns) == 2


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
        assert same(Or((tree(rule), tree(EVERY[name]))), tree(rule)), name


def test_with_all_packs_nobody_is_mailed_twice() -> None:
    """What another pack says of a subject of CIS gives way too, where CIS counts all of it."""
    assert (
        rules.load(rules.shipped()).covered.items()
        >= {
            "internet-gateway-changed": "cis-network-gateway-changes",
            "network-acl-changed": "cis-network-acl-changes",
            "route-changed": "cis-route-table-changes",
            "service-control-policy-weakened": "cis-organizations-changes",
        }.items()
    )


def test_essentials_of_the_same_subject_are_covered() -> None:
    """With both packs enabled nobody is mailed twice: four of the essentials give way, EC2 instances stay."""
    covered = rules.load(["essentials", "cis"]).covered

    assert covered == {
        "root-usage": "cis-root-account-usage",
        "iam-policy-changes": "cis-iam-policy-changes",
        "security-group-changes": "cis-security-group-changes",
        "vpc-changes": "cis-vpc-changes",
    }
