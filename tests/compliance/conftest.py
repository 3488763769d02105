"""Prowler, in an environment of its own: `make prowler` makes it in .prowler; PROWLER names another."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def prowler() -> Path:
    """The folder of Prowler's programs; without it the tests are skipped."""
    folder = Path(os.environ.get("PROWLER", ROOT / ".prowler")) / "bin"
    if not (folder / "prowler").exists():
        pytest.skip("Prowler is not installed: `make prowler` (or PROWLER=its environment's folder)")
    return folder
