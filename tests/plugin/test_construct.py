"""What the host makes of inputs that come from another language."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

from tests.plugin.hosted import Answer, construct, later

Construct: TypeAlias = Callable[..., Answer]
LEAST: Mapping[str, Any] = {"emails": ["a@example.com"], "packs": ["essentials"]}
RULE: Mapping[str, Any] = {"id": "my-rule", "severity": "high", "pattern": '{ $.eventName = "DeleteDBCluster" }'}
# without what is not asked about, so that each case is quick
BARE: Mapping[str, Any] = {
    **LEAST,
    "packs": [],
    "rules": [RULE],
    "dashboard": False,
}
TOPIC = "arn:aws:sns:eu-west-1:123456789012:mine"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/mine"
ROLE = "arn:aws:iam::123456789012:policy/boundary"
OUTPUT = "an output, known only when it is deployed: write"
IN_THE_BUCKET = {"id": "my-bucket", "pattern": '{ $.requestParameters.bucketName = "${bucket}" }'}


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Construct:
    """The host's own way from a request to what it answers."""
    return functools.partial(construct, monkeypatch)


def test_the_least_is_deployed(host: Construct) -> None:
    """Addresses alone make a trail and its alarms; the outputs are spelt as in the schema."""
    found = host("AccountGuard", LEAST)
    assert len(found.of("Trail")) == 1
    assert {"trail", "bucket", "logGroup", "topics", "alarmNames", "pendingConfirmations"} == found.outputs.keys()
    assert "guard/root-usage" in found.outputs["alarmNames"]


def test_whole_numbers_stay_whole(host: Construct) -> None:
    """Numbers come over the wire as floats; no text says 4.0."""
    rule = {**RULE, "alarm": {"period": 600, "evaluationPeriods": 2, "threshold": 3}}
    found = host("AccountGuard", {**BARE, "heartbeatHours": 4, "rules": [rule], "dashboard": True})
    texts = [str(value) for one in found.resources for value in one.inputs.values() if isinstance(value, str)]
    assert any("for 4 h" in text for text in texts)
    assert not [text for text in texts if ".0" in text and "2012-10-17" not in text]


@pytest.mark.parametrize(
    ("kind", "inputs", "reached"),
    [
        ("AccountGuard", {"emails": ["OUTPUT"]}, "b@example.com"),
        ("AccountGuard", {"recipients": {"high": ["OUTPUT"]}}, "b@example.com"),
        ("AccountGuard", {"tags": {"team": "OUTPUT"}}, "security"),
        ("AccountGuard", {"bucket": "OUTPUT"}, "my-bucket"),
        ("AccountGuard", {"key": "OUTPUT"}, KEY),
        ("AccountGuard", {"topic": "OUTPUT"}, TOPIC),
        ("AccountGuard", {"permissionsBoundary": "OUTPUT"}, ROLE),
        ("AuditTrail", {"tags": {"team": "OUTPUT"}}, "security"),
        ("AuditTrail", {"bucket": "OUTPUT"}, "my-bucket"),
        ("AuditTrail", {"key": "OUTPUT"}, KEY),
        ("AuditTrail", {"permissionsBoundary": "OUTPUT"}, ROLE),
        ("RuleAlarms", {"logGroup": "OUTPUT"}, "my-group"),
        ("RuleAlarms", {"topics": {"default": "OUTPUT"}}, TOPIC),
        ("RuleAlarms", {"tags": {"team": "OUTPUT"}}, "security"),
        ("RuleAlarms", {"values": {"bucket": "OUTPUT"}}, "my-bucket"),
        ("RuleAlarms", {"topics": "OUTPUT"}, {"default": TOPIC}),
        ("RuleAlarms", {"values": "OUTPUT"}, {"bucket": "my-bucket"}),
    ],
    ids=str,
)
def test_every_leaf_may_be_an_output(host: Construct, kind: str, inputs: Mapping[str, Any], reached: Any) -> None:
    """What another resource gives reaches AWS; so does a secret; and a preview goes on without the value."""
    least = {
        "AccountGuard": BARE,
        "AuditTrail": {},
        "RuleAlarms": {"logGroup": "events", "packs": [], "rules": [RULE, {**RULE, **IN_THE_BUCKET}]},
    }[kind]
    [text] = reached.values() if isinstance(reached, dict) else [reached]
    for output in (later(reached), later(reached, secret=True)):
        made = host(kind, {**least, **filled(inputs, output)})
        assert any(text in str(one.inputs) for one in made.resources), made.faults
    assert host(kind, {**least, **filled(inputs, later())}, preview=True).resources


