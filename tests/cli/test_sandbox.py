"""`guard sandbox`: what it shows, and what it says of bad input."""

import json
import os
from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner, Result

from guard.cli.sandbox import command
from guard.errors import GuardError
from guard.sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[2]


def run(monkeypatch: pytest.MonkeyPatch, *args: str) -> Result:
    """The command, called in the project's folder."""
    monkeypatch.chdir(ROOT)
    return CliRunner().invoke(command, args, catch_exceptions=True)


def test_the_incident_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resources, what rang, who was mailed, and a mail in full."""
    result = run(monkeypatch)
    assert result.exit_code == 0, result.output
    for said in (
        "1 Trail",
        "13 events; 13 reached",
        "root-usage",
        "watchdog-silent",
        "security@example.com",
        "First step",
    ):
        assert said in result.output


def test_no_name_of_the_incident_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a terminal of 80 columns alarms, events and callers are whole."""
    monkeypatch.setattr("guard.cli.options.WIDTH", 80)
    lines = run(monkeypatch).output.splitlines()
    line = next(line.split() for line in lines if line.startswith("security-group-changes"))
    assert line == ["security-group-changes", "1x", "AuthorizeSecurityGroupIngress", "user/backup-svc"]


def test_a_program_that_exports_nothing_of_it_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least example, in its own folder: any program with the component will do."""
    monkeypatch.chdir(ROOT / "examples/least")
    told = json.loads(CliRunner().invoke(command, ["--format", "json"]).stdout)
    assert {"guard/root-usage", "guard/watchdog-silent"} <= {one["name"] for one in told["alarms"] if one["rang"]}


def test_a_profile_that_is_not_there_is_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials are asked for; afterwards the shell's are as they were."""
    monkeypatch.setenv("AWS_PROFILE", "nobodys")
    with Sandbox() as aws:
        assert boto3.client("sts", region_name="eu-west-1").get_caller_identity()["Account"] == aws.world.account
    assert os.environ["AWS_PROFILE"] == "nobodys"


def test_json_holds_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """With --format json every alarm with its hits, and every mail."""
    told = json.loads(run(monkeypatch, "--format", "json").stdout)
    alarms = {one["name"].split("/")[-1]: one for one in told["alarms"]}
    assert alarms["ec2-instance-changes"]["rang"] == 1
    assert alarms["ec2-instance-changes"]["hits"][0]["eventName"] == "RunInstances"
    assert [one["name"] for one in told["alarms"]] == sorted(one["name"] for one in told["alarms"])
    assert any("watchdog-silent" in one["subject"] for one in told["mails"])


def test_a_file_is_played(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its events ring, and no silence follows."""
    path = tmp_path / "log.json"
    event = {"eventSource": "ec2.amazonaws.com", "eventName": "StopInstances", "eventTime": "2026-01-01T00:00:00Z"}
    path.write_text(json.dumps({"Records": [event]}))
    told = json.loads(run(monkeypatch, "--format", "json", "--events", str(path)).stdout)
    assert [one["name"].split("/")[-1] for one in told["alarms"] if one["hits"]] == ["ec2-instance-changes"]


def test_a_broken_file_is_one_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A GuardError, which the command line prints without a traceback."""
    path = tmp_path / "log.json"
    path.write_text("{")
    result = run(monkeypatch, "--events", str(path))
    assert isinstance(result.exception, GuardError)
    assert "log.json:1" in str(result.exception)
