"""`guard drill` where the wire is cut: refused where it would prove nothing, else shown where it is cut."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from guard.account.drill import DrillError, prepare
from guard.account.drill_run import hold
from guard.sandbox.sandbox import Sandbox
from tests.account.drilled import (
    GROUP,
    Client,
    account,
    change_alarm,
    client,
    clock,
    close_topic,
    deployed,
    held,
    mute,
    put_filter,
    run,
)
from tests.account.live import shell
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
def broken() -> Iterator[Sandbox]:
    """A guard whose wire is cut at many places."""
    with Sandbox() as sandbox:
        deployed(sandbox)
        aws = client(sandbox)
        for rule, (cut, _) in REFUSED.items():
            cut(aws, rule)
        change_alarm(aws, "guard-bucket-changed", Threshold=100)
        close_topic(aws, "low")
        aws("sns").delete_topic(TopicArn=f"arn:aws:sns:{REGION}:123456789012:{NAME}-high")
        yield sandbox


@pytest.fixture
def aws(broken: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The same, from the stack's folder."""
    shell(monkeypatch)
    return broken


@pytest.fixture(scope="module")
def refusals(broken: Sandbox) -> dict[str, str]:
    """What is said of each rule."""
    drills, faults = prepare(account(broken), [*REFUSED, "guard-topics-changed"])
    assert [one.rule for one in drills] == ["guard-topics-changed"]
    return {one.place.removeprefix(f"{NAME}/"): str(one) for one in faults}


@pytest.mark.parametrize("rule", REFUSED)
def test_a_drill_that_would_prove_nothing_is_refused(refusals: dict[str, str], rule: str) -> None:
    """Why, and what mends it."""
    assert REFUSED[rule][1] in refusals[rule]


def test_some_refused_others_held(aws: Sandbox) -> None:
    """The refused are named, the others drilled; exit 1."""
    result = run("vpc-changes", "guard-key-changed", "guard-log-group-changed", "--yes", "--format", "json")
    told = json.loads(result.stdout)
    assert [one["place"] for one in told["refused"]] == [f"{NAME}/vpc-changes", f"{NAME}/guard-key-changed"]
    assert [(one["rule"], one["proven"]) for one in told["drills"]] == [("guard-log-group-changed", True)]
    assert f"not drilled: {NAME}/vpc-changes" in result.stderr
    assert result.exit_code == 1


def test_without_its_topic_nothing_is_put(aws: Sandbox) -> None:
    """Who cannot be told of a drill is not alarmed by one."""
    here = account(aws)
    drills, _ = prepare(here, ["other-call"])
    with pytest.raises(DrillError, match="nothing was put"):
        hold(here, drills, clock=clock(aws))
    streams = aws.client("logs", REGION).filter_log_events(
        logGroupName=GROUP, filterPattern='{ $.eventName = "AssumeRoot" }'
    )
    assert streams["events"] == []


def test_a_closed_topic_fails_the_action(aws: Sandbox) -> None:
    """All legs come, and the history says why the action failed."""
    found = held(aws, "any-call")
    assert ([*found.legs], found.proven) == (["metric", "alarm", "action"], False)
    assert "does not let CloudWatch publish" in found.wrong[0]


def test_a_deaf_alarm_never_rings(aws: Sandbox) -> None:
    """The metric comes; the time-out ends the wait, on the command line with exit 1."""
    before = aws.world.clock.now()
    found = held(aws, "guard-bucket-changed")
    assert (found.missing, found.proven) == (["alarm", "action"], False)
    assert 600 <= aws.world.clock.now() - before < 800
    assert found.wrong == ["the alarm did not ring; guard verify compares its settings with the rule's"]
    result = run("guard-bucket-changed", "--yes", "--timeout", "1")
    assert result.exit_code == 1
    assert "never" in result.stdout
    assert "guard verify compares its settings" in result.stdout
