"""The GitHub workflows: linted, pinned, with no more rights than they say, and as the docs show their call."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.pages import fenced

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
EACH = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
OURS = "./.github/workflows/"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """The command, run at the top of the project."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """A workflow's triggers (YAML 1.1 reads the key `on` as true) and the whole of it."""
    workflow = yaml.safe_load(path.read_text())
    return workflow[True], workflow


def test_zizmor_finds_nothing() -> None:
    """The security linter for workflows has no finding."""
    zizmor = Path(sys.executable).with_name("zizmor")
    if not zizmor.exists():
        pytest.skip("zizmor is not installed beside this Python")

    result = run(str(zizmor), "--offline", "--no-progress", "--persona", "pedantic", "--min-severity", "low", ".github")

    assert result.returncode == 0, result.stdout + result.stderr


def test_actionlint_finds_nothing() -> None:
    """The workflow linter has no finding; with shellcheck on the PATH it reads the scripts too."""
    actionlint = shutil.which("actionlint")
    if actionlint is None:
        pytest.skip("actionlint is not on the PATH; the job `workflows` of test.yml has it")

    result = run(actionlint, *map(str, WORKFLOWS))

    assert result.returncode == 0, result.stdout + result.stderr


@EACH
def test_actions_are_pinned_by_commit(path: Path) -> None:
    """Every action is named by a full commit, with its version beside it; workflows of our own by path."""
    uses = [use for use in re.findall(r"uses: (.+)", path.read_text()) if not use.startswith(OURS)]

    assert uses or path.name == "deploy.yml"
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", use) for use in uses), uses


@EACH
def test_rights_are_given_job_by_job(path: Path) -> None:
    """The workflow has no rights; each job names its own, and has a time limit."""
    _, workflow = read(path)

    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert "permissions" in job
        assert "timeout-minutes" in job or job["uses"].startswith(OURS)


@EACH
def test_a_fork_never_meets_a_role(path: Path) -> None:
    """No workflow gives a fork's code the base's rights; a job with a role asks whose branch it runs."""
    triggers, workflow = read(path)

    assert "pull_request_target" not in triggers
    if "pull_request" in triggers:
        for job in workflow["jobs"].values():
            if "id-token" in job["permissions"]:
                assert "head.repo.full_name == github.repository" in job["if"]


@EACH
def test_a_role_waits_for_its_environment(path: Path) -> None:
    """A job with a role outside pull requests has an environment, whose name the role's trust asks for."""
    triggers, workflow = read(path)
    jobs = [job for job in workflow["jobs"].values() if "id-token" in job["permissions"]]

    if "pull_request" not in triggers:
        assert all("environment" in job or "environment" in job["with"] for job in jobs)


@EACH
def test_packages_are_locked(path: Path) -> None:
    """What pip installs is a lock with hashes, or what the caller of the workflow names."""
    lines = [line for line in path.read_text().splitlines() if "pip install --" in line]

    assert all("--require-hashes -r requirements/cli.txt" in line or '"${install[@]}"' in line for line in lines), lines


def calls() -> list[tuple[str, dict[str, Any]]]:
    """Each call of a reusable workflow: in our workflows, and in the docs."""
    pages = [block for page in sorted(ROOT.glob("docs/*.md")) for block in fenced(page, "yaml")]
    shown = [found for block in pages if isinstance(found := yaml.safe_load(block), dict) and "jobs" in found]
    workflows = [*(read(path)[1] for path in WORKFLOWS), *shown]
    return [(job["uses"], job) for found in workflows for job in found["jobs"].values() if "uses" in job]


def test_a_call_gives_what_the_workflow_takes() -> None:
    """Inputs and secrets of every call are ones that the workflow has, and the required ones are there; its
    rights are enough for each job.
    """
    assert len(calls()) >= 5
    for uses, call in calls():
        name = uses.split("@")[0].rsplit("/", 1)[-1]
        triggers, workflow = read(ROOT / ".github/workflows" / name)
        takes = triggers["workflow_call"]
        required = {key for key, value in takes["inputs"].items() if value.get("required")}
        assert required <= set(call.get("with", {})) <= set(takes["inputs"]), uses
        assert set(call.get("secrets", {})) <= set(takes["secrets"]), uses
        for job in workflow["jobs"].values():
            assert job["permissions"].items() <= call["permissions"].items(), uses


def test_another_repository_needs_ten_lines() -> None:
    """The call that the docs show is ten lines long, and names this project's version."""
    block = next(found for found in fenced(ROOT / "docs/pull-requests.md", "yaml") if "uses:" in found)
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)

    assert len(block.splitlines()) <= 10
    assert version
    assert f"preview.yml@v{version[1]}" in block


def script(step: str) -> str:
    """What a step of the plan runs."""
    _, workflow = read(ROOT / ".github/workflows/preview.yml")
    return str(next(one["run"] for one in workflow["jobs"]["plan"]["steps"] if one.get("name") == step))


def commented(folder: Path, comment: str) -> str:
    """What the workflow has `gh` write on a pull request without comments."""
    (folder / "comment.md").write_text(comment)
    gh = folder / "gh"
    gh.write_text('#!/bin/sh\nif [ "$2" = --method ]; then cp comment.md written.md; fi\n')
    gh.chmod(0o755)
    env = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "ISSUE": "i",
        "COMMENTS": "c",
        "RUN": "https://run",
        "STACK": "prod",
    }
    subprocess.run(["bash", "-e", "-c", script("Write or edit the one comment")], cwd=folder, env=env, check=True)
    return (folder / "written.md").read_text()


def test_a_plan_that_is_too_long_for_a_comment(tmp_path: Path) -> None:
    """GitHub takes 65,536 characters: beyond that the comment says where the plan is; else it is as it was."""
    mark = "<!-- account-guard prod -->\n"

    assert commented(tmp_path, mark + "x" * 65000) == mark + "x" * 65000
    assert commented(tmp_path, mark + "x" * 65536).startswith(f"{mark}The plan of prod is too long for a comment: [the")


def test_a_call_for_each_stack() -> None:
    """Two calls in one run neither cancel each other nor write over each other's comment."""
    _, workflow = read(ROOT / ".github/workflows/preview.yml")

    assert "inputs.stack" in workflow["concurrency"]["group"]
    assert "account-guard $STACK" in script("Plan this change")
