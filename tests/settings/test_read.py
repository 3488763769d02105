"""A config becomes settings, or a list of all its faults, each with its key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from guard.errors import ConfigError
from guard.settings import ALARMS, READERS, Secret, Settings, read, snake

ROOT = Path(__file__).parents[2]
LEAST: Mapping[str, Any] = {"emails": ["security@example.com"], "packs": ["essentials"]}
SELF = ["self-protection"]
TOPIC = "arn:aws:sns:eu-west-1:123456789012:ops"


def settings(config: Mapping[str, Any], component: str = "guard", root: Path = ROOT) -> Settings:
    """The settings of a config that stands on the least one."""
    return read({**LEAST, **config}, component=component, root=root)


def faults(config: Mapping[str, Any], **more: Any) -> str:
    """What is said of a config."""
    with pytest.raises(ConfigError) as caught:
        settings(config, **more)
    return str(caught.value)


def alarm(**settings: Any) -> dict[str, Any]:
    """An override of a rule's alarm."""
    return {"overrides": {"ec2-instance-changes": settings}}


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"emails": []}, "emails"),
        ({"emails": None}, "emails: nobody to mail"),
        ({"emails": ["nobody"]}, "emails[0]: 'nobody' is no e-mail address"),
        ({"emails": ["a@example.com", "A@example.com"]}, "emails[1]: 'A@example.com' is there twice"),
        ({"emails": "a@example.com"}, "emails"),
        ({"emails": [["a@example.com"]]}, "emails[0]: a list is no e-mail address"),
        ({"packs": ["esentials"]}, "did you mean 'essentials'?"),
        ({"packs": ["missing.yaml"]}, "missing.yaml"),
        ({"overrides": {"ec2-instance-change": {"enabled": False}}}, "did you mean 'ec2-instance-changes'?"),
        ({"overrides": {"cis-root-account-usage": {"enabled": False}}}, "cis"),
        ({"overrides": {"root-usage": {"keepExact": "yes"}}}, "overrides.root-usage.keepExact: "),
        ({"rules": [{"id": "mine", "firstStep": 5}]}, "rules[0].firstStep: "),
        ({"retentionDays": 100}, "retentionDays: CloudWatch Logs has no retention of 100 days: write 90"),
        ({"retentionDays": "long"}, "retentionDays"),
        ({"retentionDays": True}, "retentionDays"),
        ({"archiveDays": -1}, "archiveDays"),
        ({"heartbeatHours": 0}, "heartbeatHours"),
        ({"heartbeatHours": 169}, "heartbeatHours"),
        ({"heartbeatHours": 2.5}, "heartbeatHours"),
        ({"encryption": "yes"}, "encryption"),
        ({"objectLock": {"mode": "governance", "days": 1}}, "objectLock.mode"),
        ({"objectLock": {"mode": "GOVERNANCE"}}, "objectLock"),
        ({"recipients": {"urgent": ["a@example.com"]}}, "recipients.urgent: unknown severity 'urgent'"),
        ({"recipients": {"high": ["nobody"]}}, "recipients.high[0]"),
        ({"permissionsBoundary": "boundary"}, "permissionsBoundary"),
        ({"permissionsBoundary": "arn:amazon:iam::123456789012:policy/boundary"}, "permissionsBoundary"),
        ({"rolePath": "security"}, "rolePath"),
        ({"rolePath": f"/{'a' * 511}/"}, "rolePath"),
        ({"tags": {"aws:x": "y"}}, "tags"),
        ({"tags": {"AWS:x": "y"}}, "tags"),
        ({"tags": {"owner": "A & B"}}, "tags.owner: 'tags.owner' is 'A & B': write letters"),
        ({"tags": {"owner": "x" * 257}}, "tags.owner"),
        ({"tags": {f"tag-{number}": "x" for number in range(51)}}, "tags: 'tags' holds 51 tags: write 50 at most"),
        ({"tags": {"Owner": "x", "owner": "x"}}, "tags.owner: is the same as 'Owner' to IAM"),
        ({"retentiondays": 365}, "retentiondays: unknown key: did you mean 'retentionDays'?"),
        ({"trail": {"existing": "theirs", "logGroup": "/theirs"}}, "trail: both"),
        ({"trail": {"existing": "arn:aws:logs:eu-west-1:123456789012:log-group:x"}}, "trail.existing"),
        ({"trail": {"logGroup": "arn:aws:logs:eu-west-1:123456789012:log-group:x"}}, "trail.logGroup"),
        ({"trail": {"logGroup": "/aws/übersicht"}}, "trail.logGroup"),
        ({"trail": {"logGroup": "x" * 513}}, "trail.logGroup"),
        ({"trail": {"logGroup": "x" * 485}, "packs": SELF}, "trail.logGroup: a name of 485 characters"),
        ({"trailName": "a b"}, "trailName"),
        ({"trailName": "my-_trail"}, "trailName"),
        ({"bucket": "arn:aws:s3:::theirs"}, "bucket"),
        ({"bucketName": "my..bucket"}, "bucketName"),
        ({"bucketName": "192.168.5.4"}, "bucketName"),
        ({"bucketName": "xn--logs"}, "bucketName"),
        ({"bucket": "logs-s3alias"}, "bucket"),
        ({"key": "arn:aws:kms:eu-west-1:123456789012:alias/theirs"}, "key: 'key' is 'arn:aws:kms"),
        ({"key": "arn:aws:kms:eu-west:123456789012:key/1"}, "key"),
        ({"topic": "theirs"}, "topic"),
        ({"topic": "arn:aws:sns:eu-west-1:123456789012:übersicht"}, "topic"),
        ({"rules": [{"id": "Mine"}]}, "rules[0]"),
        (alarm(period=90), "period"),
        (alarm(period=300, evaluation_periods=289), "86,400"),
        (alarm(period=3600, evaluation_periods=169), "604,800"),
        (alarm(threshold=0), "threshold"),
        (alarm(severity="urgent"), "severity"),
        (alarm(actions=["page me"]), "actions"),
        (alarm(actions=["arn:aws:sns:eu-west-1:12345:ops"]), "actions[0]"),
        (alarm(actions=["arn:amazon:sns:eu-west-1:123456789012:ops"]), "actions[0]"),
        (alarm(actions=["arn:aws:sns:europe:123456789012:ops"]), "actions[0]"),
        (alarm(actions=["arn:aws:lambda:eu-west-1:123456789012:function:act:$LATEST"]), "without $LATEST"),
        (alarm(actions=["arn:aws:lambda:eu-west-1:123456789012:layer:act:1"]), "actions[0]"),
        (alarm(actions=[TOPIC] * 5), "'actions' has 5 items: write 4 at most"),
    ],
)
def test_a_fault_names_its_key(config: Mapping[str, Any], said: str) -> None:
    """Where, what was found, and what is wanted."""
    assert said in faults(config)


