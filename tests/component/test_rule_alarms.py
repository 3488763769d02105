"""For each rule its filter, its alarm, its query, and whom it tells."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from guard.access import Request, allowed
from tests.component.rendered import guarded, of, one, policy, render

MINE: Mapping[str, Any] = {
    "id": "my-rule",
    "title": "Mine",
    "description": "Something of mine happened.",
    "severity": "high",
    "pattern": '{ $.eventName = "DeleteDBCluster" }',
    "first_step": "Ask.",
    "examples": {"match": [{"eventName": "DeleteDBCluster"}], "no_match": [{"eventName": "Other"}]},
}


def many(count: int) -> list[dict[str, Any]]:
    """So many rules of one's own."""
    return [
        {
            **MINE,
            "id": f"my-rule-{number:02}",
            "pattern": f'{{ $.eventName = "Delete{number}" }}',
            "examples": {"match": [{"eventName": f"Delete{number}"}], "no_match": [{"eventName": "Other"}]},
        }
        for number in range(count)
    ]


def test_a_rules_filter_and_alarm(tmp_path: Path) -> None:
    """The filter counts 1 into the rule's metric, 0 without a match; the alarm sums it."""
    deployed = guarded(tmp_path, packs=[], rules=[MINE])
    found = one(deployed, "LogMetricFilter").inputs
    assert found["name"] == "guard/my-rule"
    assert found["pattern"] == MINE["pattern"]
    assert found["metricTransformation"] == {
        "name": "my-rule",
        "namespace": "AccountGuard/guard",
        "value": "1",
        "unit": "Count",
        "defaultValue": "0",
    }
    alarm = one(deployed, "MetricAlarm", "guard-my-rule").inputs
    assert (alarm["namespace"], alarm["metricName"], alarm["statistic"]) == ("AccountGuard/guard", "my-rule", "Sum")
    assert (alarm["threshold"], alarm["period"], alarm["evaluationPeriods"], alarm["datapointsToAlarm"]) == (
        1,
        300,
        1,
        1,
    )
    assert alarm["treatMissingData"] == "notBreaching"
    assert "okActions" not in alarm


def test_the_alarms_text(tmp_path: Path) -> None:
    """What happened, how bad, what to do first, the rule, the query and a link to it; in the limit."""
    text = one(guarded(tmp_path, packs=[], rules=[MINE]), "MetricAlarm", "guard-my-rule").inputs["alarmDescription"]
    for said in (
        "Something of mine happened.",
        "high",
        "Ask.",
        "my-rule",
        "guard/my-rule",
        "https://eu-west-1.console.aws.",
    ):
        assert said in text
    long = {**MINE, "description": "x" * 700, "first_step": "y" * 200}
    text = one(guarded(tmp_path, packs=[], rules=[long]), "MetricAlarm", "guard-my-rule").inputs["alarmDescription"]
    assert len(text) <= 1024
    assert "my-rule" in text


@pytest.mark.parametrize("letters", ["ü" * 400, "ü" * 900, "€" * 500])
def test_the_alarms_text_fits_in_bytes(tmp_path: Path, letters: str) -> None:
    """The provider counts 1,024 bytes, and a letter may have several; none is cut in two."""
    deployed = guarded(tmp_path, packs=[], rules=[{**MINE, "description": letters}])
    text = one(deployed, "MetricAlarm", "guard-my-rule").inputs["alarmDescription"]
    assert len(text.encode()) <= 1024
    assert text.startswith(letters[:300])
    assert "\ufffd" not in text


@pytest.mark.parametrize(
    ("region", "console"),
    [
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("eusc-de-east-1", "eusc-de-east-1.console.amazonaws-eusc.eu"),
    ],
)
def test_the_link_is_the_partitions(tmp_path: Path, region: str, console: str) -> None:
    """Consoles differ by partition."""
    deployed = guarded(tmp_path, region, packs=[], rules=[MINE])
    assert console in one(deployed, "MetricAlarm", "guard-my-rule").inputs["alarmDescription"]


