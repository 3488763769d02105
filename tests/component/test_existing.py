"""On what an account already has: what is made, what is read, and what the rules cannot stand on."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest

from guard.component.existing import Seen, arn_of, faults, standard
from guard.errors import ConfigError
from guard.names import Where
from tests.component.rendered import LEAST, guarded, of, one, render

HERE = Where("aws", "eu-west-1", "123456789012")
THERE = Where("aws", "eu-west-1", "210987654321")
GROUP = HERE.arn("logs", "log-group:theirs/events:*")
MADE_FOR_A_TRAIL = ("Trail", "Bucket", "BucketPolicy", "LogGroup", "Role", "RolePolicy")
SELF = ["self-protection"]
MINE = {"id": "mine", "title": "Mine", "severity": "low", "pattern": '{ $.eventName = "DeleteTrail" }'}


FINE = Seen(HERE, "eu-west-1", multi_region=True, organization=False, group_arn=GROUP)


@pytest.mark.parametrize(
    ("seen", "organization", "said"),
    [
        (FINE, False, []),
        (replace(FINE, organization=True), True, []),
        (replace(FINE, organization=True), False, []),
        (replace(FINE, group_arn=""), False, ["has no log group"]),
        (replace(FINE, multi_region=False), False, ["is not multi-region"]),
        (replace(FINE, home="us-east-1"), False, ["lives in us-east-1: deploy the guard there"]),
        (replace(FINE, here=THERE), False, ["a log group of account 123456789012"]),
        (FINE, True, ["is no organization's"]),
        (Seen(THERE, "us-east-1", multi_region=False, organization=False, group_arn=GROUP), True, ["", "", "", ""]),
    ],
)
def test_what_rules_cannot_stand_on(seen: Seen, organization: bool, said: list[str]) -> None:
    """Every reason at once; a trail that is fine has none."""
    found = list(faults(seen, organization=organization))
    assert len(found) == len(said)
    assert all(part in text for part, text in zip(said, found, strict=True))


@pytest.mark.parametrize("kind", ["INFREQUENT_ACCESS", "DELIVERY"])
def test_a_class_without_metric_filters(kind: str) -> None:
    """Only the Standard class has them."""
    assert standard("theirs", "STANDARD") == "theirs"
    with pytest.raises(pulumi.RunError, match=f"'theirs' is of the class {kind}"):
        standard("theirs", kind)


def test_a_name_is_of_this_account_and_region() -> None:
    """An ARN is taken as it is: an organisation's trail is another account's."""
    assert arn_of("theirs", HERE) == "arn:aws:cloudtrail:eu-west-1:123456789012:trail/theirs"
    assert arn_of(THERE.arn("cloudtrail", "trail/org"), HERE) == THERE.arn("cloudtrail", "trail/org")


@pytest.mark.parametrize("trail", [{"existing": "theirs"}, {"log_group": "/theirs"}])
def test_nothing_of_a_trail_is_made(tmp_path: Path, trail: dict[str, str]) -> None:
    """No second trail, and nothing that one writes to; filters, alarms and topics are there."""
    deployed = guarded(tmp_path, trail=trail)
    assert not [kind for kind in MADE_FOR_A_TRAIL if of(deployed, kind)]
    assert len(of(deployed, "Key")) == 1  # of the topics
    assert of(deployed, "LogMetricFilter")


def test_rules_stand_on_the_trails_log_group(tmp_path: Path) -> None:
    """Filters, queries and heartbeat read it, and self-protection watches it, its bucket and its role."""
    deployed = guarded(tmp_path, packs=SELF, trail={"existing": "theirs"})
    assert {it.inputs["logGroupName"] for it in of(deployed, "LogMetricFilter")} == {"log-group-of-theirs"}
    assert {tuple(it.inputs["logGroupNames"]) for it in of(deployed, "QueryDefinition")} == {("log-group-of-theirs",)}
    silent = one(deployed, "MetricAlarm", "guard-watchdog-silent").inputs
    assert silent["dimensions"] == {"LogGroupName": "log-group-of-theirs"}
    patterns = {it.name: it.inputs["pattern"] for it in of(deployed, "LogMetricFilter")}
    assert '"bucket-of-theirs"' in patterns["guard-guard-bucket-changed"]
    assert '"role-of-theirs"' in patterns["guard-guard-role-changed"]
    assert '"log-group-of-theirs"' in patterns["guard-guard-log-group-changed"]
    assert '"guard/*"' in patterns["guard-guard-alarms-changed"]


def test_a_log_group_that_makes_a_pattern_too_long(tmp_path: Path) -> None:
    """Is refused as soon as the trail tells its name."""
    rule = {**MINE, "pattern": f'{{ ($.a = "${{logGroup}}") && ($.b = "{"x" * 900}") }}'}
    assert guarded(tmp_path, rules=[rule], trail={"existing": "theirs"})
    with pytest.raises(ConfigError, match=r"trail.existing: a name of 113 characters makes a pattern of rule 'mine'"):
        guarded(tmp_path, rules=[rule], trail={"existing": "x" * 100})


def test_on_a_log_group_alone_no_pattern_is_left_open(tmp_path: Path) -> None:
    """Rules that name bucket or role are not made, and a warning names each; dashboard and alarms agree."""
    deployed = guarded(tmp_path, packs=SELF, trail={"log_group": "/theirs"})
    patterns = [it.inputs["pattern"] for it in of(deployed, "LogMetricFilter")]
    assert not [text for text in patterns if "${" in text or '""' in text]
    assert [text.split("'")[1] for text in deployed.messages] == ["guard-bucket-changed", "guard-role-changed"]
    shown = json.dumps(json.loads(one(deployed, "Dashboard").inputs["dashboardBody"]))
    assert "guard-bucket-changed" not in shown
    assert "guard-log-group-changed" in shown


def test_rule_alarms_alone_are_told_what_fills_a_pattern(tmp_path: Path) -> None:
    """Without bucket and role, rules that name them are left out; with them they are there."""
    source = "from guard.component import RuleAlarms\nRuleAlarms('alone', {'log_group': '/theirs', 'packs': %r%s})\n"
    without = render(tmp_path, source % (SELF, ""))
    filled = render(tmp_path, source % (SELF, ", 'values': {'bucket': 'b', 'role': 'r'}"))
    names = {it.name for it in of(filled, "LogMetricFilter")} - {it.name for it in of(without, "LogMetricFilter")}
    assert names == {"alone-guard-bucket-changed", "alone-guard-role-changed"}


def test_rule_alarms_take_what_others_give(tmp_path: Path) -> None:
    """The topics of a guard and the names of a trail, each in one output."""
    deployed = render(
        tmp_path,
        "from guard.component import AuditTrail, RuleAlarms\n"
        "guard = AccountGuard('guard', {'emails': ['a@example.com'], 'recipients': {'high': ['b@example.com']}})\n"
        "trail = AuditTrail('log', {})\n"
        "names = pulumi.Output.all(bucket=trail.bucket, role=trail.role_name)\n"
        "RuleAlarms('more', {'log_group': trail.log_group, 'topics': guard.topics, 'values': names})\n",
    )
    bucket = one(deployed, "Bucket", "log-logs").id
    assert f'"{bucket}"' in one(deployed, "LogMetricFilter", "more-guard-bucket-changed").inputs["pattern"]
    calls = {it.name: it.inputs["alarmActions"] for it in of(deployed, "MetricAlarm")}
    theirs = {name.removeprefix("more-"): called for name, called in calls.items() if name.startswith("more-")}
    assert theirs == {name: calls[f"guard-{name}"] for name in theirs}
    assert len({arn for called in theirs.values() for arn in called}) == 3


def test_an_output_that_lacks_a_name_is_told(tmp_path: Path) -> None:
    """Once it is known: a filter with a gap would count nothing."""
    source = "from guard.component import RuleAlarms\nnames = pulumi.Output.from_input({'bucket': 'b'})\n"
    args = f"{{'log_group': '/theirs', 'packs': {SELF}, 'values': names}}"
    with pytest.raises(ConfigError, match=r"values\.role: is missing .*: rule 'guard-role-changed' names it"):
        render(tmp_path, f"{source}RuleAlarms('alone', {args})\n")


def test_a_bucket_and_a_key_of_ones_own(tmp_path: Path) -> None:
    """The trail writes to them; neither policy nor anything else of theirs is made."""
    key = "arn:aws:kms:eu-west-1:123456789012:key/1"
    deployed = guarded(tmp_path, bucket="theirs", key=key)
    trail = one(deployed, "Trail").inputs
    assert (trail["s3BucketName"], trail["kmsKeyId"]) == ("theirs", key)
    assert one(deployed, "LogGroup").inputs["kmsKeyId"] == key
    assert not [it.name for it in deployed.resources if ":s3/" in it.type]
    assert [it.name for it in of(deployed, "Key")] == ["guard-topics-key"]


def test_a_topic_of_ones_own(tmp_path: Path) -> None:
    """Rules publish to it, self-protection and watchdog to the last resort's own."""
    theirs = "arn:aws:sns:eu-west-1:123456789012:theirs"
    deployed = guarded(tmp_path, packs=["essentials", *SELF], topic=theirs)
    went = {arn for it in of(deployed, "MetricAlarm") for arn in it.inputs["alarmActions"]}
    assert went == {theirs, "arn:aws:sns:eu-west-1:123456789012:guard-watchdog"}
    assert [it.inputs["name"] for it in of(deployed, "Topic")] == ["guard-watchdog"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"key": "arn:aws:kms:us-east-1:123456789012:key/1"}, ["key: an ARN of us-east-1"]),
        (
            {"topic": "arn:aws:sns:us-east-1:123456789012:theirs"},
            ["topic: ", "of us-east-1, and the guard is deployed to eu-west-1"],
        ),
        (
            {"overrides": {"root-usage": {"actions": ["arn:aws-cn:lambda:eu-west-1:123456789012:function:x"]}}},
            ["actions of root-usage: an ARN of aws-cn"],
        ),
    ],
)
def test_what_is_elsewhere(args: dict[str, Any], said: list[str], tmp_path: Path) -> None:
    """A key, a topic or an action of another region or partition is refused at the preview."""
    with pytest.raises(ConfigError) as told:
        guarded(tmp_path, **args)
    assert all(part in str(told.value) for part in said)
    assert "123456789012" not in str(told.value)