def filled(inputs: Any, output: Any) -> Any:
    """The inputs with an output in its place."""
    if isinstance(inputs, dict):
        return {key: filled(value, output) for key, value in inputs.items()}
    if isinstance(inputs, list):
        return [filled(value, output) for value in inputs]
    return output if inputs == "OUTPUT" else inputs


@pytest.mark.parametrize(
    ("kind", "inputs", "said"),
    [
        ("AccountGuard", {}, {"emails": "nobody to mail"}),
        ("RuleAlarms", {}, {"logGroup": "is missing"}),
        ("AccountGuard", {**LEAST, "objectLock": {"mode": "GOVERNANCE"}}, {"objectLock": "'days' is missing"}),
        ("AccountGuard", {**LEAST, "retentionDays": "long"}, {"retentionDays": "is a text: write a whole number"}),
        ("AccountGuard", {**LEAST, "heartbeatHours": 2.5}, {"heartbeatHours": "is 2.5: write a whole number"}),
        ("AccountGuard", {**LEAST, "encryption": "yes"}, {"encryption": "is a text: write true or false"}),
        ("AccountGuard", {"emails": "a@example.com"}, {"emails": "is a text: write a list"}),
        ("AccountGuard", {**LEAST, "packs": [1]}, {"packs[0]": "is a number: write a text"}),
        ("AccountGuard", {**LEAST, "tags": {"team": 1}}, {"tags.team": "is a number: write a text"}),
        ("AccountGuard", {**LEAST, "trail": {"existing": 1}}, {"trail.existing": "is a number: write a text"}),
        ("AccountGuard", {**LEAST, "trail": {"name": "a"}}, {"trail.name": "unknown key"}),
        ("AccountGuard", {**LEAST, "retention": 365}, {"retention": "did you mean 'retentionDays'?"}),
        ("AccountGuard", {**LEAST, "retention_days": 365}, {"retention_days": "did you mean 'retentionDays'?"}),
        ("AuditTrail", {"emails": ["a@example.com"]}, {"emails": "unknown key"}),
        ("RuleAlarms", {"logGroup": "events", "topics": {"urgent": TOPIC}}, {"topics.urgent": "one of low"}),
        ("RuleAlarms", {"logGroup": "events", "values": {"buckets": "b"}}, {"values.buckets": "one of bucket"}),
        ("AccountGuard", {**LEAST, "packs": ["esentials"]}, {"packs": "did you mean 'essentials'?"}),
        ("AccountGuard", {**LEAST, "packs": ["my/pack.yaml"]}, {"packs[0]": "is a file's path: name a shipped pack"}),
        ("AccountGuard", {**LEAST, "rules": [{**RULE, "id": "Mine"}]}, {"rules[0].id": "write lower-case words"}),
        ("AccountGuard", {**LEAST, "rules": [{**RULE, "pattern": "{ $.a = "}]}, {"rules[0].pattern": "the pattern"}),
        ("AccountGuard", {**LEAST, "overrides": {"root-usag": {}}}, {"overrides.root-usag": "'root-usage'"}),
        ("AccountGuard", {"emails": later(["a@example.com"])}, {"emails": OUTPUT}),
        ("AccountGuard", {**LEAST, "packs": later(["essentials"])}, {"packs": OUTPUT}),
        ("AccountGuard", {**LEAST, "rules": later([RULE])}, {"rules": OUTPUT}),
        ("AccountGuard", {**LEAST, "overrides": later({})}, {"overrides": OUTPUT}),
        ("AccountGuard", {**LEAST, "retentionDays": later(90)}, {"retentionDays": OUTPUT}),
        ("AccountGuard", {**LEAST, "encryption": later("yes")}, {"encryption": OUTPUT}),
        ("AccountGuard", {**LEAST, "objectLock": later({})}, {"objectLock": OUTPUT}),
        ("AccountGuard", {**LEAST, "rules": [{**RULE, "pattern": later("")}]}, {"rules[0].pattern": OUTPUT}),
    ],
    ids=str,
)
def test_bad_inputs_are_refused(host: Construct, kind: str, inputs: Mapping[str, Any], said: Mapping[str, str]) -> None:
    """As faults of properties, each with what to do; nothing is registered."""
    found = host(kind, inputs)
    assert found.faults.keys() == said.keys()
    assert [words for place, words in said.items() if words not in found.faults[place]] == []
    assert found.resources == []


