"""`guard verify`, against a guard in the sandbox: whole, and with each of its parts broken."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from guard.cli.verify import command
from guard.sandbox.sandbox import Sandbox
from tests.sandbox.deployed import NAME, REGION, ROOT, RUN

ALARM = f"{NAME}/ec2-instance-changes"
GROUP = f"/{NAME}/cloudtrail"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """The worked stack, deployed, everybody confirmed, an event delivered."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with Sandbox() as sandbox:
        sandbox.deploy(ROOT, "dev")
        sandbox.confirm()
        sandbox.play([RUN])
        yield sandbox


def run(*args: str) -> Result:
    """The command."""
    return CliRunner().invoke(command, args)


def failed() -> dict[str, str]:
    """What fails, with what was seen."""
    found = json.loads(run("--format", "json").stdout)
    return {f"{one['check']}: {one['subject']}": one["seen"] for one in found if one["status"] == "FAIL"}


def test_a_whole_guard_passes(aws: Sandbox) -> None:
    """No FAIL, exit 0; a click's confirmation is a warning."""
    result = run()
    assert "FAIL" not in result.stdout, result.stdout
    assert result.exit_code == 0
    assert "WARN recipients: security@example.com" in result.stdout
    assert aws.mails


def edit_pattern(client: Callable[[str], Any]) -> None:
    """A clause less."""
    client("logs").put_metric_filter(
        filterName=ALARM,
        logGroupName=GROUP,
        filterPattern='{ ($.eventSource = "ec2.amazonaws.com") && ($.eventName = "StartInstances") }',
        metricTransformations=[
            {"metricName": "ec2-instance-changes", "metricNamespace": f"AccountGuard/{NAME}", "metricValue": "1"}
        ],
    )


def raise_threshold(client: Callable[[str], Any]) -> None:
    """It rings at a hundred."""
    alarm = client("cloudwatch").describe_alarms(AlarmNames=[ALARM])["MetricAlarms"][0]
    kept = ("AlarmName", "Namespace", "MetricName", "Statistic", "ComparisonOperator", "Period", "EvaluationPeriods")
    client("cloudwatch").put_metric_alarm(Threshold=100, **{key: alarm[key] for key in kept})


def unsubscribe(client: Callable[[str], Any]) -> None:
    """Nobody hears the rules' topic."""
    for one in client("sns").list_subscriptions()["Subscriptions"]:
        client("sns").unsubscribe(SubscriptionArn=one["SubscriptionArn"])


ATTACKS: dict[str, tuple[Callable[[Callable[[str], Any]], Any], str, str]] = {
    "stopped": (lambda aws: aws("cloudtrail").stop_logging(Name=NAME), "trail: logging", "False"),
    "deleted": (lambda aws: aws("cloudtrail").delete_trail(Name=NAME), "trail: look", "TrailNotFound"),
    "narrowed": (
        lambda aws: aws("cloudtrail").put_event_selectors(
            TrailName=NAME, EventSelectors=[{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True}]
        ),
        "trail: all management events",
        "1 basic",
    ),
    "filter deleted": (
        lambda aws: aws("logs").delete_metric_filter(logGroupName=GROUP, filterName=ALARM),
        f"filters: {ALARM}",
        "is not there",
    ),
    "pattern edited": (edit_pattern, f"filters: {ALARM}", "its pattern was changed"),
    "alarm deleted": (lambda aws: aws("cloudwatch").delete_alarms(AlarmNames=[ALARM]), f"alarms: {ALARM}", "not there"),
    "actions disabled": (
        lambda aws: aws("cloudwatch").disable_alarm_actions(AlarmNames=[ALARM]),
        f"alarms: {ALARM} actions",
        "enabled: False",
    ),
    "threshold raised": (raise_threshold, f"alarms: {ALARM}", "Threshold is 100"),
    "unsubscribed": (unsubscribe, f"recipients: security@example.com ({NAME}-alerts)", "gone"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_found(aws: Sandbox, attack: str) -> None:
    """By its check, with what was seen; exit 1."""
    act, check, seen = ATTACKS[attack]
    act(lambda service: aws.client(service, REGION))
    assert seen in failed()[check]
    assert run().exit_code == 1
    assert check.split(": ", 1)[1] in run("--format", "markdown").stdout


def test_a_cut_delivery_is_found(aws: Sandbox) -> None:
    """GetTrailStatus says that CloudWatch Logs refuses."""
    iam = aws.client("iam", REGION)
    role = aws.client("cloudtrail", REGION).get_trail(Name=NAME)["Trail"]["CloudWatchLogsRoleArn"].rsplit("/", 1)[-1]
    iam.delete_role_policy(RoleName=role, PolicyName="write-log-streams")
    aws.play([RUN])
    assert "PutLogEvents" in failed()["trail: delivery to CloudWatch Logs"]
