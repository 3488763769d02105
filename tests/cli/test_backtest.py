"""`guard backtest`: its formats, and its exits."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from guard.cli.backtest import command
from guard.errors import GuardError
from tests.history.logs import event

ROOT = Path(__file__).parents[2]


@pytest.fixture
def log(tmp_path: Path) -> str:
    """A log of one event, one that no rule names, and one broken line."""
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join([json.dumps(event(1)), json.dumps(event(2, eventName="DescribeInstances")), "{"]))
    return str(path)


def run(*args: str) -> Result:
    """The command over the essentials."""
    return CliRunner().invoke(command, [*args, "--pack", "essentials"])


def test_the_table(log: str) -> None:
    """Who rang, what matched nothing, what no rule names; on stderr what was read."""
    result = run(log)
    assert "ec2-instance-changes" in result.stdout
    assert "Matched nothing: " in result.stdout
    assert "No rule names: DescribeInstances (1)" in result.stdout
    assert "1 file, 2 events" in result.stderr
    assert "log.jsonl:3: is no JSON object" in result.stderr


def test_people_of_one_name(tmp_path: Path) -> None:
    """In several accounts are told apart."""
    arns = [f"arn:aws:iam::{account}:user/ann" for account in ("111122223333", "444455556666")]
    who = [{"type": "IAMUser", "arn": arn} for arn in (*arns, arns[0])]
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(json.dumps(event(number, userIdentity=one)) for number, one in enumerate(who)))
    assert "user/ann in 111122223333 (2), user/ann in 444455556666 (1)" in run(str(log)).stdout


def test_json_and_csv(log: str) -> None:
    """The same as data."""
    told = json.loads(run(log, "--format", "json").stdout)
    assert told["rules"][0]["rule"] == "ec2-instance-changes"
    assert told["rules"][0]["top"]["names"] == {"RunInstances": 1}
    assert told["unseen"] == {"DescribeInstances": 1}
    rows = list(csv.DictReader(run(log, "--format", "csv").stdout.splitlines()))
    assert (rows[0]["events"], rows[0]["mails"]) == ("1", "1")


def test_half_a_character(tmp_path: Path) -> None:
    """In a log is half a character in the data."""
    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps(event(1, eventName="\ud800")))
    assert json.loads(run(str(log), "--format", "json").stdout)["unseen"] == {"\ud800": 1}


def test_markdown_and_html(log: str) -> None:
    """For a pull request, and for a browser."""
    assert "| ec2-instance-changes | low | 1 | 1 | 7.0 | role/ci (1) |" in run(log, "--format", "markdown").stdout
    assert run(log, "--format", "html").stdout.startswith("<!doctype html>")


def test_a_noisy_rule_gets_advice(tmp_path: Path) -> None:
    """As YAML of a stack's file, below `config:`, where alone it is read."""
    import yaml

    path = tmp_path / "log"
    path.write_text("\n".join(json.dumps(event(number, minute=20 * number)) for number in range(9)))
    told = run(str(path)).stdout
    config = yaml.safe_load(told[told.index("config:\n") :])["config"]
    assert config["account-guard:overrides"]["ec2-instance-changes"]["exclude"]
    assert "9 mails become 0" in told


def test_a_file_of_rules(log: str, tmp_path: Path) -> None:
    """Instead of a stack's."""
    text = (ROOT / "guard" / "packs" / "essentials.yaml").read_text()
    (tmp_path / "mine.yaml").write_text(text.replace("id: ec2-instance-changes", "id: my-instances"))
    result = CliRunner().invoke(command, [log, "--rules", str(tmp_path / "mine.yaml")])
    assert "my-instances" in result.stdout


