"""Alarms in the sandbox ring, mail, recover and remember as CloudWatch's do."""

import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from guard.watchdog import led_to
from tests.sandbox.deployed import NAME, RUN, Deployed, happening

RULE = "ec2-instance-changes"
ALARM = f"{NAME}/{RULE}"


def test_an_event_rings_once(guard: Deployed) -> None:
    """A second event while the alarm is in ALARM sends no second mail."""
    guard.aws.play([RUN])
    guard.aws.play([RUN])
    assert guard.subjects().count(f"ALARM {RULE}") == 1


def test_it_rings_again_after_it_recovered(guard: Deployed) -> None:
    """Once back in OK, the next event mails again."""
    guard.aws.play([RUN])
    guard.aws.advance(20, pulse=happening("DescribeInstances", readOnly=True), every=1)
    assert guard.state(RULE) == "OK"
    guard.aws.play([RUN])
    assert guard.subjects().count(f"ALARM {RULE}") == 2


def test_a_slow_machine_rings_no_more_often(guard: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands still but for what is skipped, though a minute of the machine's ends between two events."""
    real, minute = time.time, guard.aws.world.clock.minute()
    guard.aws.play([RUN])
    monkeypatch.setattr("time.time", lambda: real() + 60)
    guard.aws.play([happening("DescribeInstances", readOnly=True)])
    assert guard.aws.world.clock.minute() == minute
    guard.aws.advance(20)
    assert guard.subjects().count(f"ALARM {RULE}") == 1


def test_an_event_that_no_rule_means_rings_nothing(guard: Deployed) -> None:
    """A read is only logged; the heartbeat hears it."""
    guard.aws.play([happening("DescribeInstances", readOnly=True)])
    assert guard.subjects() == ["OK watchdog-silent"]
    assert "means that events arrive again" in guard.aws.mails[-1].text
    assert "First step: run `guard verify --stack dev`;" in guard.aws.mails[-1].text


def test_silence_rings_the_heartbeat(guard: Deployed) -> None:
    """With the trail stopped, the watchdog rings after its hours and those CloudWatch waits for more data."""
    guard.aws.play([RUN])
    guard.client("cloudtrail").stop_logging(Name=NAME)
    guard.aws.advance(2 * 60, pulse=RUN)
    assert guard.state("watchdog-silent") == "OK"
    guard.aws.advance(4 * 60, pulse=RUN)
    assert guard.state("watchdog-silent") == "ALARM"
    assert guard.subjects()[-1] == "ALARM watchdog-silent"


def test_a_quiet_account_with_a_pulse_is_not_silent(guard: Deployed) -> None:
    """An event now and then keeps the heartbeat in OK."""
    guard.aws.advance(10 * 60, pulse=happening("DescribeInstances", readOnly=True), every=50)
    assert guard.state("watchdog-silent") == "OK"


def test_an_undeliverable_mail_rings_the_watchdog(guard: Deployed) -> None:
    """When SNS cannot deliver, the watchdog says so on its own topic."""
    guard.aws.world.unreachable.add("security@example.com")
    guard.aws.play([RUN])
    rang = {one.subject.split('"')[1] for one in guard.aws.world.undelivered}
    assert guard.state("watchdog-failed") == "ALARM"
    assert f"{NAME}/watchdog-failed" in rang


def test_publishing_to_nobody_rings_the_watchdog(guard: Deployed) -> None:
    """A topic that lost its subscriptions publishes and delivers nothing."""
    sns, topic = guard.client("sns"), guard.exports()["topics"]["default"]
    for one in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    guard.aws.play([RUN])
    assert guard.state("watchdog-undelivered") == "ALARM"
    assert "ALARM watchdog-undelivered" in guard.subjects()


def test_set_alarm_state_mails_and_does_not_last(guard: Deployed) -> None:
    """A state set by hand runs the actions; the next evaluation sets it right."""
    guard.client("cloudwatch").set_alarm_state(AlarmName=ALARM, StateValue="ALARM", StateReason="drill")
    assert guard.subjects() == [f"ALARM {RULE}"]
    guard.aws.advance(1)
    assert guard.state(RULE) == "OK"


def test_history_tells_states_and_actions(guard: Deployed) -> None:
    """Creation, each change of state and each action, newest first."""
    guard.aws.play([RUN])
    items = guard.client("cloudwatch").describe_alarm_history(AlarmName=ALARM)["AlarmHistoryItems"]
    kinds = [(one["HistoryItemType"], one["HistorySummary"].split(" arn:")[0]) for one in items]
    assert kinds == [
        ("Action", "Successfully executed action"),
        ("StateUpdate", "Alarm updated from OK to ALARM"),
        ("StateUpdate", "Alarm updated from INSUFFICIENT_DATA to OK"),
        ("ConfigurationUpdate", f'Alarm "{ALARM}" created'),
    ]


def test_history_in_pages_and_by_kind(guard: Deployed) -> None:
    """Pages follow one another; a kind and a time can be asked for."""
    client = guard.client("cloudwatch")
    pages = client.get_paginator("describe_alarm_history").paginate(PaginationConfig={"PageSize": 5})
    every = [one for page in pages for one in page["AlarmHistoryItems"]]
    assert len(every) > 10
    assert every[0]["Timestamp"] >= every[-1]["Timestamp"]
    actions = client.describe_alarm_history(HistoryItemType="Action", ScanBy="TimestampAscending")
    assert {one["HistoryItemType"] for one in actions["AlarmHistoryItems"]} <= {"Action"}
    future = datetime.now(timezone.utc) + timedelta(days=1)
    assert client.describe_alarm_history(StartDate=future)["AlarmHistoryItems"] == []


def test_disabled_actions_are_silent(guard: Deployed) -> None:
    """The alarm rings, and nobody hears it."""
    guard.client("cloudwatch").disable_alarm_actions(AlarmNames=[ALARM])
    guard.aws.play([RUN])
    assert guard.state(RULE) == "ALARM"
    assert f"ALARM {RULE}" not in guard.subjects()


def schedule(expression: str, duration: str = "PT4H") -> dict[str, Any]:
    """A mute rule's schedule."""
    return {"Schedule": {"Expression": expression, "Duration": duration}}


@pytest.mark.parametrize(
    ("rule", "silent"),
    [
        (schedule("cron(* * * * *)"), True),
        (schedule("cron(0 0-23 * JAN-DEC SUN-SAT)", "PT1H"), True),
        (schedule("at(2020-01-01T00:00)"), False),
    ],
)
def test_a_mute_rule_holds_actions_back(guard: Deployed, rule: dict[str, Any], silent: bool) -> None:
    """Within its window; outside it the alarm mails."""
    client = guard.client("cloudwatch")
    client.put_alarm_mute_rule(Name="quiet", Rule=rule, MuteTargets={"AlarmNames": [ALARM]})
    guard.aws.play([RUN])
    assert (f"ALARM {RULE}" not in guard.subjects()) is silent
    status = "ACTIVE" if silent else "SCHEDULED"
    assert client.get_alarm_mute_rule(AlarmMuteRuleName="quiet")["Status"] == status
    assert client.list_alarm_mute_rules(AlarmName=ALARM)["AlarmMuteRuleSummaries"][0]["Status"] == status
    client.delete_alarm_mute_rule(AlarmMuteRuleName="quiet")
    assert client.list_alarm_mute_rules()["AlarmMuteRuleSummaries"] == []


def test_a_changed_alarm_keeps_its_state(guard: Deployed) -> None:
    """PutMetricAlarm on one that is there changes its settings, not its state."""
    guard.aws.play([RUN])
    client = guard.client("cloudwatch")
    alarm = client.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"][0]
    kept = ("AlarmName", "Namespace", "MetricName", "Statistic", "ComparisonOperator", "Period", "EvaluationPeriods")
    client.put_metric_alarm(Threshold=5, **{key: alarm[key] for key in kept})
    assert guard.state(RULE) == "ALARM"


def test_metrics_from_outside_move_alarms(guard: Deployed) -> None:
    """PutMetricData counts."""
    guard.client("cloudwatch").put_metric_data(
        Namespace=f"AccountGuard/{NAME}", MetricData=[{"MetricName": RULE, "Value": 1}]
    )
    assert guard.state(RULE) == "ALARM"


def sums(guard: Deployed, period: int, **more: str) -> list[float]:
    """What GetMetricData says of the rule's metric, over the last hours."""
    metric = {"Namespace": f"AccountGuard/{NAME}", "MetricName": RULE}
    now = datetime.now(timezone.utc)
    answer = guard.client("cloudwatch").get_metric_data(
        MetricDataQueries=[{"Id": "m", "MetricStat": {"Metric": metric, "Period": period, "Stat": "Sum"}}],
        StartTime=now - timedelta(hours=3),
        EndTime=now + timedelta(hours=1),
        **more,
    )
    return [float(one) for one in answer["MetricDataResults"][0]["Values"]]


def test_metrics_can_be_read(guard: Deployed) -> None:
    """By period, the latest first; the sandbox's clock may be ahead of the reader's."""
    guard.aws.play([RUN, RUN])
    guard.aws.world.clock.skip(3600)
    guard.aws.play([RUN])
    assert sums(guard, 60) == [1.0, 2.0]
    assert sums(guard, 60, ScanBy="TimestampAscending") == [2.0, 1.0]
    assert sum(sums(guard, 6 * 3600)) == 3.0


def test_a_time_that_ends_before_it_begins_is_refused(guard: Deployed) -> None:
    """As CloudWatch does."""
    now = datetime.now(timezone.utc)
    with pytest.raises(ClientError, match="EndTime"):
        guard.client("cloudwatch").get_metric_data(MetricDataQueries=[], StartTime=now, EndTime=now)


@pytest.mark.parametrize(("component", "place"), [("account-guard-prod", "--stack prod"), ("guard", "--name guard")])
def test_the_watchdog_names_the_guard_to_look_at(component: str, place: str) -> None:
    """Without that the commands of its mails would look at the stack `dev`."""
    assert led_to(component) == place
