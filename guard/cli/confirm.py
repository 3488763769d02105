"""`guard confirm`: confirms an e-mail subscription so that only the owner can cancel it."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from guard.cli import live, options, tables

if TYPE_CHECKING:
    from guard.account.account import Account
    from guard.account.confirm import Invitation
    from guard.account.subscriptions import Recipient

UNSURE = {"pending", "gone"}
NOBODY = "see whether account, region and name are right, then deploy the stack again: pulumi up --refresh"


@click.command()
@click.argument("invitation", required=False, metavar="[URL|TOKEN]")
@click.option("--topic", default="", help="The topic's ARN: with a bare token, or for a topic that is not the stack's.")
@click.option("--status", "listed", is_flag=True, help="List the recipients: pending, confirmed, unsigned, gone.")
@live.options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(invitation: str | None, topic: str, form: str, *, listed: bool, **place: Any) -> None:
    """Confirm a subscription with the address from its mail, signed: link scanners cannot cancel it then.

    With --status, list the stack's recipients, the watchdog's too; exit 1 while one is pending or gone, or a topic
    has nobody.

    \b
    guard confirm 'https://sns.eu-west-1.amazonaws.com/confirmation.html?TopicArn=...&Token=...'
    guard confirm --status --stack prod
    """
    from guard.account import confirm, connect

    if listed == (invitation is not None):
        raise click.UsageError("give the address from the mail, or --status")
    if listed:
        _list(live.account(**place), form)
        return
    wanted = confirm.invitation(str(invitation), topic)
    if not topic:
        _check(wanted, place["stack"], place["name"])
    sns = connect.session(wanted.region, place["profile"]).client("sns")
    click.echo(f"confirmed, signed: {confirm.confirm(sns, wanted)}")


def _check(wanted: "Invitation", stack: str | None, name: str) -> None:
    """That the topic is the stack's; said on stderr where no stack is here to ask. Raises ConfirmError."""
    from guard.account.confirm import check_topic
    from guard.rules import SEVERITIES

    file = Path.cwd() / f"Pulumi.{stack or live.DEFAULT}.yaml"
    if not name and not file.exists():
        click.echo(f"{file} is not here: whether the topic is the stack's was not checked", err=True)
        return
    settings = live.settings(stack, name)
    given = [str(settings.topic).rsplit(":", 1)[-1]] if settings.topic else []
    check_topic(wanted, [*map(settings.names.topic, ("", *SEVERITIES, "quiet", "watchdog")), *given])


def _list(account: "Account", form: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    from guard.account import recipients
    from guard.account.confirm import ConfirmError
    from guard.account.connect import fault

    try:
        found = list(recipients.listed(account))
    except (ClientError, BotoCoreError) as error:
        raise ConfirmError([fault(error)]) from None
    WRITERS[form](found)
    empty = sorted(recipients.own(account).keys() - {one.topic for one in found})
    for topic in empty:
        click.echo(f"{topic}: nobody is subscribed: {NOBODY}", err=True)
    sys.exit(1 if empty or any(one.wanted and one.state in UNSURE for one in found) else 0)


def _text(found: "list[Recipient]") -> None:
    from rich.text import Text

    table = tables.plain("State", "Address", "Topic")
    for one in found:
        style = "red" if one.state in UNSURE else "yellow" if one.state == "unsigned" else "green"
        address = one.address if one.wanted else f"{one.address} (the stack does not name it)"
        table.add_row(Text(one.state, style=style), Text(address), Text(one.topic.rsplit(":", 1)[-1]))
    options.console(highlight=True).print(table)


def _json(found: "list[Recipient]") -> None:
    click.echo(json.dumps([asdict(one) for one in found], indent=2))


WRITERS = {"text": _text, "json": _json}
