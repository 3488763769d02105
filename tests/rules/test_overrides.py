"""Overrides and covers: what a stack deploys of the rules that it loads."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from guard import rules
from guard.errors import RuleError

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "overrides.yaml").read_text("utf-8"))


def own(name: str, **more: Any) -> dict[str, Any]:
    """A rule of a config."""
    return {"id": name, "severity": "low", "pattern": f'{{ $.eventName = "{name}" }}', **more}


def ids(found: rules.RuleSet) -> list[str]:
    """The ids of the rules to deploy."""
    return [rule.id for rule in found.rules]


def test_an_override_changes_severity_alarm_and_actions() -> None:
    """Alarm settings are given flat or under `alarm`; what is not named stays."""
    arn = "arn:aws:sns:eu-west-1:111122223333:ops"
    found = rules.load(
        [],
        rules=[own("a"), own("b", alarm={"period": 600})],
        overrides={
            "a": {"severity": "high", "threshold": 5, "actions": [arn]},
            "b": {"alarm": {"threshold": 2}},
        },
    )
    a, b = found.rules

    assert (a.severity, a.alarm.threshold, a.alarm.period, a.actions) == ("high", 5, 300, (arn,))
    assert (b.alarm.threshold, b.alarm.period) == (2, 600)


def test_a_disabled_rule_is_not_deployed() -> None:
    """`enabled: false` takes a rule out and says so."""
    found = rules.load([], rules=[own("a"), own("b")], overrides={"a": {"enabled": False}})

    assert (ids(found), found.disabled) == (["b"], ("a",))


def test_a_covering_rule_takes_the_place_of_others() -> None:
    """Directly and through others; only the one on top is deployed."""
    found = rules.load([], rules=[own("a"), own("b", covers=["a"]), own("c", covers=["b"]), own("d")])

    assert ids(found) == ["c", "d"]
    assert dict(found.covered) == {"a": "c", "b": "c"}


def test_a_rule_with_a_placeholder_that_nothing_fills_is_left_out() -> None:
    """It is named with its holes, and what it covers is deployed; a disabled one is not named."""
    holes = [own(name, pattern='{ $.bucket = "${bucket}" }', covers=["a"]) for name in ("b", "c")]
    found = rules.load([], rules=[own("a"), *holes], overrides={"c": {"enabled": False}}, unknown=["bucket", "role"])

    assert ids(found) == ["a"]
    assert dict(found.open) == {"b": ("bucket",)}
    assert rules.load([], rules=[own("a"), *holes]).open == {}


@pytest.mark.parametrize("of", ["rule", "override"])
def test_so_is_one_that_excludes_by_it(of: str) -> None:
    """A filter with the placeholder's own letters would exclude nothing."""
    exclude = {"exclude": [{"principal": "arn:aws:iam::*:role/${role}"}]}
    written = {"rules": [own("a", **exclude)]} if of == "rule" else {"rules": [own("a")], "overrides": {"a": exclude}}
    assert dict(rules.load([], unknown=["role"], **written).open) == {"a": ("role",)}
    [filled] = (rules.fill(rule, {"role": "r"}) for rule in rules.load([], **written).rules)
    assert "role/r" in filled.pattern
    assert rules.open_names(filled) == set()


def test_a_disabled_cover_uncovers() -> None:
    """Where the covering rule is disabled, the covered one is deployed."""
    found = rules.load([], rules=[own("a"), own("b", covers=["a"])], overrides={"b": {"enabled": False}})

    assert ids(found) == ["a"]


def test_a_cover_of_a_shipped_rule_that_is_not_loaded_is_fine() -> None:
    """A pack may cover rules of packs that the stack does not enable."""
    assert ids(rules.load([], rules=[own("a", covers=["root-usage"])])) == ["a"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["fault"][:60])
def test_faults_name_the_key(case: dict[str, Any]) -> None:
    """Each wrong override is named by its key, with what to do."""
    with pytest.raises(RuleError) as caught:
        rules.load(["essentials"], overrides=case["overrides"])

    assert str(caught.value) == case["fault"]


def test_faults_of_packs_and_overrides_come_together(tmp_path: Path) -> None:
    """A broken rule's override is no unknown id."""
    (tmp_path / "p.yaml").write_text("title: t\nrules:\n- {id: a, severity: low, pattern: '{ $.a = 1 }'}\n")
    with pytest.raises(RuleError) as caught:
        rules.load(["./p.yaml"], root=tmp_path, overrides={"a": {}, "b": {}})

    assert [str(fault).split(": ")[-1] for fault in caught.value.faults] == [
        "add `examples:`",
        "add `title:`",
        "leave it out",
    ]


def test_fill_replaces_names_in_patterns_and_examples() -> None:
    """`${bucket}` and its like are filled in; others' text stays."""
    rule = rules.load(
        [],
        rules=[
            {
                "id": "a",
                "severity": "low",
                "pattern": '{ $.requestParameters.bucketName = "${bucket}" }',
                "examples": {
                    "match": [{"requestParameters": {"bucketName": "${bucket}"}}],
                    "no_match": [{"requestParameters": {"bucketName": "other"}}],
                },
            }
        ],
    ).rules[0]
    filled = rules.fill(rule, {"bucket": "b-1"})

    assert filled.pattern == '{ $.requestParameters.bucketName = "b-1" }'
    assert filled.examples.match == ({"requestParameters": {"bucketName": "b-1"}},)
    assert rules.open_names(rule) == {"bucket"}
