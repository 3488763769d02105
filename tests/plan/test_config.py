"""A stack's config, as the engine reads it."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from guard.errors import ConfigError
from guard.plan import config
from guard.settings.encrypted import PLACEHOLDER

PROJECT = """
name: account-guard
runtime: python
config:
  emails: {type: array, items: {type: string}}
  retentionDays: {type: integer, default: 365}
  encryption: {type: boolean, default: true}
"""
CLI = """#!/bin/sh
test "$1 $2 $3" = "config --json --show-secrets" || exit 9
cat answer.json
exit $(cat code)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose PATH holds no CLI."""
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return tmp_path


def stack(root: Path, text: str) -> None:
    """The config of stack `dev`."""
    (root / "Pulumi.dev.yaml").write_text(text)


def cli(root: Path, answer: dict[str, Any], code: int = 0) -> None:
    """A `pulumi` that answers so."""
    (root / "answer.json").write_text(json.dumps(answer))
    (root / "code").write_text(str(code))
    path = root / "bin" / "pulumi"
    path.write_text(CLI)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_defaults_of_the_project_stand_under_the_stack(project: Path) -> None:
    """A key that the stack does not set has the project's default or value."""
    stack(project, "config: {'account-guard:emails': [a@example.com], 'account-guard:retentionDays': 90}")

    found = config.read(project, "dev")

    assert found.own() == {"emails": ["a@example.com"], "retentionDays": 90, "encryption": True}
    assert not found.secret_addresses


def test_keys_without_a_namespace_are_the_project_s(project: Path) -> None:
    """`emails` is `account-guard:emails`."""
    stack(project, "config: {emails: [a@example.com]}")

    assert config.read(project, "dev").own()["emails"] == ["a@example.com"]


def test_secrets_are_read_through_the_cli(project: Path) -> None:
    """Where the CLI is, it decrypts; the addresses are known to be secret."""
    stack(project, "config: {'account-guard:emails': {secure: AAAB}}")
    cli(project, {"account-guard:emails": {"value": '["x@example.com"]', "secret": True}})

    found = config.read(project, "dev")

    assert found.own() == {"emails": ["x@example.com"], "retentionDays": 365, "encryption": True}
    assert found.secret_addresses


def test_environments_are_read_through_the_cli(project: Path) -> None:
    """What an ESC environment gives is in the CLI's answer; objects and plain values keep their types."""
    stack(project, "environment: [prod]")
    emails = ["x@example.com"]
    cli(
        project,
        {
            "account-guard:emails": {"value": json.dumps(emails), "objectValue": emails, "secret": False},
            "account-guard:retentionDays": {"value": "30", "secret": False},
            "account-guard:encryption": {"value": "false", "secret": False},
        },
    )

    assert config.read(project, "dev").own() == {"emails": emails, "retentionDays": 30, "encryption": False}


@pytest.mark.parametrize("secure", ["{secure: AAAB}", "[{secure: AAAB}]", "[a@example.com, {secure: AAAB}]"])
def test_without_the_cli_secret_addresses_are_shown_as_secret(project: Path, secure: str) -> None:
    """Each stands as an address of its own, which no plan shows; a note says so."""
    stack(project, f"config: {{'account-guard:emails': {secure}}}")

    found = config.read(project, "dev")

    assert found.own()["emails"][-1] == PLACEHOLDER.format(1)
    assert "the Pulumi CLI is not on the PATH" in "".join(found.notes)


def test_other_secrets_have_their_default_without_the_cli(project: Path) -> None:
    """And a note names the key."""
    stack(project, "config: {emails: [a@example.com], retentionDays: {secure: AAAB}}")

    found = config.read(project, "dev")

    assert "retentionDays" not in found.own()
    assert "'account-guard:retentionDays' is secret" in "".join(found.notes)


def test_an_environment_without_the_cli_is_a_note(project: Path) -> None:
    """What it would give is missing, and the plan says so."""
    stack(project, "{environment: [prod], config: {emails: [a@example.com]}}")

    assert "environment ['prod'] is not read" in "".join(config.read(project, "dev").notes)


def test_a_cli_that_fails_is_a_note(project: Path) -> None:
    """A missing passphrase or login is no reason to show nothing."""
    stack(project, "config: {emails: {secure: AAAB}}")
    cli(project, {}, code=255)

    assert config.read(project, "dev").notes


def test_an_unknown_stack_names_the_known_ones(project: Path) -> None:
    """The message says which stacks there are."""
    stack(project, "config: {}")

    with pytest.raises(ConfigError, match=r"Pulumi.prod.yaml: no such file: .*Pulumi.dev.yaml"):
        config.read(project, "prod")


@pytest.mark.parametrize("text", ["config: [", "config: [1]", "- a"])
def test_a_broken_stack_file_is_one_message(project: Path, text: str) -> None:
    """No traceback."""
    stack(project, text)

    with pytest.raises(ConfigError):
        config.read(project, "dev")


def test_a_stack_among_hundreds_is_one_line(project: Path) -> None:
    """Those that are spelt alike are named, not all."""
    for number in range(300):
        (project / f"Pulumi.{number}-eu-west-1.yaml").write_text("")

    with pytest.raises(ConfigError, match=r"here: Pulumi\.200-eu-west-1\.yaml, (\S+ ){4}and \d+ more$"):
        config.read(project, "200-eu-west")


def test_no_project_is_one_message(tmp_path: Path) -> None:
    """Neither here."""
    with pytest.raises(ConfigError, match=r"Pulumi\.dev\.yaml: no such file: run guard in the stack's folder"):
        config.read(tmp_path, "dev")
