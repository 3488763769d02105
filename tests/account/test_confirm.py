"""`guard confirm`, against a guard in the sandbox."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner, Result

from guard.account.confirm import ConfirmError, invitation
from guard.cli.confirm import command
from guard.sandbox.sandbox import Sandbox
from guard.settings import load_stack
from tests.account.live import shell
from tests.sandbox.deployed import ROOT


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """The worked stack's topics, nobody confirmed."""
    shell(monkeypatch)
    settings = load_stack(ROOT, "dev")
    with Sandbox() as sandbox:
        sns = sandbox.client("sns", settings.region)
        for route, addresses in settings.routes.items():
            topic = sns.create_topic(Name=settings.names.topic(route))["TopicArn"]
            for address in addresses:
                sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address)
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


def test_a_topic_that_is_gone_has_nobody(aws: Sandbox) -> None:
    """Its recipients are gone, and the others' states still show."""
    aws.confirm()
    aws.client("sns", "eu-west-1").delete_topic(TopicArn=TOPIC)
    assert states(run("--status", "--format", "json")) == {"gone", "unsigned"}


def test_a_name_that_is_nobodys(aws: Sandbox) -> None:
    """A topic without anybody is said, and is no success: the name may be another's."""
    result = run("--status", "--name", "nosuch", "--region", "eu-west-1")
    assert "nosuch-alerts: nobody is subscribed: see whether account, region and name are right" in result.stderr
    assert result.exit_code == 1


def test_an_address_that_the_stack_does_not_name(aws: Sandbox) -> None:
    """Is told as that, and nobody waits for it."""
    aws.confirm()
    aws.client("sns", "eu-west-1").subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="late@example.com")
    result = run("--status")
    assert "pending   late@example.com (the stack does not name it)" in result.stdout
    assert result.exit_code == 0


TOKEN = "2336412f37fb" * 8
TOPIC = "arn:aws:sns:eu-west-1:123456789012:account-guard-dev-alerts"
URL = f"https://sns.eu-west-1.amazonaws.com/confirmation.html?TopicArn={TOPIC}&Token={TOKEN}&Endpoint=a@example.com"
ENCODED = quote(URL, safe="")
FORMS = {
    "as it is": URL,
    "escaped as HTML": URL.replace("&", "&amp;"),
    "broken into lines": "\n  ".join(URL[at : at + 60] for at in range(0, len(URL), 60)),
    "in angle brackets": f"<{URL}>",
    "its ARN encoded": URL.replace(TOPIC, quote(TOPIC, safe="")),
    "rewritten by a gateway": f"https://eur01.safelinks.protection.outlook.com/?url={ENCODED}&data=05%7C02&reserved=0",
    "rewritten by two": f"https://one.example/?u={quote(f'https://two.example/?u={ENCODED}', safe='')}",
    "in another spelling": URL.replace("TopicArn", "topicArn").replace("Token", "token"),
}


@pytest.mark.parametrize("form", FORMS)
def test_an_address_as_mail_programs_show_it(form: str) -> None:
    """Token and topic are found in it."""
    found = invitation(FORMS[form])
    assert (found.token, found.topic, found.region) == (TOKEN, TOPIC, "eu-west-1")


def test_a_bare_token_with_its_topic() -> None:
    """As the console takes it."""
    assert invitation(f" {TOKEN}\n", TOPIC).token == TOKEN


def test_an_address_in_china() -> None:
    """Another partition, another domain."""
    topic = "arn:aws-cn:sns:cn-north-1:123456789012:t"
    page = f"https://sns.cn-north-1.amazonaws.com.cn/confirmation.html?TopicArn={topic}&Token={TOKEN}"
    assert invitation(page).region == "cn-north-1"


FAULTS = {
    "no topic": (TOKEN, "", "--topic"),
    "no token": ("https://example.com/?x=1", "", "no token in what was given"),
    "no ARN": (URL.replace(TOPIC, "arn:aws:sqs:eu-west-1:123456789012:q"), "", "is no topic's ARN"),
    "another topic": (URL, f"{TOPIC}-2", f"the address is of {TOPIC}"),
    "another region": (URL.replace("sns.eu-west-1", "sns.us-east-1"), "", "leads to us-east-1, and its topic is in"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_is_no_invitation(case: str) -> None:
    """Is said, with what to do."""
    text, topic, said = FAULTS[case]
    with pytest.raises(ConfirmError, match=re.escape(said)):
        invitation(text, topic)


def test_a_token_that_is_none(aws: Sandbox) -> None:
    """A message with what to do."""
    assert "48 hours" in str(run("madeup", "--topic", TOPIC).exception)
    assert aws.mails == []


def test_a_token_of_another_topic(aws: Sandbox) -> None:
    """Is refused by SNS; so is one that has lapsed."""
    mails = {mail.topic.rsplit(":", 1)[-1]: mail for mail in aws.world.mails}
    other = mails["account-guard-dev-watchdog"].token
    assert "another topic's" in str(run(other, "--topic", TOPIC).exception)
    aws.world.clock.skip(49 * 3600)
    assert "has lapsed" in str(run(mails["account-guard-dev-alerts"].token, "--topic", TOPIC).exception)


def test_a_topic_that_is_not_the_stacks(aws: Sandbox) -> None:
    """Is refused before SNS is asked; --topic means it all the same."""
    other = TOPIC.replace("account-guard-dev", "orders")
    said = str(run(URL.replace(TOPIC, other)).exception)
    assert "is none of the stack's topics (account-guard-dev-alerts, " in said
    meant = str(run(URL.replace(TOPIC, other), "--topic", other).exception)
    assert "SNS refused (NotFound)" in meant
    assert "account 123456789012" in meant


def test_away_from_the_stack_it_is_not_checked(aws: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever got the mail may have no stack; it is said, and confirmed."""
    monkeypatch.chdir(tmp_path)
    address = next(word for word in aws.world.mails[0].text.split() if word.startswith("https://"))
    result = run(address)
    assert "was not checked" in result.stderr
    assert "confirmed, signed" in result.stdout


@pytest.mark.parametrize("args", [(), ("--status", URL)])
def test_neither_address_nor_status_or_both(args: tuple[str, ...]) -> None:
    """Is a wrong use."""
    assert run(*args).exit_code == 2
