"""What a preview says to a config with faults."""

import pytest

from tests.engine.harness import Project, Run

FAULTS = {
    "emails": ["no address", "a@example.com", "a@example.com"],
    "packs": ["esentials"],
    "rules": [{"id": "Mine"}],
    "retentionDays": 100,
    "heartbeatHours": 500,
}


@pytest.fixture(scope="module")
def run(project: Project) -> Run:
    """The preview of a config in which every key is wrong."""
    project.write(FAULTS)
    return project.pulumi("preview")


def test_bad_config_fails(run: Run) -> None:
    """The preview exits non-zero."""
    assert run.code != 0


@pytest.mark.parametrize("key", ["emails", "packs", "rules[0]", "retentionDays", "heartbeatHours"])
def test_every_fault_is_told(run: Run, key: str) -> None:
    """All of them at once, each with its key."""
    assert key in run.text


def test_a_fault_names_what_was_found(run: Run) -> None:
    """And a misspelt pack what was meant."""
    assert "no address" in run.text
    assert "essentials" in run.text


def test_there_is_no_traceback(run: Run) -> None:
    """A person's mistake is no fault of the program."""
    assert "Traceback" not in run.text
