"""Each example of examples/ does what its README says."""

import functools
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from guard import program
from guard.cli.check import command
from guard.program import Deployment
from tests.component.rendered import of, one

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(path.parent for path in EXAMPLES.glob("*/Pulumi.yaml"))
TOPIC = "arn:aws:sns:eu-west-1:123456789012:on-call"


@functools.cache
def rendered(name: str) -> Deployment:
    """What an example's program registers."""
    config = {"aws:region": "eu-west-1", "account-guard:topicArn": TOPIC}
    return program.run(EXAMPLES / name, "dev", config=config)


def actions(name: str, alarm: str) -> list[str]:
    """What an example's alarm calls."""
    found: list[str] = one(rendered(name), "MetricAlarm", alarm).inputs["alarmActions"]
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_is_named_and_told(folder: Path) -> None:
    """The project bears the folder's name, a README tells of it, and the overview lists it."""
    assert yaml.safe_load((folder / "Pulumi.yaml").read_text())["name"] == folder.name
    assert (folder / "README.md").read_text().startswith("# ")
    assert f"({folder.name}/README.md)" in (EXAMPLES / "README.md").read_text()


def test_the_least_has_a_trail_and_all_default_rules() -> None:
    """And tells who has to confirm."""
    found = rendered("least")
    assert len(of(found, "Trail")) == 1
    assert {"guard-root-usage", "guard-guard-trail-changed"} <= {alarm.name for alarm in of(found, "MetricAlarm")}
    assert len(found.exports["pendingConfirmations"]) == 2


def test_own_rules_stand_beside_shipped_ones() -> None:
    """One from the program, one from the file, one shipped and adjusted."""
    filters = {one.name: one.inputs["pattern"] for one in of(rendered("own-rules"), "LogMetricFilter")}
    assert "payroll" in filters["guard-payroll-table-deleted"]
    assert "our-releases" in filters["guard-release-bucket-changed"]
    assert "role/autoscaler" in filters["guard-ec2-instance-changes"]


def test_the_inline_rule_is_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`guard check --strict` has no finding in it either; from YAML and TypeScript it is the same rule."""
    program = yaml.safe_load((EXAMPLES / "yaml/Pulumi.yaml").read_text())
    rules = program["resources"]["guard"]["properties"]["rules"]
    (tmp_path / "Pulumi.yaml").write_text("name: account-guard\nruntime: python\n")
    config = {"emails": ["a@example.com"], "packs": [], "rules": rules}
    (tmp_path / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": config}))
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(command, ["--stack", "dev", "--strict"]).exit_code == 0
    [pattern] = [one.inputs["pattern"] for one in of(rendered("own-rules"), "LogMetricFilter") if "payroll" in one.name]
    assert pattern == rules[0]["pattern"]


def test_the_own_pack_is_clean() -> None:
    """`guard check --strict` has no finding in it."""
    result = CliRunner().invoke(command, ["--strict", str(EXAMPLES / "own-rules/rules.yaml")])
    assert result.exit_code == 0, result.output


def test_rule_alarms_make_no_trail() -> None:
    """Filters on the log group that is there, alarms into the program's topic, and nothing that stores."""
    found = rendered("rule-alarms")
    assert {one.inputs["logGroupName"] for one in of(found, "LogMetricFilter")} == {"aws-controltower/CloudTrailLogs"}
    assert {len(one.inputs["alarmActions"]) for one in of(found, "MetricAlarm")} == {1}
    assert [*of(found, "Trail"), *of(found, "Bucket"), *of(found, "LogGroup"), *of(found, "Key")] == []


def test_alarms_call_the_topic_that_is_there() -> None:
    """Only the watchdog has a topic of its own."""
    assert actions("existing-topic", "guard-root-usage") == [TOPIC]
    assert [topic.inputs["name"] for topic in of(rendered("existing-topic"), "Topic")] == ["guard-watchdog"]


def test_the_gravest_open_an_ops_item() -> None:
    """Beside the topic, in the provider's partition, region and account; other alarms only mail."""
    wanted = "arn:aws:ssm:eu-west-1:123456789012:opsitem:1#CATEGORY=Security"
    for rule in ("root-usage", "guard-trail-changed", "guard-log-group-changed"):
        assert len(actions("ops-item", f"guard-{rule}")) == 2
        assert wanted in actions("ops-item", f"guard-{rule}")
    assert wanted not in actions("ops-item", "guard-vpc-changes")


@pytest.mark.parametrize("account", ["production", "staging"])
def test_every_child_is_made_by_its_accounts_provider(account: str) -> None:
    """None by the default provider, none by the other account's."""
    found = [one for one in rendered("two-accounts").resources if one.type.startswith("aws:")]
    mine = [one for one in found if f"guard-{account}" in one.name]
    assert len(mine) == len(found) / 2 > 40
    assert {one.provider.split("::")[-2] for one in mine} == {account}
