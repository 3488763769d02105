"""`guard drill`, along a whole wire: a guard in the sandbox, each test with a rule of its own."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner

from guard.account.account import Account
from guard.account.drill import DrillError, prepare
from guard.account.drill_run import STREAM, hold
from guard.cli.drill import command
from guard.errors import GuardError
from guard.rules.drill import ID
from guard.sandbox.sandbox import Sandbox
from tests.account.drilled import GROUP, account, clock, deployed, held, run
from tests.account.live import HERE, shell
from tests.sandbox.deployed import NAME, REGION, RUN


@pytest.fixture(scope="module")
def guarded() -> Iterator[Sandbox]:
    """The worked stack with rules of its own."""
    with Sandbox() as sandbox:
        deployed(sandbox)
        yield sandbox


@pytest.fixture
def aws(guarded: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The same, its mails forgotten, from the stack's folder."""
    shell(monkeypatch)
    guarded.world.mails.clear()
    return guarded


def messages(sandbox: Sandbox, name: str) -> list[dict[str, Any]]:
    """The drills' records of a call."""
    logs = sandbox.client("logs", REGION)
    found = logs.get_log_events(logGroupName=GROUP, logStreamName=STREAM, startFromHead=True)["events"]
    return [event for event in (json.loads(one["message"]) for one in found) if event["eventName"] == name]


def test_a_drill_walks_the_wire(aws: Sandbox) -> None:
    """It is announced, then the record rings the alarm, whose action mails; the record stays, marked."""
    result = run("root-usage", "--yes", "--format", "json")
    assert result.exit_code == 0, result.output
    (drill,) = json.loads(result.stdout)["drills"]
    assert drill["proven"]
    assert all(seconds is not None for seconds in drill["seconds"].values())
    assert [*drill["seconds"]] == ["metric", "alarm", "action"]
    assert [one.rsplit(":", 1)[-1] for one in drill["ran"]] == [f"{NAME}-critical"]
    subjects = [mail.subject for mail in aws.mails if mail.to == "on-call@example.com"]
    assert subjects == [f"Drill: {NAME} rings soon", f'ALARM: "{NAME}/root-usage" in {REGION}']
    (event,) = messages(aws, "ConsoleLogin")
    assert event["eventID"].startswith(ID)
    assert event["userIdentity"]["arn"] == "arn:aws:iam::123456789012:root"


def test_placeholders_are_the_accounts(aws: Sandbox) -> None:
    """The record names the guard's own bucket, as the deployed pattern does."""
    result = run("guard-bucket-changed", "--dry-run")
    bucket = aws.client("cloudtrail", REGION).get_trail(Name=NAME)["Trail"]["S3BucketName"]
    assert json.loads(result.stdout)["requestParameters"]["bucketName"] == bucket
    assert result.exit_code == 0
    assert aws.mails == []


def test_it_can_be_drilled_again(aws: Sandbox) -> None:
    """What was counted and what rang before is not taken for the drill's."""
    assert held(aws, "ec2-instance-changes").proven
    aws.advance(20)
    aws.play([RUN])
    aws.advance(20)
    aws.world.mails.clear()
    assert held(aws, "ec2-instance-changes").proven
    assert len(messages(aws, "RunInstances")) == 2
    assert [mail.subject.split(":")[0] for mail in aws.mails] == ["Drill", "ALARM"]


def test_people_are_asked(aws: Sandbox) -> None:
    """Without a terminal to ask at, and without --yes, nothing is sent."""
    result = run("vpc-changes")
    assert isinstance(result.exception, GuardError)
    assert "--yes" in str(result.exception)
    assert f"everybody on {NAME}-alerts" in result.stderr
    assert aws.mails == []


@pytest.mark.parametrize(("answer", "mails"), [("n", 0), ("y", 2)])
def test_the_answer_counts(aws: Sandbox, monkeypatch: pytest.MonkeyPatch, answer: str, mails: int) -> None:
    """No sends nothing, yes does."""
    monkeypatch.setattr("guard.cli.options.terminal", lambda: True)
    result = CliRunner().invoke(command, ["security-group-changes"], input=answer)
    assert "Go on?" in result.stderr
    assert len(aws.mails) == mails


