"""`guard rules`: the rules, and what of a standard they cover."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from guard.cli.rules import command
from guard.errors import GuardError
from guard.rules import load, shipped
from guard.rules.standards import STANDARDS


def run(*args: str) -> Result:
    """The command."""
    return CliRunner().invoke(command, args)


@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_every_shipped_rule_is_listed(form: str) -> None:
    """In each format."""
    listed = run("--format", form).stdout
    assert [rule.id for name in shipped() for rule in load([name]).rules if rule.id not in listed] == []


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_a_title_stays_in_its_row(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over several lines, or with what a terminal would obey."""
    examples = {"match": [{"a": 1}], "no_match": [{}]}
    rule = {"id": "mine", "severity": "low", "pattern": "{ $.a = 1 }", "examples": examples}
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(json.dumps({"title": "Mine", "rules": [{**rule, "title": "One\ntwo \x1b[31m"}]}))
    assert r"One two \x1b[31m" in run("--pack", "mine.yaml", "--format", form).stdout


def rows(*args: str) -> list[dict[str, Any]]:
    """What the command says as JSON."""
    found: list[dict[str, Any]] = json.loads(run(*args, "--format", "json").stdout)
    return found


@pytest.mark.parametrize("name", [name for name in STANDARDS if name.startswith("cis-")])
def test_every_version_of_cis_is_covered_by_its_pack(name: str) -> None:
    """No gap; all controls are there, in their order."""
    found = rows("--pack", "cis", "--standard", name)
    assert [row["id"] for row in found] == list(STANDARDS[name].controls)
    assert [row["id"] for row in found if row["met"] == "gap"] == []
    assert sum(row["met"] == "rule" for row in found) >= 14


def test_a_control_says_how_it_is_met() -> None:
    """By a rule, by the stack, or why it is no alarm."""
    found = {row["id"]: row for row in rows("--pack", "cis", "--standard", "cis-5.0")}
    assert found["4.3"] == {"id": "4.3", "met": "rule", "rules": ["cis-root-account-usage"], "why": ""}
    assert found["3.2"]["met"] == "stack"
    assert "validated" in found["3.2"]["why"]
    assert found["1.7"]["met"] == "elsewhere"
    assert "scanner" in found["1.7"]["why"]


def configured(folder: Path, **config: Any) -> dict[str, str]:
    """Control of CIS 5.0 -> how a stack of this config has it."""
    (folder / "Pulumi.yaml").write_text("name: account-guard\nruntime: python\n")
    keys = {f"account-guard:{key}": value for key, value in {"emails": ["a@example.com"], **config}.items()}
    (folder / "Pulumi.dev.yaml").write_text(json.dumps({"config": keys}))
    found = rows("--stack", "dev", "--standard", "cis-5.0")
    return {row["id"]: f"{row['met']}: {row['why']}" for row in found if row["id"].startswith("3.")}


@pytest.mark.parametrize(
    ("config", "control", "said"),
    [
        ({}, "3.8", "option: with dataEvents: true data events are recorded"),
        ({"dataEvents": True}, "3.8", "stack: data events are recorded"),
        ({"encryption": False}, "3.5", "option: with encryption: true the trail is encrypted with a customer's key"),
        (
            {"encryption": False, "key": "arn:aws:kms:eu-west-1:111122223333:key/1"},
            "3.5",
            "stack: the trail is encrypted with a customer's key",
        ),
        ({"bucket": "theirs"}, "3.4", "option: its owner's to see to (bucket): the trail's bucket logs its access"),
        ({"bucket": "theirs"}, "3.1", "stack: the trail records all regions"),
        ({"trail": {"logGroup": "/x"}}, "3.1", "option: its owner's to see to (trail): the trail records all regions"),
    ],
)
def test_a_stack_is_told_of_as_it_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: dict[str, Any], control: str, said: str
) -> None:
    """What it leaves out, or leaves to somebody else, meets nothing."""
    monkeypatch.chdir(tmp_path)
    assert configured(tmp_path, **config)[control] == said


def test_what_is_not_as_configured_is_counted_apart() -> None:
    """The default leaves out data events, of which two controls are."""
    said = run("--pack", "cis", "--standard", "cis-5.0")
    assert "4 controls met by the stack, 2 not as configured, 42 are no alarms" in said.stderr
    table = run("--standard", "cis-5.0", "--format", "markdown").stdout
    assert "| 3.8 to 3.9 | not as configured: with dataEvents: true data events are recorded |" in table


def test_gaps_are_named() -> None:
    """The essentials alone leave some; the table says which rule would close each."""
    result = run("--pack", "essentials", "--standard", "cis-5.0")
    assert "GAP: no rule here has it; cis-root-account-usage would" in result.stdout
    assert "0 of 15 alarms covered (gaps: 4.1, " in result.stderr


def test_one_is_no_plural() -> None:
    """Of one alarm the last line speaks as of one."""
    assert "1 of 1 alarm covered" in run("--standard", "pci-dss-3.2.1").stderr


def test_controls_that_share_a_reason_share_a_line() -> None:
    """A standard of sixty controls is read at a glance."""
    result = run("--pack", "cis", "--standard", "cis-5.0", "--format", "markdown")
    assert "| 1.1 to 1.21 | no alarm: " in result.stdout
    assert len(result.stdout.splitlines()) < 35


def test_an_unknown_standard() -> None:
    """With what was meant."""
    error = run("--standard", "cis-5.0.1").exception
    assert isinstance(error, GuardError)
    assert "cis-5.0" in str(error)


def test_packs_and_a_stack_are_not_both_named() -> None:
    """One of them would not be looked at; an empty name is a name, of no stack."""
    both = run("--pack", "cis", "--stack", "dev")
    assert both.exit_code == 2
    assert "not both" in both.stderr
    assert "'' is no stack's name" in run("--stack", "").stderr


def test_a_stack_as_the_engine_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its organization and project before it."""
    monkeypatch.chdir(Path(__file__).parents[2])
    assert rows("--stack", "acme/account-guard/dev") == rows("--stack", "dev") != []
    assert "is no stack's name: write one such as dev" in run("--stack", "a b").stderr


def test_a_narrow_terminal_shows_what_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Titles in place of columns of single words, and where the rest is; markdown has all."""
    monkeypatch.setattr("guard.cli.options.WIDTH", 80)
    narrow = run("--pack", "cis")
    assert "AWS Config was stopped or" in narrow.stdout
    assert "Controls" not in narrow.stdout
    assert "--format markdown" in narrow.stderr
    assert "Controls" in run("--pack", "cis", "--format", "markdown").stdout
