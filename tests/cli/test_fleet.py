"""`guard fleet`: what it prints and how it exits."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from guard.cli.fleet import command
from guard.cli.verify_formats import cell
from guard.plan import Plan, make
from tests.fleet.listed import ROOT, written

LIST = """
- {account: "111122223333", region: eu-west-1, role: guard-deploy}
- {account: "444455556666", region: eu-west-1, role: guard-deploy, wave: 2}
"""
BROKEN = LIST + '- {account: "777788889999", region: eu-west-1, config: {retentionDays: 2}}\n'


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the project's folder."""
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="module")
def planned() -> Plan:
    """The worked stack's plan, as `guard plan` has it."""
    return make(ROOT, "dev", 1_000_000)


def run(folder: Path, text: str, *args: str) -> Result:
    """The command over a list, with the worked stack as base."""
    return CliRunner().invoke(command, [args[0], "--accounts", str(written(folder, text)), "--base", "dev", *args[1:]])


def test_the_matrix_is_one_line_for_github(tmp_path: Path) -> None:
    """What `$GITHUB_OUTPUT` takes: a line of JSON."""
    result = run(tmp_path, LIST, "matrix", "--format", "github")

    assert result.exit_code == 0, result.output
    assert result.stdout.count("\n") == 1
    assert [one["batch"] for one in json.loads(result.stdout)["include"]] == ["wave 1", "wave 2"]


def test_the_matrix_as_json_holds_configs_too(tmp_path: Path) -> None:
    """Each stack with its config, and the same matrix."""
    found = json.loads(run(tmp_path, LIST, "matrix", "--format", "json").stdout)

    assert [one["config"]["aws:allowedAccountIds"] for one in found["stacks"]] == [["111122223333"], ["444455556666"]]
    assert len(found["matrix"]["include"]) == 2


def test_a_list_with_a_fault_gives_no_matrix(tmp_path: Path) -> None:
    """Nothing on stdout that CI could take for a matrix."""
    result = run(tmp_path, BROKEN, "matrix", "--format", "github")

    assert result.stdout == ""
    assert "retentionDays: CloudWatch Logs has no retention of 2 days" in str(result.exception)


def test_the_plan_is_one_table_with_what_failed_below(tmp_path: Path, planned: Plan) -> None:
    """A row each, the sums, and exit 1 for the one that cannot be planned."""
    result = run(tmp_path, BROKEN, "plan", "--jobs", "1")

    rows = [line.split() for line in result.stdout.splitlines()]
    alarms, resources = len(planned.alarms), sum(planned.resources.values())
    numbers = [str(alarms), str(resources), "2", f"{planned.cost.total:.2f}"]
    assert rows[1] == ["111122223333-eu-west-1", "111122223333", "eu-west-1", *numbers]
    assert rows[3] == ["777788889999-eu-west-1", "777788889999", "eu-west-1", "failed"]
    assert rows[4] == ["Total", str(2 * alarms), str(2 * resources), f"{2 * planned.cost.total:.2f}"]
    assert rows[6] == ["777788889999-eu-west-1"]
    assert "CloudWatch Logs has no retention of 2 days" in result.stdout
    assert "3 accounts: 2 fine, 1 failed" in result.stderr
    assert result.exit_code == 1


def test_a_narrow_terminal_cuts_no_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, planned: Plan) -> None:
    """The region is left out there; stack, account and numbers are whole."""
    monkeypatch.setattr("guard.cli.options.WIDTH", 80)
    rows = [line.split() for line in run(tmp_path, LIST, "plan", "--jobs", "1").stdout.splitlines()]

    alarms, resources = len(planned.alarms), sum(planned.resources.values())
    numbers = [str(alarms), str(resources), "2", f"{planned.cost.total:.2f}"]
    assert ["111122223333-eu-west-1", "111122223333", *numbers] in rows


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_the_plan_is_the_same_in_every_format(tmp_path: Path, planned: Plan, form: str) -> None:
    """Alarms, cost and the fault, as JSON and as a table of a pull request."""
    result = run(tmp_path, BROKEN, "plan", "--jobs", "1", "--format", form)

    assert result.exit_code == 1
    if form == "json":
        first, _, broken = json.loads(result.stdout)["stacks"]
        assert first["plan"]["alarms"] == len(planned.alarms)
        assert (first["plan"]["cost"], first["error"]) == (planned.cost.total, "")
        assert broken["plan"] is None
        assert "no retention of 2 days" in broken["error"]
    else:
        lines = result.stdout.splitlines()
        assert lines[2].startswith(f"| 111122223333-eu-west-1 | 111122223333 | eu-west-1 | {len(planned.alarms)} |")
        assert "no retention of 2 days" in lines[4]


def test_an_account_nobody_can_look_at_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials each account has its reason, and the command exits 1."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    result = run(tmp_path, LIST, "verify", "--format", "json")

    assert result.exit_code == 1
    every = json.loads(result.stdout)["stacks"]
    assert [one["findings"] for one in every] == [None, None]
    assert all("Unable to locate credentials" in one["error"] for one in every)
    told = run(tmp_path, LIST, "verify").stdout
    assert "\n111122223333-eu-west-1, 444455556666-eu-west-1\n" in told
    assert told.count("Unable to locate credentials") == 1


def test_a_role_for_every_account_is_a_name(tmp_path: Path) -> None:
    """An ARN is one account's: wrong usage."""
    result = run(tmp_path, LIST, "matrix", "--role", "arn:aws:iam::111122223333:role/read")

    assert result.exit_code == 2
    assert "is no role's name" in result.stderr


def test_a_table_for_everybody_names_nobody() -> None:
    """A job's summary may be public: addresses are masked, and nothing is HTML or ends the cell."""
    assert cell("mail to jo.doe+x@example.com | <img>\nlast") == "mail to j***@example.com \\| &lt;img&gt;<br>last"