def test_a_comparison(log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a change of the config makes: the rules whose mails or events differ, before and after."""
    (tmp_path / "Pulumi.yaml").write_text("name: account-guard\nruntime: python\n")
    config = "config:\n  account-guard:emails: [a@example.com]\n  account-guard:packs: [essentials]\n"
    (tmp_path / "old.yaml").write_text(config)
    changed = f"{config}  account-guard:overrides: {{ec2-instance-changes: {{threshold: 9}}}}\n"
    (tmp_path / "Pulumi.dev.yaml").write_text(changed)
    monkeypatch.chdir(tmp_path)
    compare = [log, "--compare", "old.yaml", "--format"]
    assert "| ec2-instance-changes | 7.0 | 0.0 | 1 | 1 |" in CliRunner().invoke(command, [*compare, "markdown"]).stdout
    told = json.loads(CliRunner().invoke(command, [*compare, "json"]).stdout)["compared"]
    assert [one["rule"] for one in told["changes"]] == ["ec2-instance-changes"]
    assert "ec2-instance-changes" in CliRunner().invoke(command, [*compare, "text"]).stdout
    (tmp_path / "Pulumi.dev.yaml").write_text(config)
    assert CliRunner().invoke(command, [*compare, "markdown"]).stdout == "No rule's mails or events change.\n"


@pytest.mark.parametrize("form", ["csv", "html"])
def test_what_shows_no_comparison_says_so(log: str, form: str) -> None:
    """It is not left out silently."""
    found = CliRunner().invoke(command, [log, "--compare", "old.yaml", "--format", form])
    assert (found.exit_code, found.stdout) == (2, "")
    assert "shows no comparison" in found.stderr


def test_an_empty_table_says_why(log: str) -> None:
    """No rule matched, which is another thing than that no rule's mails change."""
    for form in ("text", "markdown"):
        told = CliRunner().invoke(command, [log, "--pack", "billing", "--format", form]).stdout
        assert "No rule matched an event." in told
        assert "change" not in told


def test_files_of_other_days_point_to_the_time(log: str, tmp_path: Path) -> None:
    """Files whose path bears another day are not opened: it is the time that was asked for, not what they are."""
    path = tmp_path / "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/01/02/log.json"
    path.parent.mkdir(parents=True)
    path.write_text(Path(log).read_text())
    told = CliRunner().invoke(command, [str(tmp_path / "AWSLogs"), "--pack", "billing", "--since", "2026-05-01"])
    assert "1 file skipped" in told.stderr
    assert "look at the logs' times" in told.stderr


def test_a_folder_without_a_stack(log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Says how rules are named there."""
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(command, [log])
    assert "Pulumi.dev.yaml: no such file" in str(told.exception)
    assert "--all-packs" in str(told.exception)


def test_a_window_that_holds_no_time(log: str) -> None:
    """It is refused, for nothing would seem to have happened."""
    found = CliRunner().invoke(command, [log, "--since", "2026-11-02", "--until", "2026-11-01"])
    assert found.exit_code == 2
    assert "put the earlier of them at --since" in found.stderr


def test_strict_exits_1(log: str) -> None:
    """Where something could not be read."""
    assert run(log).exit_code == 0
    assert run(log, "--strict").exit_code == 1


def test_no_event(tmp_path: Path, log: str) -> None:
    """Is said; no rule is called quiet then."""
    path = tmp_path / "other.json"
    path.write_text('{"a": 1}')
    result = run(str(path), "--strict")
    assert "No event was read, so nothing is said of the rules: look at whether these are" in result.stderr
    assert "Matched nothing" not in result.stdout
    assert result.exit_code == 1
    assert "look at the logs' times" in run(log, "--until", "2026-11-01").stderr
    assert "No event" not in run(log).stderr


def test_times_and_delays(log: str) -> None:
    """A date, days ago, seconds; what is none is a wrong use."""
    assert "0 events" in run(log, "--since", "2026-11-03").stderr
    assert "2 outside" in run(log, "--until", "2026-11-01").stderr
    assert run(log, "--since", "yesterday").exit_code == 2
    assert run(log, "--delay", "typical").exit_code == 0
    assert run(log, "--delay", "soon").exit_code == 2


def test_a_missing_log_is_one_message() -> None:
    """Named."""
    assert isinstance(run("nowhere").exception, GuardError)


def test_several_processes(tmp_path: Path) -> None:
    """Of a large log they count what one counts."""
    long = "x" * 500_000
    for number in range(4):
        several = (event(10 * number + n, minute=60 * n, userAgent=long) for n in range(10))
        (tmp_path / f"{number}.jsonl").write_text("\n".join(map(json.dumps, several)))
    told = []
    for jobs in ("1", "2"):
        command = [sys.executable, "-m", "guard", "backtest", str(tmp_path), "--pack", "essentials"]
        done = subprocess.run(
            [*command, "--jobs", jobs, "--format", "json"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        told.append(json.loads(done.stdout))
    assert told[0] == told[1]
    assert (told[0]["events"], told[0]["rules"][0]["events"]) == (40, 40)


def test_packs_or_all_of_them(log: str) -> None:
    """Not both, in silence."""
    result = run(log, "--all-packs")
    assert result.exit_code == 2
    assert "not both" in result.stderr
