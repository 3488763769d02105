"""`guard backtest`: its formats, and its exits."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from guard.cli.backtest import command
from guard.errors import GuardError

RUN = {
    "eventID": "e1",
    "eventTime": "2026-11-02T03:00:00Z",
    "eventSource": "ec2.amazonaws.com",
    "eventName": "RunInstances",
    "userIdentity": {"type": "Root"},
}


@pytest.fixture
def log(tmp_path: Path) -> str:
    """A log of one event and one broken line."""
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps(RUN) + "\n{\n")
    return str(path)


def run(*args: str) -> Result:
    """The command over the essentials."""
    return CliRunner().invoke(command, [*args, "--pack", "essentials"])


def test_the_table(log: str) -> None:
    """Who rang, and what matched nothing; on stderr what was read."""
    result = run(log)
    assert "ec2-instance-changes" in result.stdout
    assert "Matched nothing: " in result.stdout
    assert "1 files, 1 events" in result.stderr
    assert "log.jsonl:2: is no JSON object" in result.stderr


def test_json_and_csv(log: str) -> None:
    """The same as data."""
    told = json.loads(run(log, "--format", "json").stdout)
    assert told["rules"][0]["rule"] == "ec2-instance-changes"
    assert told["rules"][0]["top"]["names"] == {"RunInstances": 1}
    rows = list(csv.DictReader(run(log, "--format", "csv").stdout.splitlines()))
    assert (rows[0]["events"], rows[0]["mails"]) == ("1", "1")


def test_strict_exits_1(log: str) -> None:
    """Where something could not be read."""
    assert run(log).exit_code == 0
    assert run(log, "--strict").exit_code == 1


def test_times(log: str) -> None:
    """A date, and days ago; what is no time is a wrong use."""
    assert "0 events" in run(log, "--since", "2026-11-03").stderr
    assert "1 outside" in run(log, "--until", "2026-11-01").stderr
    assert run(log, "--since", "yesterday").exit_code == 2


def test_a_missing_log_is_one_message() -> None:
    """Named."""
    assert isinstance(run("nowhere").exception, GuardError)
