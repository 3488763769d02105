"""`guard confirm`: confirms an e-mail subscription so that only the owner can cancel it."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from guard.errors import ConfigError, Fault

if TYPE_CHECKING:
    from guard.account.confirm import Recipient
    from guard.settings import Settings

WIDTH = 140
UNSURE = {"pending", "gone"}


@click.command()
@click.argument("invitation", required=False, metavar="[URL|TOKEN]")
@click.option("--topic", default="", help="The topic's ARN, with a bare token.")
@click.option("--status", "listed", is_flag=True, help="List the recipients: pending, confirmed, unsigned, gone.")
@click.option("--stack", default="dev", show_default=True, help="The stack whose recipients are listed.")
@click.option("--region", help="Instead of the stack's region.")
@click.option("--profile", help="The AWS profile.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    invitation: str | None,
    topic: str,
    stack: str,
    region: str | None,
    profile: str | None,
    form: str,
    *,
    listed: bool,
) -> None:
    r"""Confirm a subscription with the address from its mail, signed: link scanners cannot cancel it then.

    With --status, list the stack's recipients; exit 1 while one is pending or gone.

    \b
    guard confirm 'https://sns.eu-west-1.amazonaws.com/confirmation.html?TopicArn=...&Token=...'
    guard confirm --status --stack prod
    """
    import boto3

    from guard.account import confirm

    session = boto3.Session(profile_name=profile)
    if invitation is not None:
        wanted = confirm.invitation(invitation, topic)
        click.echo(f"confirmed, signed: {confirm.confirm(session.client('sns', wanted.region), wanted)}")
    elif not listed:
        raise click.UsageError("give the address from the mail, or --status")
    else:
        _list(session, stack, region, form)


def _list(session: Any, stack: str, region: str | None, form: str) -> None:
    from guard.account import confirm
    from guard.settings import load_stack

    settings = load_stack(Path.cwd(), stack)
    place = region or settings.region
    if not place:
        raise ConfigError([Fault("aws:region", "is not set", "set it, or name --region")])
    account = session.client("sts", place).get_caller_identity()
    topics = _topics(settings, account["Arn"].split(":")[1], place, account["Account"])
    found = list(confirm.status(session.client("sns", place), topics))
    WRITERS[form](found)
    sys.exit(1 if any(one.state in UNSURE for one in found) else 0)


def _topics(settings: "Settings", partition: str, region: str, account: str) -> dict[str, list[str]]:
    """The ARN of each topic of the stack's, and whom it is to mail."""
    from guard.names import Where

    here, names = Where(partition, region, account), settings.names
    routes = {route: emails for route, emails in settings.recipients.items() if emails}
    routes["watchdog"] = settings.emails or next(iter(routes.values()), ())
    if not settings.topic:
        routes[""] = settings.emails
    return {here.arn("sns", names.topic(route)): [str(one) for one in emails] for route, emails in routes.items()}


def _text(found: "list[Recipient]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("State", "Address", "Topic", box=None, pad_edge=False)
    for one in found:
        style = "red" if one.state in UNSURE else "yellow" if one.state == "unsigned" else "green"
        table.add_row(Text(one.state, style=style), Text(one.address), Text(one.topic.rsplit(":", 1)[-1]))
    Console(width=None if sys.stdout.isatty() else WIDTH).print(table)


def _json(found: "list[Recipient]") -> None:
    click.echo(json.dumps([asdict(one) for one in found], indent=2))


WRITERS = {"text": _text, "json": _json}