OF_OUTPUTS = """
import pulumi
from guard.component import AccountGuard

topic = pulumi.Output.from_input({topic!r})
AccountGuard("guard", {{"emails": ["a@example.com"], "packs": [], "rules": [{rule!r}], "topic": topic}})
"""


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("theirs", "topic: is no ARN: give the resource's `arn`"),
        ("arn:aws:sns:us-east-1:123456789012:theirs", "topic: an ARN of us-east-1"),
        ("arn:aws:sns:eu-west-1:123456789012:theirs:1-2", "topic: is the ARN of something else: give a topic's ARN"),
    ],
)
def test_what_is_known_later(topic: str, said: str, tmp_path: Path) -> None:
    """An output is judged once it is there."""
    with pytest.raises(ConfigError, match=said):
        render(tmp_path, OF_OUTPUTS.format(topic=topic, rule=MINE))


def test_an_alias_that_is_known_later(tmp_path: Path) -> None:
    """Is refused as one that is written, before the trail would take it and the log group would not."""
    alias = "pulumi.Output.from_input('arn:aws:kms:eu-west-1:123456789012:alias/theirs')"
    with pytest.raises(ConfigError, match=r"key: is the ARN of something else: give a key's ARN .*, no alias"):
        render(tmp_path, f"AccountGuard('guard', {{**{dict(LEAST)!r}, 'key': {alias}}})\n")


def test_what_only_aws_could_tell(tmp_path: Path) -> None:
    """Such as a topic that is looked up by its name: offline there is nothing to judge."""
    assert of(render(tmp_path, OF_OUTPUTS.format(topic=None, rule=MINE)), "MetricAlarm")


def test_what_is_of_no_region(tmp_path: Path) -> None:
    """Is at home everywhere."""
    arn = "arn:aws:ssm-incidents::123456789012:response-plan/x"
    deployed = guarded(tmp_path, overrides={"root-usage": {"actions": [arn]}})
    assert arn in one(deployed, "MetricAlarm", "guard-root-usage").inputs["alarmActions"]
