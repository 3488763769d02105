"""`guard drill --all`: every rule of a stack in one go."""

from collections.abc import Iterator

import pytest

from guard.sandbox.sandbox import Sandbox
from tests.account.drilled import deployed, run
from tests.account.live import shell


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """The worked stack."""
    shell(monkeypatch)
    with Sandbox() as sandbox:
        deployed(sandbox, None)
        yield sandbox


def test_all_rules_in_one_go(aws: Sandbox) -> None:
    """Each topic is told once, each alarm rings once; the way is said on stderr. Then all are in ALARM."""
    result = run("--all", "--yes")
    assert result.exit_code == 0, result.output
    assert "never" not in result.stdout
    rules = len(result.stdout.splitlines()) - 2
    assert f"{rules} of {rules} begun; came: {rules} metric, {rules} alarm, {rules} action" in result.stderr
    subjects = [(mail.topic, mail.subject) for mail in aws.mails if mail.to == "security@example.com"]
    assert len(subjects) == len(set(subjects)) == 3 + rules
    assert str(run("--all", "--yes").exception).count("is in ALARM") == rules
