"""The guard goes and the log stays, as docs/operate.md says."""

from collections import Counter
from dataclasses import dataclass

import pytest

from tests.engine.harness import CONFIG, Project, Run, short

# the log bucket and the one of its access logs
BOTH = (
    "Bucket",
    "BucketLifecycleConfiguration",
    "BucketOwnershipControls",
    "BucketPolicy",
    "BucketPublicAccessBlock",
    "BucketServerSideEncryptionConfiguration",
    "BucketVersioning",
)


@dataclass(frozen=True)
class Removal:
    """A guard's end: what the commands said, and the types of what is there after them."""

    removed: Run
    after: list[str]
    drift: Run
    forgotten: Run
    left: list[str]


@pytest.fixture(scope="module")
def removal(project: Project) -> Removal:
    """Deployed, removed but for what is protected, looked at, forgotten."""

    def there() -> list[str]:
        return sorted(short(kind) for kind, _ in project.world())

    project.write({**CONFIG, "protect": True})
    project.up()
    removed = project.pulumi("destroy", "--yes", "--skip-preview", "--exclude-protected")
    after = there()
    drift = project.pulumi("preview", "--refresh", "--expect-no-changes")
    forgotten = project.pulumi("stack", "rm", "dev", "--yes", "--force")
    return Removal(removed, after, drift, forgotten, there())


def test_destroy_without_what_is_protected_keeps_the_log(removal: Removal) -> None:
    """The log's key and the log group stay, and both buckets, shut and kept as they were."""
    assert removal.removed.code == 0, removal.removed.text
    assert Counter(removal.after) == {"Key": 1, "LogGroup": 1, "BucketLogging": 1} | dict.fromkeys(BOTH, 2)


def test_what_differs_from_the_stack_is_exit_7(removal: Removal) -> None:
    """The preview of CI; it would make what is gone, and nothing else."""
    assert removal.drift.code == 7
    assert "to create" in removal.drift.text
    assert "to update" not in removal.drift.text
    assert "to replace" not in removal.drift.text


def test_a_forgotten_stack_leaves_the_log(removal: Removal) -> None:
    """`stack rm --force` touches nothing in AWS."""
    assert removal.forgotten.code == 0, removal.forgotten.text
    assert removal.left == removal.after