WRONG_USE = {
    "neither a rule nor all": ((), "lists them), or --all\n"),
    "both": (("root-usage", "--all"), "or --all, not both"),
    "by hand there is no record to print": (("root-usage", "--fast", "--dry-run"), "--fast puts no record"),
}


@pytest.mark.parametrize("case", WRONG_USE)
def test_wrong_use(case: str) -> None:
    """Is told, exit 2."""
    args, said = WRONG_USE[case]
    result = run(*args)
    assert result.exit_code == 2
    assert said in result.stderr


def test_rules_that_are_not_there(aws: Sandbox) -> None:
    """Each is named, with what was meant."""
    said = str(run("root-usages", "nonsense").exception)
    assert "did you mean root-usage?" in said
    assert "nonsense: no such rule in this stack" in said


def test_the_alarm_by_hand(aws: Sandbox) -> None:
    """--fast sets the state, for the reason `drill`; no record is put."""
    result = run("iam-policy-changes", "--fast", "--yes", "--format", "json")
    (drill,) = json.loads(result.stdout)["drills"]
    assert (drill["proven"], [*drill["seconds"]], drill["records"]) == (True, ["alarm", "action"], 0)
    found = aws.client("cloudwatch", REGION).describe_alarms(AlarmNames=[f"{NAME}/iam-policy-changes"])
    assert found["MetricAlarms"][0]["StateReason"] == "drill"
    assert [mail.subject.split(":")[0] for mail in aws.mails] == ["Drill", "ALARM"]
    assert "by hand" in aws.mails[0].text


def test_a_threshold_wants_as_many_records(aws: Sandbox) -> None:
    """With ids of their own and one time; other rules that they ring are told of, too."""
    here = account(aws)
    (drill,), _ = prepare(here, ["three-calls"])
    events = [json.loads(text) for text in drill.records]
    assert (len({one["eventID"] for one in events}), len({one["eventTime"] for one in events})) == (3, 1)
    assert drill.echoes == (f"{NAME}/any-call",)
    assert hold(here, [drill], clock=clock(aws))[0].proven
    assert f"{NAME}/any-call" in aws.mails[0].text


def test_what_takes_too_long_or_too_many(aws: Sandbox) -> None:
    """Is not drilled with records; by hand it is."""
    drills, faults = prepare(account(aws), ["lasting-calls", "many-calls"])
    assert not drills
    assert "after 10 minutes" in faults[0].what
    assert "1000 records" in faults[1].what
    assert all("--fast" in one.fix for one in faults)
    assert held(aws, "lasting-calls", fast=True).proven


def test_a_silent_log_is_told(aws: Sandbox) -> None:
    """The record would quiet the heartbeat, which is said first."""
    aws.client("cloudwatch", REGION).set_alarm_state(
        AlarmName=f"{NAME}/watchdog-silent", StateValue="ALARM", StateReason="x"
    )
    assert "The log is silent" in run("vpc-changes").stderr


def test_no_rights_is_a_message(aws: Sandbox) -> None:
    """A denied call says which, and where the rights are listed."""
    here = account(aws)

    def refuse() -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not authorized"}}, "DescribeAlarms")

    here.group = refuse  # type: ignore[method-assign]
    with pytest.raises(DrillError, match=r"DescribeAlarms.*guard policy drill"):
        prepare(here, ["vpc-changes"])


@pytest.mark.parametrize(("code", "fix"), [("AuthorizationError", "guard policy drill"), ("NotFound", "nobody hears")])
def test_an_announcement_that_is_refused(aws: Sandbox, code: str, fix: str) -> None:
    """Because the caller may not, or because the topic takes no mail of anybody."""
    drills, _ = prepare(account(aws), ["vpc-changes"])

    def refuse(**_: str) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "Publish")

    clients = {"sns": SimpleNamespace(publish=refuse)}
    here = Account(account(aws).settings, HERE, lambda name: clients.get(name) or aws.client(name, REGION))
    with pytest.raises(DrillError, match=fix):
        hold(here, drills, clock=clock(aws))