def test_all_faults_come_at_once(host: Construct) -> None:
    """Those of keys, of packs and of rules."""
    found = host("AccountGuard", {"packs": ["x.yaml"], "rules": [{"id": "A"}], "retentionDays": 100, "key": "k"})
    assert {"emails", "packs[0]", "rules[0].id", "retentionDays", "key"} <= found.faults.keys()


def test_a_bad_name_is_refused(host: Construct) -> None:
    """Topics and dashboards bear it."""
    assert "is no name for the component" in host("AccountGuard", LEAST, "my guard").faults["name"]


def test_another_languages_trail_argument_works(host: Construct) -> None:
    """A nested key in camelCase: the rules stand on that log group, and no trail is made."""
    found = host("AccountGuard", {**LEAST, "trail": {"logGroup": "my-group"}})
    assert found.of("Trail") == []
    assert found.of("LogMetricFilter")[0].inputs["logGroupName"] == "my-group"


def test_the_yaml_example_is_deployed(host: Construct) -> None:
    """Its resource is a component of ours, and the host takes its properties."""
    program = yaml.safe_load((Path(__file__).parents[2] / "examples/yaml/Pulumi.yaml").read_text())
    package, _, kind = program["resources"]["guard"]["type"].split(":")
    found = host(kind, program["resources"]["guard"]["properties"])
    assert package in program["packages"]
    assert "guard/payroll-table-deleted" in found.outputs["alarmNames"]


def test_a_trail_that_will_not_do_is_refused(host: Construct) -> None:
    """What only AWS knows comes later, and is a fault of the property all the same."""
    found = host("AccountGuard", {**LEAST, "trail": {"existing": "theirs"}, "organization": True})
    assert found.faults == {"trail.existing": "the trail is no organization's: leave `organization` out"}


@pytest.mark.parametrize("give", [str, later, functools.partial(later, secret=True)], ids=["text", "output", "secret"])
def test_what_is_elsewhere_is_refused(host: Construct, give: Callable[[str], Any]) -> None:
    """So is a topic of another region, as soon as it is known."""
    found = host("AccountGuard", {**BARE, "topic": give("arn:aws:sns:us-east-1:123456789012:ops")})
    assert "of us-east-1, and the guard is deployed to eu-west-1" in found.faults["topic"]
    assert "123456789012" not in found.faults["topic"]


def test_a_key_and_an_action_of_elsewhere_are_refused(host: Construct) -> None:
    """Each by the argument that names it."""
    key, action = "arn:aws:kms:us-east-1:123456789012:key/1", "arn:aws:sns:us-east-1:123456789012:ops"
    assert host("AccountGuard", {**BARE, "key": key}).faults.keys() == {"key"}
    acting = {**BARE, "rules": [{**RULE, "actions": [action]}]}
    assert host("AccountGuard", acting).faults.keys() == {"actions of my-rule"}
