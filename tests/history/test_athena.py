"""Athena's part: the query and the table's definition, how it is run, and the report of its counts."""

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from click.testing import CliRunner, Result

from guard.cli import cli
from guard.cli.backtest_formats import write
from guard.history import athena
from guard.history.athena import Answer, AthenaError, ask, outcome, query
from guard.history.athena_table import table
from guard.history.window import Window
from guard.rules import load
from tests.history.logs import rules

DAY = Window(datetime(2026, 11, 1, tzinfo=timezone.utc), datetime(2026, 11, 2, tzinfo=timezone.utc))
MARKS = {"root-usage": "impossible ($.a[0])", "ec2-instance-changes": "exact"}
ROWS = [
    {"rule": "ec2-instance-changes", "account": "111122223333", "minute": "2026-11-01T03:00", "hits": "2"},
    {"rule": "ec2-instance-changes", "account": "444455556666", "minute": "2026-11-01T09:00", "hits": "1"},
]


def guard(*arguments: str) -> Result:
    """`guard backtest`."""
    return CliRunner().invoke(cli, ["backtest", "--pack", "essentials", *arguments])


def test_only_the_days_asked_for_are_scanned() -> None:
    """The partition's day and the event's time; late deliveries are a day later."""
    sql = query(rules(), "db.trail", DAY).sql
    assert "day >= '2026/11/01' AND eventtime >= '2026-11-01T00:00:00Z'" in sql
    assert "day <= '2026/11/03' AND eventtime < '2026-11-02T00:00:00Z'" in sql
    assert 'FROM "db"."trail"' in sql


def test_each_rule_has_a_mark() -> None:
    """With what is not exact in it."""
    marks = query(rules(), "t", Window()).marks
    assert marks["root-usage"] == "wider ($.userIdentity.invokedBy)"
    assert marks["vpc-changes"] == "exact"


@pytest.mark.parametrize("name", ["", "a.b.c", 'a"b', "a;b", "1a", "a b"])
def test_a_name_that_is_no_table(name: str) -> None:
    """Is refused, before anything is asked."""
    with pytest.raises(AthenaError, match=r"DATABASE\.TABLE"):
        query(rules(), name, DAY)


def test_too_many_rules_at_once() -> None:
    """Are refused as Athena would refuse them."""
    with pytest.raises(AthenaError, match="262,144"):
        query([*load(["cis"]).rules] * 40, "t", DAY)


def test_the_table_bears_places_and_days() -> None:
    """By account, region and day, from the first day on."""
    text = table("db.t", "s3://b/AWSLogs/o-1/", ["111122223333"], ["eu-west-1", "us-east-1"], DAY.since)
    assert "'storage.location.template' = 's3://b/AWSLogs/o-1/${account}/CloudTrail/${region}/${day}'" in text
    assert "'projection.region.values' = 'eu-west-1,us-east-1'" in text
    assert "'projection.day.range' = '2026/11/01,NOW'" in text


@pytest.mark.parametrize("place", ["", "logs/", "s3://b'"])
@pytest.mark.parametrize("account", ["", "1", "11112222333'"])
def test_a_table_without_place_or_account(place: str, account: str) -> None:
    """All that is odd is told at once."""
    with pytest.raises(AthenaError) as told:
        table("t", place, [account] if account else [], ["eu-west-1", "Paris"], None)
    assert [fault.place for fault in told.value.faults] == ["--print-ddl", "--account", "--region"]