@pytest.mark.parametrize(
    "config",
    [
        alarm(period=300, evaluation_periods=288),
        alarm(period=3600, evaluation_periods=168),
        {"retentionDays": 3653.0},
        {"emails": ["a@example.com", "b@example.com"], "recipients": {"high": ["a@example.com"]}},
        {"trail": {"logGroup": "/theirs"}},
        {"trail": {"logGroup": "/theirs"}, "organization": True},
        {"trail": {"logGroup": "x" * 484}, "packs": ["essentials", "self-protection"]},
        {"trail": {"logGroup": "x" * 512}, "overrides": {"guard-log-group-changed": {"enabled": False}}, "packs": SELF},
        {"trail": {"existing": "theirs"}, "protect": False, "encryption": False, "retentionDays": 365},
        {"trail": {"existing": "arn:aws-us-gov:cloudtrail:us-gov-west-1:123456789012:trail/theirs"}},
        {"permissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"},
        {"archiveDays": 30, "accessLogs": False, "trailName": "my_trail.1", "organization": True},
        {"emails": None, "topic": "arn:aws:sns:eu-west-1:123456789012:theirs"},
        {"packs": []},
        {"rolePath": f"/{'a' * 510}/", "tags": {"Kostenstelle ü": "Süd 7", "x" * 128: "y" * 256, "alone": ""}},
        {"tags": {f"tag-{number}": "x" for number in range(50)}},
        {"tags": {"Owner": "x", "owner": "x"}, "trail": {"logGroup": "/theirs"}},
        {"key": "arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd"},
        alarm(actions=[TOPIC] * 4),
        alarm(actions=["arn:aws-cn:lambda:cn-north-1:123456789012:function:act:live"]),
        alarm(actions=["arn:aws:ssm-incidents::123456789012:response-plan/act"]),
    ],
)
def test_what_is_allowed(config: Mapping[str, Any]) -> None:
    """Limits themselves, whole floats, an address in two lists."""
    assert settings(config)


