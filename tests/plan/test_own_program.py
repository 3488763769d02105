"""The plan of a program of somebody's own, whose stack's config says nothing of the guard in it."""

from pathlib import Path

import pytest

from guard.errors import ConfigError
from guard.plan import make

PROGRAM = """
from guard import AccountGuard

AccountGuard(
    "guard",
    {
        "emails": ["a@example.com"],
        "packs": ["identity"],
        "rules": [{"id": "own", "title": "Own", "severity": "low", "pattern": '{ $.eventName = "DeleteTrail" }'}],
        "overrides": {"mfa-device-removed": {"severity": "critical"}},
    },
)
"""


def test_its_alarms_say_what_they_are(tmp_path: Path) -> None:
    """Rule, severity and whom they mail; the config's defaults are not taken for the program's settings."""
    (tmp_path / "Pulumi.yaml").write_text("name: ours\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    plan = make(tmp_path, "dev", 1_000_000)
    found = {alarm.rule: alarm for alarm in plan.alarms}
    assert (found["mfa-device-removed"].severity, found["own"].severity) == ("critical", "low")
    assert found["own"].title == "Own."
    assert plan.mailed(found["own"]) == ("a@example.com",)
    assert {alarm.severity for alarm in plan.alarms if "/watchdog-" in alarm.name} == {""}
    assert (plan.region, plan.settings) == ("eu-west-1", {})


def test_what_it_warns_of_is_told(tmp_path: Path) -> None:
    """As a preview would."""
    (tmp_path / "Pulumi.yaml").write_text("name: ours\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    (tmp_path / "__main__.py").write_text(PROGRAM.replace('"severity": "critical"', '"period": 60'))
    assert "a period of 60 s" in make(tmp_path, "dev", 1_000_000).warnings[0]


def test_keys_of_a_guard_there(tmp_path: Path) -> None:
    """Are for `guard verify --name`: the program itself says who is mailed, and what is watched."""
    (tmp_path / "Pulumi.yaml").write_text("name: ours\nruntime: python\n")
    keys = "  account-guard:packs: [essentials]\n  account-guard:recipients: {critical: [b@example.com]}\n"
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config:\n  aws:region: eu-west-1\n{keys}")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    plan = make(tmp_path, "dev", 1_000_000)
    assert {address for addresses in plan.topics.values() for address in addresses} == {"a@example.com"}
    assert "own" in {alarm.rule for alarm in plan.alarms}
    assert (plan.region, plan.settings) == ("eu-west-1", {})


TOPIC = """
import pulumi
import pulumi_aws as aws
from guard import AccountGuard

region = aws.Provider("theirs", region="cn-north-1")
guarded = {"topic": "arn:aws-cn:sns:cn-north-1:123456789012:ops", "packs": ["identity"]}
AccountGuard("guard", guarded, opts=pulumi.ResourceOptions(provider=region))
"""


@pytest.mark.parametrize("stack", ["dev", "my_stack", "eu.west"])
def test_a_provider_of_its_own(stack: str, tmp_path: Path) -> None:
    """Its region is the guard's, so a topic there is at home; a stack of any name has no name for a component."""
    (tmp_path / "Pulumi.yaml").write_text("name: ours\nruntime: python\n")
    (tmp_path / f"Pulumi.{stack}.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    (tmp_path / "__main__.py").write_text(TOPIC)
    plan = make(tmp_path, stack, 1_000_000)
    assert {alarm.topics for alarm in plan.alarms if alarm.rule} == {("ops",)}


def test_the_shells_region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider takes it where the config names none."""
    (tmp_path / "Pulumi.yaml").write_text("name: ours\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    (tmp_path / "__main__.py").write_text(TOPIC.replace(", opts=pulumi.ResourceOptions(provider=region)", ""))
    monkeypatch.delenv("AWS_REGION", raising=False)
    with pytest.raises(ConfigError, match="deployed to us-east-1: name one that is there, or set aws:region"):
        make(tmp_path, "dev", 1_000_000)
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    assert make(tmp_path, "dev", 1_000_000).alarms


REFERENCE = """
import pulumi
from guard import AccountGuard

ours = pulumi.StackReference("acme/platform/prod")
guarded = {
    "emails": [ours.get_output("mail")],
    "topic": ours.get_output("topic"),
    "key": ours.get_output("key"),
    "bucket": ours.get_output("bucket"),
    "permissions_boundary": ours.get_output("boundary"),
    "tags": {"team": ours.get_output("team")},
    "packs": ["identity", "self-protection"],
}
AccountGuard("guard", guarded)
"""


def test_what_another_stack_could_tell(tmp_path: Path) -> None:
    """Is told as computed, whom an alarm mails above all."""
    (tmp_path / "Pulumi.yaml").write_text("name: ours\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    (tmp_path / "__main__.py").write_text(REFERENCE)
    plan = make(tmp_path, "dev", 1_000_000)
    mailed = {alarm.rule: plan.mailed(alarm) for alarm in plan.alarms}
    assert mailed["mfa-device-removed"] == ("topic [computed]",)
    assert mailed["guard-trail-changed"] == ("[computed]",)
    assert not [text for text in plan.warnings if "mails nobody" in text]