def test_the_report_is_of_its_counts() -> None:
    """Mails by the alarm, as for logs that are read here; who it was are the accounts."""
    found = outcome(rules(), Answer(ROWS, 0), DAY, MARKS)
    result = next(one for one in found.results if one.rule.id == "ec2-instance-changes")
    assert (result.events, result.mails, result.mails_a_week) == (3, 2, 14)
    assert result.principals == {"account 111122223333": 2, "account 444455556666": 1}
    assert {one.events for one in found.results if one is not result} == {0}
    quiet = {one.rule.id for one in found.results if one is not result}
    assert {*found.quiet(found.results)} == quiet - {"root-usage"}


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_the_report_shows_what_is_not_exact(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule that could not be asked is not called quiet."""
    write(outcome(rules(), Answer(ROWS, 0), DAY, MARKS), len(rules()), form, None)
    text = capsys.readouterr().out
    assert "impossible ($.a[0])" in text
    assert text.count("root-usage") == 1
    assert "events read" not in text


def stubbed(state: str, **more: Any) -> Any:
    """A client of Athena that answers so."""
    client = boto3.client("athena", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    stub = Stubber(client)
    stub.add_response("start_query_execution", {"QueryExecutionId": "q1"}, {"QueryString": "s", "WorkGroup": "w"})
    for now in ("RUNNING", state):
        execution = {"Status": {"State": now, **more}, "Statistics": {"DataScannedInBytes": 2_000_000_000}}
        stub.add_response("get_query_execution", {"QueryExecution": execution}, {"QueryExecutionId": "q1"})
    rows = [["rule", "hits"], ["a", "1"]]
    data = [{"Data": [{"VarCharValue": cell} for cell in row]} for row in rows]
    if state == "SUCCEEDED":
        stub.add_response("get_query_results", {"ResultSet": {"Rows": data}}, {"QueryExecutionId": "q1"})
    stub.activate()
    return client


def test_a_query_is_followed_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it scanned is told on the way, and priced."""
    monkeypatch.setattr(athena, "PAUSE", 0)
    told: list[tuple[str, int]] = []
    answer = ask(stubbed("SUCCEEDED"), "s", "w", lambda state, scanned: told.append((state, scanned)))
    assert answer.rows == [{"rule": "a", "hits": "1"}]
    assert answer.price == pytest.approx(0.01)
    assert told == [("RUNNING", 2_000_000_000), ("SUCCEEDED", 2_000_000_000)]


def test_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The query is stopped: it would go on, and cost."""
    client, stopped = stubbed("RUNNING"), []
    monkeypatch.setattr(athena, "PAUSE", 0)
    monkeypatch.setattr(client, "stop_query_execution", lambda **asked: stopped.append(asked))

    def interrupted(state: str, scanned: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(client, "s", "w", interrupted)
    assert stopped == [{"QueryExecutionId": "q1"}]


def test_a_query_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Says why."""
    monkeypatch.setattr(athena, "PAUSE", 0)
    with pytest.raises(AthenaError, match="no such table"):
        ask(stubbed("FAILED", StateChangeReason="no such table"), "s", "w", lambda *_: None)


def test_no_region_is_one_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither a traceback, nor a question first."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    found = guard("--athena", "db.t", "--since", "2026-11-01")
    assert isinstance(found.exception, AthenaError)
    assert "set AWS_REGION" in str(found.exception)
    assert "Run it?" not in found.output


def test_nothing_is_asked_without_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a yes, the report; without, no call."""
    monkeypatch.setattr(boto3, "client", lambda _: None)
    monkeypatch.setattr(athena, "ask", lambda *_: Answer(ROWS, 3 * 10**12))
    refused = guard("--athena", "db.t", "--since", "2026-11-01")
    assert "there is no terminal to ask at: --yes says that it may cost" in str(refused.exception)
    assert "$5 a TB" in refused.stderr
    monkeypatch.setattr("guard.cli.options.terminal", lambda: True)
    told = CliRunner().invoke(cli, ["backtest", "--pack", "essentials", "--athena", "db.t"], input="n")
    assert str(told.exception) == "nothing was done"
    run = guard("--athena", "db.t", "--since", "2026-11-01", "--yes")
    assert run.exit_code == 0
    assert "$15.00" in run.stderr
    assert "account 111122223333" in run.stdout
    assert "root-usage not exactly: wider" in run.stdout


def test_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The query with its marks, the table; without logs, what to name."""
    assert guard("--print-sql", "--table", "a.b").stdout.startswith("-- root-usage: wider")
    assert "PARTITIONED BY" in guard("--print-ddl", "s3://b/AWSLogs", "--account", "111122223333").stdout
    assert guard().exit_code == 2
