"""`guard confirm`, against a guard in the sandbox."""

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from guard.account.confirm import ConfirmError, invitation
from guard.cli.confirm import command
from guard.sandbox.sandbox import Sandbox
from tests.sandbox.deployed import ROOT


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """The worked stack, deployed, nobody confirmed."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with Sandbox() as sandbox:
        sandbox.deploy(ROOT, "dev")
        yield sandbox


def run(*args: str) -> Result:
    """The command."""
    return CliRunner().invoke(command, args)


def states(result: Result) -> set[str]:
    """The states that --status lists."""
    return {one["state"] for one in json.loads(result.stdout)}


def test_the_address_of_the_mail_confirms_signed(aws: Sandbox) -> None:
    """Pending before, confirmed after; a click alone leaves it unsigned."""
    before = run("--status", "--format", "json")
    assert (states(before), before.exit_code) == ({"pending"}, 1)
    for mail in aws.world.mails:
        address = next(word for word in mail.text.split() if word.startswith("https://"))
        assert "confirmed, signed" in run(address).output
    after = run("--status", "--format", "json")
    assert (states(after), after.exit_code) == ({"confirmed"}, 0)


def test_a_click_is_unsigned(aws: Sandbox) -> None:
    """Whoever has the link can cancel it."""
    aws.confirm()
    assert states(run("--status", "--format", "json")) == {"unsigned"}


def test_a_wanted_address_that_is_not_there_is_gone(aws: Sandbox) -> None:
    """Somebody unsubscribed it."""
    aws.confirm()
    sns = aws.client("sns", "eu-west-1")
    sns.unsubscribe(SubscriptionArn=sns.list_subscriptions()["Subscriptions"][0]["SubscriptionArn"])
    result = run("--status")
    assert "gone" in result.output
    assert result.exit_code == 1


def test_a_token_that_is_none(aws: Sandbox) -> None:
    """A message with what to do."""
    topic = "arn:aws:sns:eu-west-1:123456789012:account-guard-dev-alerts"
    assert "48 hours" in str(run("made-up", "--topic", topic).exception)
    with pytest.raises(ConfirmError, match="--topic"):
        invitation("made-up")
    assert aws.mails == []


def test_neither_address_nor_status() -> None:
    """Is a wrong use."""
    assert run().exit_code == 2
