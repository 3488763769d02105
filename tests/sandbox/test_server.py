"""The sandbox over HTTP: what happens there is the same AWS."""

import json
import socket
import time

import boto3
import pytest

from guard.sandbox.sandbox import Sandbox
from guard.sandbox.server import PortError
from guard.sandbox.story import news
from tests.sandbox.deployed import REGION, RUN, Deployed


def test_events_put_from_outside_ring(guard: Deployed) -> None:
    """A client that knows only the address puts an event, and the alarm rings and mails."""
    with guard.aws.served(0) as address:
        session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name=REGION)
        logs = session.client("logs", endpoint_url=address)
        group = guard.exports()["logGroup"]
        logs.create_log_stream(logGroupName=group, logStreamName="outside")
        event = {"timestamp": int(time.time() * 1000), "message": json.dumps(RUN)}
        logs.put_log_events(logGroupName=group, logStreamName="outside", logEvents=[event])
        alarms = session.client("cloudwatch", endpoint_url=address).describe_alarms(StateValue="ALARM")["MetricAlarms"]
    assert [one["AlarmName"] for one in alarms] == ["account-guard-dev/ec2-instance-changes"]
    assert "ALARM ec2-instance-changes" in guard.subjects()


def test_time_runs_while_it_is_served(guard: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock goes with the machine's, from what was skipped before."""
    guard.aws.advance(10)
    clock, real = guard.aws.world.clock, time.time
    before = clock.now()
    with guard.aws.served(0):
        monkeypatch.setattr("time.time", lambda: real() + 3600)
        assert 3600 <= clock.now() - before < 3660


def test_a_port_that_is_in_use(guard: Deployed) -> None:
    """Is a message, not a wait without an end."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortError, match="in use: name another"), guard.aws.served(other.getsockname()[1]):
            pass


def test_a_shell_that_names_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it does for a sandbox that is served: another one is an AWS of its own all the same."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert Sandbox().client("ssm", REGION).meta.endpoint_url == f"https://ssm.{REGION}.amazonaws.com"


def test_mails_are_told_once(guard: Deployed) -> None:
    """Of one that asks to be confirmed the address is, which `guard confirm` takes."""
    told = set(guard.aws.world.mails)
    topic = guard.client("sns").create_topic(Name="mine")["TopicArn"]
    guard.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="late@example.com")
    (line,) = news(guard.aws, told)
    assert line.startswith(f"mail to late@example.com: Confirm the subscription to {topic}:\nhttps://sns.")
    assert news(guard.aws, told) == []