OF_A_TRAIL: Mapping[str, Any] = {
    "retentionDays": 731,
    "archiveDays": 30,
    "accessLogs": False,
    "objectLock": {"mode": "GOVERNANCE", "days": 30},
    "dataEvents": True,
    "insights": True,
    "trailName": "mine",
    "bucketName": "mine",
    "permissionsBoundary": "arn:aws:iam::123456789012:policy/boundary",
    "rolePath": "/security/",
    "bucket": "theirs",
    "key": "arn:aws:kms:eu-west-1:123456789012:key/1",
}


@pytest.mark.parametrize(
    ("owner", "idle"),
    [
        ({"trail": {"existing": "theirs"}}, OF_A_TRAIL.keys()),
        ({"trail": {"logGroup": "/theirs"}}, OF_A_TRAIL.keys()),
        ({"bucket": "theirs"}, {"archiveDays", "accessLogs", "objectLock", "bucketName"}),
    ],
)
def test_a_key_that_has_no_effect_is_a_fault(owner: Mapping[str, Any], idle: set[str]) -> None:
    """What belongs to a trail or a bucket of ours says nothing where it is not ours; each such key is named once."""
    said = faults({**OF_A_TRAIL, **owner})
    assert {key for key in OF_A_TRAIL if f"{key}: has no effect" in said} == set(idle)
    assert said.count("has no effect") == len(idle)


def test_args_that_have_no_effect_are_named_as_args() -> None:
    """With underscores."""
    args = {**LEAST, "trail": {"log_group": "/theirs"}, "retention_days": 731}
    with pytest.raises(ConfigError, match="retention_days: has no effect"):
        read(args, component="guard", root=ROOT, spelling="args")


def test_a_log_group_alone_fills_no_bucket_and_no_role() -> None:
    """Rules that name them would match nothing: they are left out, and it is said."""
    found = settings({"packs": ["self-protection"], "trail": {"logGroup": "/theirs"}})
    assert {"guard-bucket-changed", "guard-role-changed"}.isdisjoint(rule.id for rule in found.rules.rules)
    assert [text.split("'")[1] for text in found.warnings] == ["guard-bucket-changed", "guard-role-changed"]
    assert "${bucket}" in found.warnings[0]
    with_trail = settings({"packs": ["self-protection"], "trail": {"existing": "theirs"}})
    assert len(with_trail.rules.rules) == len(found.rules.rules) + 2
    assert with_trail.warnings == ()


def test_all_faults_at_once() -> None:
    """One message holds every one of them, packs' and rules' too."""
    said = faults({"emails": ["nobody"], "packs": ["esentials"], "retentionDays": 100, "rules": [{"id": "Mine"}]})
    for key in ("emails[0]", "packs", "retentionDays", "rules[0]"):
        assert key in said


def test_an_override_of_a_pack_that_cannot_be_read_is_no_fault() -> None:
    """Its rule may be in it, or in one that is named beside it; what is wrong with the others is told."""
    changed = {"access-key-created": {"severity": "low"}, "mine": {"enabled": False}, "root-usage": {"severity": "x"}}
    said = faults({"emails": ["a@example.com"], "packs": ["identity", "essentials", 5], "overrides": changed})
    assert "packs[2]" in said
    assert "overrides.root-usage" in said
    assert "no rule has the id" not in said


def test_a_short_period_is_a_warning() -> None:
    """Below 300 s it is allowed and told."""
    assert "ec2-instance-changes" in settings(alarm(period=60)).warnings[0]
    assert settings(alarm(period=300)).warnings == ()


