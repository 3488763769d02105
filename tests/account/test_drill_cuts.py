"""`guard drill` where the wire is cut: refused where it would prove nothing, else shown where it is cut."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from guard.account.drill import DrillError, prepare
from guard.account.drill_run import STREAM
from guard.sandbox.sandbox import Sandbox
from tests.account.drilled import (
    ALARM,
    GROUP,
    RULE,
    Client,
    account,
    change_alarm,
    client,
    close_topic,
    deployed,
    held,
    mute,
    put_filter,
    run,
    shell,
)
from tests.sandbox.deployed import NAME, REGION

# What is done to a rule -> what the drill says; each has a rule of its own, all in one guard.
REFUSED: dict[str, tuple[Callable[[Client, str], Any], str]] = {
    "root-usage": (
        lambda aws, rule: aws("cloudwatch").set_alarm_state(
            AlarmName=f"{NAME}/{rule}", StateValue="ALARM", StateReason="x"
        ),
        "is in ALARM",
    ),
    "ec2-instance-changes": (
        lambda aws, rule: aws("cloudwatch").disable_alarm_actions(AlarmNames=[f"{NAME}/{rule}"]),
        f"aws cloudwatch enable-alarm-actions --alarm-names {NAME}/ec2-instance-changes",
    ),
    "iam-policy-changes": (lambda aws, rule: change_alarm(aws, rule, AlarmActions=[]), "it has no actions"),
    "security-group-changes": (mute, "is muted by the rule quiet"),
    "vpc-changes": (
        lambda aws, rule: aws("cloudwatch").delete_alarms(AlarmNames=[f"{NAME}/{rule}"]),
        "the alarm is not there",
    ),
    "guard-trail-changed": (
        lambda aws, rule: aws("logs").delete_metric_filter(filterName=f"{NAME}/{rule}", logGroupName=GROUP),
        "no metric filter counts into its metric",
    ),
    "guard-key-changed": (
        lambda aws, rule: put_filter(aws, rule, '{ $.eventName = "DisableKey" }', "other"),
        "no metric filter counts into its metric",
    ),
    "guard-role-changed": (
        lambda aws, rule: put_filter(aws, rule, '{ $.eventName = "Nothing" }', rule),
        "matches none of the rule's examples",
    ),
}


@pytest.fixture(scope="module")
def refusals() -> dict[str, str]:
    """What is said of each rule after all was done; the others are drilled."""
    with Sandbox() as aws:
        deployed(aws)
        for rule, (cut, _) in REFUSED.items():
            cut(client(aws), rule)
        drills, faults = prepare(account(aws), [*REFUSED, "guard-bucket-changed"])
        assert [one.rule for one in drills] == ["guard-bucket-changed"]
    return {one.place.removeprefix(f"{NAME}/"): str(one) for one in faults}


@pytest.mark.parametrize("rule", REFUSED)
def test_a_drill_that_would_prove_nothing_is_refused(refusals: dict[str, str], rule: str) -> None:
    """Why, and what mends it."""
    assert REFUSED[rule][1] in refusals[rule]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A guard to break, from the stack's folder."""
    shell(monkeypatch)
    with Sandbox() as sandbox:
        deployed(sandbox)
        yield sandbox


def test_all_rules_in_one_go(aws: Sandbox) -> None:
    """Each topic is told once, each alarm rings once; the way is said on stderr. Then all are in ALARM."""
    result = run("--all", "--yes")
    assert result.exit_code == 0, result.output
    assert "never" not in result.stdout
    assert "13 of 13 begun; came: 13 metric, 13 alarm, 13 action" in result.stderr
    subjects = [(mail.topic, mail.subject) for mail in aws.mails if mail.to == "security@example.com"]
    assert len(subjects) == len(set(subjects)) == 3 + 13
    assert str(run("--all", "--yes").exception).count("is in ALARM") == 13


def test_some_refused_others_held(aws: Sandbox) -> None:
    """The refused are named, the others drilled; exit 1."""
    aws.client("cloudwatch", REGION).delete_alarms(AlarmNames=[ALARM])
    result = run(RULE, "root-usage", "--yes", "--format", "json")
    told = json.loads(result.stdout)
    assert [one["place"] for one in told["refused"]] == [ALARM]
    assert [one["rule"] for one in told["drills"]] == ["root-usage"]
    assert f"not drilled: {ALARM}" in result.stderr
    assert result.exit_code == 1


def test_without_its_topic_nothing_is_put(aws: Sandbox) -> None:
    """Who cannot be told of a drill is not alarmed by one."""
    aws.client("sns", REGION).delete_topic(TopicArn=f"arn:aws:sns:{REGION}:123456789012:{NAME}-alerts")
    result = run(RULE, "--yes")
    assert isinstance(result.exception, DrillError)
    assert "nothing was put" in str(result.exception)
    streams = aws.client("logs", REGION).describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert STREAM not in {one["logStreamName"] for one in streams}


def test_a_closed_topic_fails_the_action(aws: Sandbox) -> None:
    """All legs come, and the history says why the action failed."""
    close_topic(client(aws))
    found = held(aws, RULE)
    assert ([*found.legs], found.proven) == (["metric", "alarm", "action"], False)
    assert "does not let CloudWatch publish" in found.wrong[0]


def test_a_deaf_alarm_never_rings(aws: Sandbox) -> None:
    """The metric comes; the time-out ends the wait, on the command line with exit 1."""
    change_alarm(client(aws), RULE, Threshold=100)
    before = aws.world.clock.now()
    found = held(aws, RULE)
    assert (found.missing, found.proven) == (["alarm", "action"], False)
    assert 600 <= aws.world.clock.now() - before < 800
    assert found.wrong == ["the alarm did not ring; guard verify compares its settings with the rule's"]
    result = run(RULE, "--yes", "--timeout", "1")
    assert result.exit_code == 1
    assert "never" in result.stdout
    assert "guard verify compares its settings" in result.stdout
