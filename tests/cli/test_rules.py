"""`guard rules`: the rules, and what of a standard they cover."""

import json

import pytest
from click.testing import CliRunner, Result

from guard.cli.rules import command
from guard.errors import GuardError
from guard.rules import load, shipped


def run(*args: str) -> Result:
    """The command."""
    return CliRunner().invoke(command, args)


@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_every_shipped_rule_is_listed(form: str) -> None:
    """In each format."""
    listed = run("--format", form).stdout
    assert [rule.id for name in shipped() for rule in load([name]).rules if rule.id not in listed] == []


def test_a_standard_is_covered_by_its_pack() -> None:
    """The cis pack covers CIS; its controls come in the order of their numbers."""
    result = run("--pack", "cis", "--standard", "cis-5.0", "--format", "json")
    rows = json.loads(result.stdout)
    assert not [row for row in rows if "gap" in row["rules"]]
    numbers = [tuple(map(int, row["control"].split("."))) for row in rows]
    assert numbers == sorted(numbers)


def test_gaps_are_named() -> None:
    """The essentials alone leave some."""
    result = run("--pack", "essentials", "--standard", "cis-5.0")
    assert "none: a gap" in result.stdout
    assert "controls covered" in result.stderr


def test_an_unknown_standard() -> None:
    """With what was meant."""
    error = run("--standard", "cis-5.0.1").exception
    assert isinstance(error, GuardError)
    assert "cis-5.0" in str(error)
