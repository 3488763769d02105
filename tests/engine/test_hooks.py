"""AWS's eventual consistency: errors at creation that pass, and the hooks that wait for it."""

from pathlib import Path

from tests.engine.harness import Project, create, done
from tests.engine.story import BASE

TRAIL = "aws:cloudtrail/trail:Trail"
FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
FAULTS = [
    {
        "type": TRAIL,
        "name": "",
        "times": 1,
        "error": "creating CloudTrail Trail (account-guard-dev): operation error CloudTrail: CreateTrail, "
        "InsufficientS3BucketPolicyException: Incorrect S3 bucket policy is detected for bucket",
    },
    {
        "type": FILTER,
        "name": "own-first",
        "times": 1,
        "error": "putting CloudWatch Logs Metric Filter: operation error CloudWatch Logs: PutMetricFilter, "
        "OperationAbortedException: A conflicting operation is currently in progress against this resource.",
    },
]


def test_errors_that_pass_are_waited_for(project: Project) -> None:
    """A first CreateTrail refused for the bucket policy, and a filter for a conflict: all is deployed."""
    project.write({**BASE, "packs": ["essentials"]})
    project.fail(*FAULTS)

    made = done(project.up())

    assert made["create", "Trail"] == 1
    assert made["create", "LogMetricFilter"] >= 2


def test_an_error_that_stays_fails_at_once(home: Path, tmp_path: Path) -> None:
    """What no waiting cures is not tried again: the fault is played once, and the deployment fails."""
    other = create(tmp_path, home)
    other.write({**BASE, "packs": ["essentials"]})
    other.fail({"type": TRAIL, "name": "", "times": 1, "error": "AccessDeniedException: not authorized"})

    run = other.pulumi("up", "--yes", "--skip-preview")

    assert run.code != 0
    assert "AccessDeniedException" in run.text


TWO = """
import pulumi
from guard import AccountGuard
from guard.component import RuleAlarms

AccountGuard("guard", {"emails": ["a@example.com"], "packs": ["essentials"], "protect": False})
RuleAlarms("guard", {"log_group": "theirs", "packs": ["billing"]})
"""


def test_two_of_one_name(home: Path, tmp_path: Path) -> None:
    """In other parents, or in other accounts, their names do not clash in AWS, and neither do their hooks."""
    other = create(tmp_path, home)
    other.write(program=TWO)

    assert "create" in other.preview()["changeSummary"]
