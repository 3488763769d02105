"""`guard check`: its formats, exit codes and template."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft7Validator

from guard import cli
from guard.cli.check import command

ROOT = Path(__file__).parents[2]

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


def test_the_pages_finding_is_what_is_said(tmp_path: Path) -> None:
    """docs/lint.md shows it to the letter."""
    shown = run(tmp_path, PACK.replace("warned", "users")).stdout
    assert f"```text\n{shown}```" in (ROOT / "docs/lint.md").read_text()


@pytest.mark.parametrize(
    ("text", "args", "code"),
    [(PACK, [], 0), (PACK, ["--strict"], 1), (BROKEN, [], 1), (BROKEN, ["--strict"], 1)],
)
def test_exit_codes(tmp_path: Path, text: str, args: list[str], code: int) -> None:
    """1 where there are errors; warnings count with --strict only."""
    assert run(tmp_path, text, *args).exit_code == code


def test_text(tmp_path: Path) -> None:
    """What is wrong in one line, what to do below it, on stdout; the count on stderr."""
    result = run(tmp_path, PACK)
    what, fix = result.stdout.splitlines()

    assert what.startswith("pack.yaml:8:32: warning G204: rule 'warned': CreateUser is an event of")
    assert fix == '    join it with ($.eventSource = "...") (docs/lint.md#g204)'
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


# What SARIF 2.1.0 asks of a log, as far as this one goes:
# https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
RULE = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "shortDescription": TEXT,
        "help": TEXT,
        "helpUri": {"type": "string", "pattern": "^https://[^ ]+$"},
        "defaultConfiguration": {"type": "object", "properties": {"level": LEVEL}, "additionalProperties": False},
    },
}
REGION = {
    "properties": {"startLine": {"type": "integer", "minimum": 1}, "startColumn": {"type": "integer", "minimum": 1}}
}
FILE = {
    "required": ["uri"],
    "properties": {"uri": {"type": "string", "pattern": "^[A-Za-z0-9._~%-]+(/[A-Za-z0-9._~%-]+)*$"}},
}
RESULT = {
    "type": "object",
    "required": ["message", "ruleId", "locations", "partialFingerprints"],
    "properties": {
        "level": LEVEL,
        "message": TEXT,
        "ruleIndex": {"type": "integer", "minimum": 0},
        "locations": {
            "type": "array",
            "minItems": 1,
            "items": {
                "properties": {
                    "physicalLocation": {
                        "required": ["artifactLocation", "region"],
                        "properties": {"artifactLocation": FILE, "region": REGION},
                    }
                }
            },
        },
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
DRIVER = {
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "rules": {"items": RULE, "uniqueItems": True}},
}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "$schema": {"type": "string", "pattern": "^https://"},
        "runs": {
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "tool": {"required": ["driver"], "properties": {"driver": DRIVER}},
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {"items": RESULT},
                },
            }
        },
    },
}


def test_sarif_is_sarif(tmp_path: Path) -> None:
    """The log has what the standard asks for, and its paths are relative and without blanks."""
    (tmp_path / "my packs").mkdir()
    (tmp_path / "my packs" / "ä b.yaml").write_text(BROKEN, "utf-8")
    text = CliRunner().invoke(command, ["my packs/ä b.yaml", "--format", "sarif"]).stdout

    Draft7Validator(SARIF).validate(json.loads(text))
    whole = CliRunner().invoke(command, [str(tmp_path / "my packs" / "ä b.yaml"), "--format", "sarif"]).stdout
    assert whole == text


def test_columns_count_characters(tmp_path: Path) -> None:
    """A character outside the basic plane is one column, as `unicodeCodePoints` says."""
    wide = PACK.replace("pattern: '{", 'pattern: \'{ ($.userAgent = "😀😀") &&')
    (place,) = [line.split(": ")[0] for line in run(tmp_path, wide).stdout.splitlines() if "G109" in line]
    line = wide.splitlines()[int(place.split(":")[1]) - 1]

    assert line[int(place.split(":")[2]) - 1 :].startswith("$.eventName")


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


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["."], "is a folder: name its files"),
        ([""], "PACK: is blank: name a file, or one of billing"),
        (["folder.yaml"], "is a folder: name its files"),
        (["none.yaml"], "there is no such pack or file"),
        (["pack"], "there is no such pack: a file of yours ends in .yaml"),
        (["x" * 5000 + ".yaml"], "there is no such pack or file"),
        (["pack/none.yaml"], "there is no such pack or file"),
        (["cis", "--stack", "dev"], "name packs, or a stack with --stack, not both"),
        (["--stack", "none"], "no such file"),
        (["--stack", ""], "is no stack's name"),
    ],
)
def test_wrong_usage(
    args: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Arguments that name nothing: exit 2 and what to write, no traceback."""
    Path("folder.yaml").mkdir()
    Path("pack").touch()
    monkeypatch.setattr("sys.argv", ["guard", "check", *args])
    with pytest.raises(SystemExit) as caught:
        cli.main()

    assert caught.value.code == 2
    assert said in capsys.readouterr().err


STACK = """\
config:
  account-guard:emails: [a@example.com]
  account-guard:packs: [cis, ./pack.yaml]
  account-guard:rules:
    - {id: mine, severity: low, pattern: '{ $.eventName = "DeleteUser" }', firstStep: Look., description: x.}
  account-guard:overrides:
    cis-vpc-changes:
      threshold: 3
      period: 60
      exclude:
        - {source_ip: 10.*}
        - {service: autoscaling}
    cis-root-account-usage:
      keepExact: true
      exclude: [{source_ip: 10.*}]
  account-guard:recipients: {quiet: [b@example.com]}
"""


def test_a_stack(tmp_path: Path) -> None:
    """What a stack's config brings about stands at its line there; what a pack does, in the pack."""
    (tmp_path / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK, "utf-8")
    (tmp_path / "pack.yaml").write_text(PACK, "utf-8")
    result = CliRunner().invoke(command, ["--stack", "dev"], catch_exceptions=False)
    found = [line.split(": rule")[0] for line in result.stdout.splitlines() if not line.startswith(" ")]

    assert found == [
        "./pack.yaml:8:32: warning G204",
        "Pulumi.dev.yaml:5:7: warning G204",
        "Pulumi.dev.yaml:7:5: warning G302",
        "Pulumi.dev.yaml:10:7: warning G501",
        "Pulumi.dev.yaml:12:11: warning G504",
    ]


def test_colours_are_for_terminals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Levels are coloured where there is a terminal, unless NO_COLOR is set."""
    (tmp_path / "pack.yaml").write_text(PACK, "utf-8")
    shown = [CliRunner().invoke(command, ["pack.yaml"], color=True).stdout]
    monkeypatch.setenv("NO_COLOR", "1")
    shown.append(CliRunner().invoke(command, ["pack.yaml"], color=True).stdout)

    assert ["\x1b[" in text for text in shown] == [True, False]


def test_a_new_rule(tmp_path: Path) -> None:
    """The template is YAML that can be appended to a pack and checked at once."""
    template = CliRunner().invoke(command, ["--new", "bucket-policy-changed"]).stdout

    assert run(tmp_path, f"title: t\nrules:\n{template}").exit_code == 0


def test_a_new_rule_needs_an_id() -> None:
    """An id of another form is refused."""
    result = CliRunner().invoke(command, ["--new", "Bucket Policy"])

    assert "write lower-case words joined by '-'" in str(result.exception)