def test_every_alarm_may_publish_to_its_topic(tmp_path: Path) -> None:
    """Each action that is a topic of ours has a policy that lets just that alarm in."""
    deployed = guarded(tmp_path, packs=["essentials", "self-protection"], recipients={"high": ["h@example.com"]})
    policies = {it.inputs["arn"]: policy(it) for it in of(deployed, "TopicPolicy")}
    for alarm in of(deployed, "MetricAlarm"):
        arn = f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{alarm.inputs['name']}"
        context = {"aws:SourceArn": arn, "aws:SourceAccount": "123456789012"}
        for topic in alarm.inputs["alarmActions"]:
            assert allowed(
                [policies[topic]], Request({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish", topic, context)
            )
            other = {**context, "aws:SourceArn": arn.replace(":alarm:guard/", ":alarm:guard-2/")}
            assert not allowed(
                [policies[topic]], Request({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish", topic, other)
            )


def test_severities_with_recipients_have_a_topic_of_their_own(tmp_path: Path) -> None:
    """Others go to the default one; self-protection through the watchdog's."""
    deployed = guarded(tmp_path, packs=["essentials", "self-protection"], recipients={"high": ["h@example.com"]})
    went = {
        alarm.inputs["name"].split("/")[-1]: {arn.split(":")[-1] for arn in alarm.inputs["alarmActions"]}
        for alarm in of(deployed, "MetricAlarm")
    }
    assert went["iam-policy-changes"] == {"guard-high"}
    assert went["ec2-instance-changes"] == {"guard-alerts"}
    assert went["guard-trail-changed"] == {"guard-watchdog"}
    assert went["watchdog-silent"] == {"guard-watchdog"}


def test_actions_beside_the_topic(tmp_path: Path) -> None:
    """A function gets the permission it needs; other ARNs are just called."""
    ops = "arn:aws:ssm:eu-west-1:123456789012:opsitem:2#CATEGORY=Security"
    function = "arn:aws:lambda:eu-west-1:123456789012:function:act"
    deployed = guarded(tmp_path, packs=[], rules=[MINE], overrides={"my-rule": {"actions": [ops, function]}})
    alarm = one(deployed, "MetricAlarm", "guard-my-rule").inputs
    assert alarm["alarmActions"][1:] == [ops, function]
    permission = one(deployed, "Permission").inputs
    assert permission["principal"] == "lambda.alarms.cloudwatch.amazonaws.com"
    assert permission["sourceArn"].endswith(":alarm:guard/my-rule")
    assert permission["function"] == function
    assert "qualifier" not in permission


def test_a_functions_alias_is_said_apart(tmp_path: Path) -> None:
    """So the provider reads it back; in one piece with the function it would differ at every deployment."""
    function = "arn:aws:lambda:eu-west-1:123456789012:function:act"
    deployed = guarded(tmp_path, packs=[], rules=[{**MINE, "actions": [f"{function}:live"]}])
    assert f"{function}:live" in one(deployed, "MetricAlarm", "guard-my-rule").inputs["alarmActions"]
    permission = one(deployed, "Permission").inputs
    assert (permission["function"], permission["qualifier"]) == (function, "live")


def test_a_permissions_name_fits(tmp_path: Path) -> None:
    """Lambda takes 100 characters; a component's name and a rule's id may have 127."""
    rule = {**MINE, "id": "r" * 64, "actions": ["arn:aws:lambda:eu-west-1:123456789012:function:act"]}
    source = f"AccountGuard('{'x' * 63}', {{'emails': ['a@example.com'], 'packs': [], 'rules': [{rule!r}]}})"
    assert len(one(render(tmp_path, source), "Permission").inputs["statementId"]) == 100


@pytest.mark.parametrize("count", [1, 60])
def test_the_dashboard_with_few_and_many(tmp_path: Path, count: int) -> None:
    """Every rule is drawn once, sorted, a dozen a graph; nothing overlaps."""
    body = json.loads(one(guarded(tmp_path, packs=[], rules=many(count)), "Dashboard").inputs["dashboardBody"])
    graphs = [it for it in body["widgets"] if it["type"] == "metric" and it["properties"]["title"].startswith("Hits")]
    drawn = [metric[1] for it in graphs for metric in it["properties"]["metrics"]]
    assert drawn == sorted(drawn)
    assert len(drawn) == count
    assert all(len(it["properties"]["metrics"]) <= 12 for it in graphs)
    cells = [
        (x, y)
        for it in body["widgets"]
        for x in range(it["x"], it["x"] + it["width"])
        for y in range(it["y"], it["y"] + it["height"])
    ]
    assert len(cells) == len(set(cells))
    assert all(x < 24 for x, _ in cells)


def test_placeholders_are_filled(tmp_path: Path) -> None:
    """`${bucket}` and its like become the names that were made."""
    deployed = guarded(tmp_path, packs=["self-protection"])
    patterns = [it.inputs["pattern"] for it in of(deployed, "LogMetricFilter")]
    assert not [text for text in patterns if "${" in text]
    bucket = one(deployed, "Trail").inputs["s3BucketName"]
    assert any(bucket in text for text in patterns)


def test_an_exact_twin_goes_to_the_quiet_topic(tmp_path: Path) -> None:
    """KeepExact keeps the auditor's text on a metric and alarm of its own."""
    deployed = guarded(
        tmp_path,
        packs=["cis"],
        recipients={"quiet": ["audit@example.com"]},
        overrides={"cis-root-account-usage": {"exclude": [{"source_ip": "10.*"}], "keep_exact": True}},
    )
    twin = one(deployed, "MetricAlarm", "guard-cis-root-account-usage-exact").inputs
    assert twin["alarmActions"][0].endswith(":guard-quiet")
    texts = {it.inputs["name"]: it.inputs["pattern"] for it in of(deployed, "LogMetricFilter")}
    assert "sourceIPAddress" in texts["guard/cis-root-account-usage"]
    assert "sourceIPAddress" not in texts["guard/cis-root-account-usage-exact"]


def test_ok_mails_on_demand(tmp_path: Path) -> None:
    """NotifyOk calls the topic when an alarm recovers; nothing else does but the heartbeat."""

    def calling(**args: Any) -> set[str]:
        return {it.name for it in of(guarded(tmp_path, **args), "MetricAlarm") if it.inputs.get("okActions")}

    assert calling() == {"guard-watchdog-silent"}
    assert "guard-iam-policy-changes" in calling(notify_ok=True)
