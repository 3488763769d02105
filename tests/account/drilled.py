"""A guard in the sandbox to drill, and ways to cut its wire."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from click.testing import CliRunner, Result

from guard.account.account import Account
from guard.account.drill import prepare
from guard.account.drill_run import Clock, hold
from guard.account.drill_watch import Run
from guard.cli.drill import command
from guard.names import Where
from guard.sandbox.sandbox import Sandbox
from guard.settings import stack_config
from guard.settings.stack import settings_of
from tests.sandbox.deployed import NAME, REGION, ROOT, RUN

Client: TypeAlias = Callable[[str], Any]
GROUP = f"/{NAME}/cloudtrail"
OWN: Mapping[str, Any] = {
    "title": "Own",
    "description": "Own.",
    "severity": "low",
    "pattern": '{ ($.eventSource = "sts.amazonaws.com") && ($.eventName = "GetCallerIdentity") }',
    "first_step": "Look.",
    "examples": {
        "match": [{"eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity"}],
        "no_match": [{"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole"}],
    },
}
OTHER = {
    "pattern": '{ ($.eventSource = "sts.amazonaws.com") && ($.eventName = "AssumeRoot") }',
    "severity": "high",
    "examples": {
        "match": [{"eventSource": "sts.amazonaws.com", "eventName": "AssumeRoot"}],
        "no_match": [{"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole"}],
    },
}
ADDRESS = ["security@example.com"]
CONFIG: Mapping[str, Any] = {
    **stack_config(ROOT, "dev"),
    "account-guard:recipients": {"critical": ["on-call@example.com"], "high": ADDRESS, "low": ADDRESS},
    "account-guard:rules": [
        {"id": "three-calls", **OWN, "alarm": {"threshold": 3}},
        {"id": "lasting-calls", **OWN, "alarm": {"evaluation_periods": 2, "datapoints_to_alarm": 2}},
        {"id": "many-calls", **OWN, "alarm": {"threshold": 1000}},
        {"id": "any-call", **OWN},
        {"id": "other-call", **OWN, **OTHER},
    ],
}


def deployed(sandbox: Sandbox, config: Mapping[str, Any] | None = CONFIG) -> None:
    """Deploy the stack, confirm, and have an event delivered."""
    sandbox.deploy(ROOT, "dev", config)
    sandbox.confirm()
    sandbox.play([{**RUN, "eventName": "DescribeInstances", "readOnly": True}])
    sandbox.world.mails.clear()


def client(sandbox: Sandbox) -> Client:
    """Clients in the guard's region."""
    return lambda service: sandbox.client(service, REGION)


def account(sandbox: Sandbox) -> Account:
    """The account of a sandbox."""
    return Account(settings_of(CONFIG, "dev", ROOT), Where("aws", REGION, sandbox.world.account), client(sandbox))


def clock(sandbox: Sandbox) -> Clock:
    """The sandbox's time; whoever sleeps lets it pass."""
    return Clock(sandbox.world.clock.now, lambda _: sandbox.advance(1))


def held(sandbox: Sandbox, rule: str, *, fast: bool = False) -> Run:
    """One rule's drill, in the sandbox's time."""
    here = account(sandbox)
    drills, faults = prepare(here, [rule], fast=fast)
    assert not faults
    return hold(here, drills, clock=clock(sandbox))[0]


def run(*args: str) -> Result:
    """The command."""
    return CliRunner().invoke(command, args)


def put_filter(aws: Client, rule: str, pattern: str, metric: str) -> None:
    """Write a rule's filter anew."""
    to = [{"metricName": metric, "metricNamespace": f"AccountGuard/{NAME}", "metricValue": "1"}]
    aws("logs").put_metric_filter(
        filterName=f"{NAME}/{rule}", logGroupName=GROUP, filterPattern=pattern, metricTransformations=to
    )


def mute(aws: Client, rule: str) -> None:
    """Hold an alarm's actions back."""
    schedule = {"Schedule": {"Expression": "cron(* * * * *)", "Duration": "PT1H"}}
    aws("cloudwatch").put_alarm_mute_rule(Name="quiet", Rule=schedule, MuteTargets={"AlarmNames": [f"{NAME}/{rule}"]})


def change_alarm(aws: Client, rule: str, **changes: Any) -> None:
    """Write an alarm anew."""
    alarm = aws("cloudwatch").describe_alarms(AlarmNames=[f"{NAME}/{rule}"])["MetricAlarms"][0]
    kept = (
        *("AlarmName", "Namespace", "MetricName", "Statistic", "ComparisonOperator", "Period", "EvaluationPeriods"),
        *("Threshold", "TreatMissingData", "AlarmActions"),
    )
    aws("cloudwatch").put_metric_alarm(**{key: alarm[key] for key in kept} | changes)


def close_topic(aws: Client, route: str) -> None:
    """CloudWatch may not publish to a topic."""
    topic = f"arn:aws:sns:{REGION}:123456789012:{NAME}-{route}"
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"}
    policy = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": topic}]}
    aws("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
