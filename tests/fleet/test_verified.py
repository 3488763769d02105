"""Every account against its stack: roles assumed, one account's failure told beside the others' findings."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.sts.exceptions import STSClientError
from moto.sts.models import STSBackend

from guard.errors import ConfigError, Fault
from guard.fleet import verified as room
from guard.fleet.verified import verified
from guard.program import ACCOUNT
from guard.sandbox.sandbox import Sandbox
from tests.account.live import sign
from tests.fleet.listed import ROOT, fleet
from tests.sandbox.deployed import RUN

FLEET = f"""
- {{account: "{ACCOUNT}", region: eu-west-1, stack: dev}}
- {{account: "111122223333", region: eu-west-1, role: guard-verify}}
- {{account: "444455556666", region: eu-west-1}}
- {{account: "777788889999", region: eu-west-1, role: closed}}
- {{account: "777788889999", region: us-east-1, config: {{emails: [nobody]}}}}
"""


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """The worked stack in the first account, confirmed; nothing in the others, and one role that is closed."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    real = STSBackend.assume_role

    def assume(backend: STSBackend, **asked: Any) -> Any:
        if asked["role_arn"].endswith("closed"):
            raise STSClientError("AccessDenied", "not allowed")
        if asked["role_arn"].endswith("late"):
            raise STSClientError("ExpiredToken", "expired")
        return real(backend, **asked)

    monkeypatch.setattr(STSBackend, "assume_role", assume)
    with Sandbox() as sandbox:
        sandbox.deploy(ROOT, "dev")
        sign(sandbox)
        sandbox.play([RUN])
        yield sandbox


@pytest.mark.filterwarnings("ignore:.*does not match an error shape")  # AWS's model of STS lacks AccessDenied
def test_each_account_is_told_by_itself(tmp_path: Path, aws: Sandbox) -> None:
    """Whole, empty, without a role, with a closed role, with a wrong setting: each has its row."""
    whole, empty, foreign, closed, wrong = verified(fleet(tmp_path, FLEET), None, "", 2)

    assert whole.result
    assert [one for one in whole.result if one.status == "FAIL"] == []
    assert empty.result
    assert "FAIL" in {one.status for one in empty.result}
    assert foreign.error.endswith(
        f"the credentials are of account {ACCOUNT}, not of 444455556666: name a role of the account: `role:`"
    )
    assert closed.error.startswith("arn:aws:iam::777788889999:role/closed: cannot be assumed: An error occurred")
    assert "its trust policy must name these credentials" in closed.error
    assert "'nobody' is no e-mail address" in wrong.error


@pytest.mark.filterwarnings("ignore:.*does not match an error shape")
def test_credentials_that_have_lapsed(tmp_path: Path, aws: Sandbox) -> None:
    """Are told as that, and no role's trust is blamed."""
    (one,) = verified(fleet(tmp_path, '- {account: "111122223333", region: eu-west-1, role: late}'), None, "", 1)
    assert "the credentials have lapsed" in one.error


def test_another_role_than_the_lists_may_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--role` names a role of each account, so that what looks is not what deploys."""
    asked: list[str] = []

    def closed(session: object, arn: str, region: str) -> None:
        asked.append(arn)
        raise ConfigError([Fault(arn, "is closed", "")])

    monkeypatch.setattr(room, "assumed", closed)

    verified(fleet(tmp_path, FLEET), None, "look", 1)

    assert sorted(asked) == sorted(
        f"arn:aws:iam::{account}:role/look" for account in (ACCOUNT, "111122223333", "444455556666", "777788889999")
    )