def test_a_broken_list_of_addresses_is_said_once() -> None:
    """Not also as if nobody were named."""
    assert "nobody to mail" not in faults({"emails": ["x"]})


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"emails": [Secret("hidden")]}, "emails[0]: [secret] is no e-mail address"),
        ({"emails": [Secret("hidden@example.com"), Secret("hidden@example.com")]}, "emails[1]: [secret] is there"),
        ({"topic": Secret("hidden")}, "topic: 'topic' is [secret]: write"),
        ({"trail": {"existing": Secret("hidden!")}}, "trail.existing: 'existing' is [secret]: write"),
        ({"tags": {"owner": Secret("hidden!")}}, "tags.owner: 'tags.owner' is [secret]: write"),
    ],
)
def test_secrets_are_not_printed(config: Mapping[str, Any], said: str) -> None:
    """A fault of a text that is encrypted does not show it."""
    told = faults(config)
    assert said in told
    assert "hidden" not in told


@pytest.mark.parametrize(
    ("group", "said"),
    [("x" * 513, "of 512 characters"), ("a b", "log_group"), ("x" * 485, "log_group: a name of 485 characters")],
)
def test_a_log_group_of_alarms_alone(group: str, said: str) -> None:
    """Has the same limits."""
    with pytest.raises(ConfigError, match=said):
        read({"log_group": group}, component="guard", root=ROOT, spelling="args", shape=ALARMS)


@pytest.mark.parametrize("name", ["", "1st", "a_b", "a b", "x" * 64])
def test_a_name_that_resources_cannot_bear(name: str) -> None:
    """Topics and dashboards take letters, digits and hyphens."""
    assert "name" in faults({}, component=name)


@pytest.mark.parametrize("name", ["ab", "prod-", "a--b"])
def test_a_name_that_a_trail_cannot_bear(name: str) -> None:
    """CloudTrail wants three characters and no hyphen at the end or beside another, unless the trail is named."""
    assert f"name: '{name}' is no name for a trail" in faults({}, component=name)
    assert settings({"trailName": "my-trail"}, component=name)
    assert settings({"trail": {"existing": "theirs"}}, component=name)


def test_a_pack_stands_beside_the_project(tmp_path: Path) -> None:
    """A path is read from the project's folder, wherever the program runs."""
    pack = yaml.safe_dump(
        {
            "title": "Mine",
            "description": "Of my own.",
            "rules": [
                {
                    "id": "my-rule",
                    "title": "T",
                    "description": "It happened.",
                    "severity": "low",
                    "pattern": '{ $.eventName = "CreateUser" }',
                    "first_step": "Look.",
                    "examples": {"match": [{"eventName": "CreateUser"}], "no_match": [{"eventName": "X"}]},
                }
            ],
        }
    )
    (tmp_path / "mine.yaml").write_text(pack)
    assert [rule.id for rule in settings({"packs": ["mine.yaml"]}, root=tmp_path).rules.rules] == ["my-rule"]


def test_args_are_spelt_with_underscores() -> None:
    """And faults of args name them so."""
    found = read({**LEAST, "retention_days": 30.0}, component="guard", root=ROOT, spelling="args")
    assert found.retention_days == 30
    with pytest.raises(ConfigError, match="retention_days"):
        read({**LEAST, "retention_days": 31}, component="guard", root=ROOT, spelling="args")


PYTHON_TYPES = {"array": list, "object": dict, "integer": int, "boolean": bool, "string": str}


def declared() -> dict[str, Any]:
    """The config keys of Pulumi.yaml."""
    keys: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    return keys


def test_every_key_is_declared() -> None:
    """Pulumi.yaml and the reader know the same keys, each with type and description."""
    assert set(declared()) == set(READERS)
    assert all(one["description"].endswith(".") and one["type"] in PYTHON_TYPES for one in declared().values())


def test_declared_defaults_are_the_settings() -> None:
    """A default in Pulumi.yaml is of its type, and what the settings have by themselves."""
    plain = settings({})
    for key, one in declared().items():
        if "default" not in one:
            continue
        assert isinstance(one["default"], PYTHON_TYPES[one["type"]]), key
        if key not in {"packs", "rules", "overrides"} and one["default"] not in ("", {}, []):
            assert getattr(plain, snake(key)) == one["default"], key
