"""The stacks of a fleet on the real engine: their files, and the commands that the workflows run."""

import re
from pathlib import Path

import pytest

from guard.fleet import accounts, files, stacks
from tests.engine.harness import ROOT, STACK, Project

LIST = f"""
- account: "012345678901"
  region: eu-west-1
  stack: {STACK}
  config: {{emails: [a@example.com], packs: [essentials], protect: false}}
"""


def write(project: Project, text: str = LIST) -> Path:
    """The fleet's files, in the project's folder."""
    path = project.folder / "accounts.yaml"
    path.write_text(text)
    fleet = stacks.make(accounts.read(path), stacks.read_base(project.folder, ""), project.folder)
    (written,) = files.write(fleet, project.folder)
    return written


@pytest.fixture(scope="module")
def deployed(project: Project) -> Project:
    """The one account of the list, deployed."""
    project.write()  # the program; its config is the fleet's
    (project.folder / f"Pulumi.{STACK}.yaml").unlink()
    write(project)
    project.up()
    return project


def step(name: str) -> list[str]:
    """The pulumi command of a step of stacks.yml, without the stack's name, which is the test's."""
    text = (ROOT / ".github/workflows/stacks.yml").read_text()
    line = re.search(rf"- name: {name}\n(?:.*\n)+?.*\bpulumi ((?:preview|up) .+)", text)
    assert line
    return line[1].replace(' --stack "$STACK"', "").replace(" --non-interactive", "").split()


def test_an_account_that_begins_with_zero_stays_one(deployed: Project) -> None:
    """To the CLI a bare 012345678901 would be the number 12345678901."""
    assert deployed.pulumi("config", "get", "--path", "aws:allowedAccountIds[0]").out.strip() == "012345678901"


def test_a_second_writing_keeps_the_stacks_salt(deployed: Project) -> None:
    """What the CLI wrote into the file to encrypt with stays; the config is as it was."""
    path = deployed.folder / f"Pulumi.{STACK}.yaml"
    path.write_text(path.read_text() + "encryptionsalt: v1:own\n")

    assert "encryptionsalt: v1:own\n" in write(deployed).read_text()

    path.write_text(path.read_text().replace("encryptionsalt: v1:own\n", ""))


def test_the_nightly_look_tells_drift_by_its_exit(deployed: Project) -> None:
    """Nothing changed: 0. A config that the account does not hold: 7."""
    look = step("Look for drift")

    calm = deployed.pulumi(*look)
    write(deployed, LIST.replace("protect: false", "protect: false, retentionDays: 90"))
    drift = deployed.pulumi(*look)

    assert look[:3] == ["preview", "--refresh", "--expect-no-changes"]
    assert (calm.code, drift.code) == (0, 7), calm.text + drift.text


def test_a_stack_that_is_not_there_has_an_exit_of_its_own(project: Project) -> None:
    """By which preview.yml tells an account where nothing is deployed."""
    assert project.pulumi("stack", "export", "--stack", "nowhere").code == 6


def test_the_deployment_is_the_workflows(deployed: Project) -> None:
    """The command of stacks.yml deploys; its output names no address."""
    run = deployed.pulumi(*step("Deploy"))

    assert run.code == 0, run.text
    assert "a@example.com" not in run.text
