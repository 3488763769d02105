"""`guard check`: its formats, exit codes and template."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from guard import cli
from guard.cli.check import command

PACK = """\
title: t
rules:
  - id: warned
    title: A
    description: B.
    first_step: C.
    severity: low
    pattern: '{ $.eventName = "CreateUser" }'
    examples:
      match: [{eventName: CreateUser}]
      no_match: [{eventName: x}]
"""
BROKEN = PACK + "  - id: broken\n    title: 100%, really\n"


def run(folder: Path, text: str, *args: str) -> Result:
    """The command on a pack of that text."""
    (folder / "pack.yaml").write_text(text, "utf-8")
    return CliRunner().invoke(command, ["pack.yaml", *args], catch_exceptions=False)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test works in a folder of its own."""
    monkeypatch.chdir(tmp_path)


def test_shipped_packs_are_checked_by_default() -> None:
    """Without arguments every shipped pack is checked; it has no finding, warnings counted."""
    result = CliRunner().invoke(command, ["--strict"])

    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 errors, 0 warnings" in result.stderr


@pytest.mark.parametrize(
    ("text", "args", "code"),
    [(PACK, [], 0), (PACK, ["--strict"], 1), (BROKEN, [], 1), (BROKEN, ["--strict"], 1)],
)
def test_exit_codes(tmp_path: Path, text: str, args: list[str], code: int) -> None:
    """1 where there are errors; warnings count with --strict only."""
    assert run(tmp_path, text, *args).exit_code == code


def test_text(tmp_path: Path) -> None:
    """A line a finding on stdout, the count on stderr."""
    result = run(tmp_path, PACK)

    assert result.stdout.startswith("pack.yaml:8:32: warning G204: rule 'warned': CreateUser is an event of")
    assert result.stdout.rstrip().endswith("(docs/lint.md#g204)")
    assert result.stderr == "1 rule, 2 examples: 0 errors, 1 warning\n"


def test_json(tmp_path: Path) -> None:
    """Everything a finding has, as an object."""
    found = json.loads(run(tmp_path, BROKEN, "--format", "json").stdout)

    assert (found["rules"], found["errors"]) == (1, 3)
    first = found["findings"][0]
    assert (first["code"], first["file"], first["line"], first["rule"]) == ("G204", "pack.yaml", 8, "warned")
    assert set(first) == {"code", "severity", "file", "line", "column", "rule", "message", "fix", "docs"}


def test_sarif(tmp_path: Path) -> None:
    """Rules, relative paths, regions, and fingerprints that stay while lines move."""
    one, other = (
        json.loads(run(tmp_path, text, "--format", "sarif").stdout)["runs"][0]
        for text in (BROKEN, BROKEN.replace("rules:", "description: more\nrules:"))
    )
    marks = [[r["partialFingerprints"]["primaryLocationLineHash"] for r in run_["results"]] for run_ in (one, other)]
    place = one["results"][0]["locations"][0]["physicalLocation"]

    assert marks[0] == marks[1]
    assert len(set(marks[0])) == len(one["results"]) == 4
    assert place == {"artifactLocation": {"uri": "pack.yaml"}, "region": {"startLine": 8, "startColumn": 32}}
    rule = one["tool"]["driver"]["rules"][one["results"][0]["ruleIndex"]]
    assert rule["id"] == one["results"][0]["ruleId"] == "G204"


def test_github(tmp_path: Path) -> None:
    """Workflow commands, escaped; ten of a kind, then how many more there are."""
    many = PACK + "".join(f"  - {{id: r{n}, title: '100%', severity: loud}}\n" for n in range(6))
    lines = run(tmp_path, many, "--format", "github").stdout.rstrip().split("\n")

    errors = [line for line in lines if line.startswith("::error ")]
    assert len(errors) == 10
    assert errors[0].startswith("::error file=pack.yaml,line=12,col=5,title=G001 A pack that cannot be read::rule 'r0'")
    assert any(line.startswith("::notice::8 more errors") for line in lines)
    assert any(line.startswith("::warning file=pack.yaml,line=8,col=32,title=G204") for line in lines)


def test_junit(tmp_path: Path) -> None:
    """A case a rule; warnings are failures only with --strict."""
    for args, failures in ([], "0"), (["--strict"], "1"):
        suite = ET.fromstring(run(tmp_path, PACK, "--format", "junit", *args).stdout)[0]  # noqa: S314 - made here
        assert (suite.get("tests"), suite.get("failures")) == ("1", failures)
    broken = ET.fromstring(run(tmp_path, BROKEN, "--format", "junit").stdout)[0]  # noqa: S314 - made here
    assert (broken.get("tests"), broken.get("failures")) == ("2", "3")


def test_a_pack_that_is_not_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage: exit 2, one message, no traceback."""
    monkeypatch.setattr("sys.argv", ["guard", "check", "esentials", "none.yaml"])
    with pytest.raises(SystemExit) as caught:
        cli.main()

    assert caught.value.code == 2
    assert "did you mean 'essentials'?" in capsys.readouterr().err


def test_a_new_rule(tmp_path: Path) -> None:
    """The template is YAML that can be appended to a pack and checked at once."""
    template = CliRunner().invoke(command, ["--new", "bucket-policy-changed"]).stdout

    assert run(tmp_path, f"title: t\nrules:\n{template}", "--strict").exit_code == 0


def test_a_new_rule_needs_an_id() -> None:
    """An id of another form is refused."""
    result = CliRunner().invoke(command, ["--new", "Bucket Policy"])

    assert "write lower-case words joined by '-'" in str(result.exception)
