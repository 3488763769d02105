"""The table of standards against Prowler's lists of the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from guard.rules import read_pack
from guard.rules.standards import STANDARDS

# Prowler has the versions from 1.4 on.
VERSIONS = [name for name in STANDARDS if name.startswith("cis-") and name not in {"cis-1.2", "cis-1.3"}]
RULES = {check: rule for rule in read_pack("cis").rules for check in rule.controls["prowler"]}


def requirements(prowler: Path, name: str) -> list[dict[str, Any]]:
    """What Prowler has of a version: each with `Id` and `Checks`."""
    listed = f"lib/python*/site-packages/prowler/compliance/aws/{name.replace('-', '_')}_aws.json"
    (path,) = prowler.parent.glob(listed)
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["Requirements"]
    return found


@pytest.mark.parametrize("name", VERSIONS)
def test_a_version_of_cis_has_these_controls(prowler: Path, name: str) -> None:
    """No control is missing, and none is made up."""
    assert {one["Id"] for one in requirements(prowler, name)} == set(STANDARDS[name].controls)


@pytest.mark.parametrize("name", VERSIONS)
def test_a_control_is_the_rules_that_prowler_checks(prowler: Path, name: str) -> None:
    """Where Prowler has one of its filter checks for a control, the rule of that check has the control."""
    wanted = {(one["Id"], check) for one in requirements(prowler, name) for check in one["Checks"] if check in RULES}
    assert len(wanted) >= 15
    assert {(control, check) for control, check in wanted if control not in RULES[check].controls[name]} == set()
