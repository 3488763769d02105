"""`guard policy`: the rights that each command and a deployment need, and the policy that keeps others out."""

import json
import re
from typing import TYPE_CHECKING, Any

import click

from guard.cli import live

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guard.grants.grant import Grant
    from guard.grants.place import Place

READ = "read in the provider's source, not run against an account: docs/policy.md"


@click.group()
def command() -> None:
    """IAM policies of least privilege: for a command, for deploying, and against everybody else.

    Nothing is asked of AWS. Names come from the stack; what AWS names (keys, the end of a bucket's and the role's
    name) is a pattern. Without --account the policies fit any account.
    """


def options(function: Any) -> Any:
    """Add --stack, --name, --region and --account."""
    account = click.option(
        "--account", default="", help="The account's number; default: the stack's allowed one, or any."
    )
    for option in (*reversed(live.OPTIONS[:3]), account):
        function = option(function)
    return function


def place(stack: str | None, name: str, region: str, account: str, keys: tuple[str, ...] = ()) -> "Place":
    """The stack, and where it is deployed; "*" for what is not known. Raises ConfigError."""
    from guard.errors import ConfigError, Fault
    from guard.grants.place import Place
    from guard.names import Where, partition
    from guard.rules.arns import check_region

    settings = live.settings(stack, name)
    number = account or (settings.accounts[0] if len(settings.accounts) == 1 else "*")
    if not re.fullmatch(r"[0-9]{12}|\*", number):
        raise ConfigError([Fault("--account", f"'{number}' is no account", "write its 12 digits")])
    where = region or settings.region or "*"
    if where != "*" and (faults := [*check_region("--region", where)]):
        raise ConfigError(faults)
    return Place(settings, Where(partition(where), where, number), keys)


def grants(name: str) -> "Iterable[Grant]":
    """What a command, a deployment or a preview calls."""
    from guard.grants import provider
    from guard.grants.commands import COMMANDS

    return COMMANDS[name] if name in COMMANDS else {"deploy": provider.deploy, "preview": provider.preview}[name]()


def add(name: str, told: str, note: str = "") -> None:
    """A command that prints the policy of `name`."""

    @command.command(name, help=told)
    @options
    def run(**where: Any) -> None:
        from guard.grants.grant import policy

        click.echo(json.dumps(policy(place(**where), grants(name)), indent=2))
        if note:
            click.echo(note, err=True)


for _name in ("verify", "drill", "confirm"):
    add(_name, f"What `guard {_name}` needs.")
add("deploy", "What `pulumi up` needs, by the provider's source.", READ)
add("preview", "What `pulumi preview` needs, by the same.", READ)


@command.command()
@options
@click.option(
    "--deploy-role",
    "exempt",
    multiple=True,
    required=True,
    help="The ARN, or a pattern of it, of who may all the same; several times.",
)
@click.option("--key", "keys", multiple=True, help="The ARN of a key of the guard's; several times.")
def scp(exempt: tuple[str, ...], keys: tuple[str, ...], **where: Any) -> None:
    """A service control policy: hands off the guard.

    \b
    guard policy scp --stack prod --deploy-role 'arn:aws:iam::*:role/guard-deploy'
    """
    from guard.grants.scp import LONGEST, refuse, scp

    refuse(exempt, keys)
    found = scp(place(**where, keys=keys), exempt)
    click.echo(json.dumps(found, indent=2))
    length = len(json.dumps(found, separators=(",", ":")))
    click.echo(f"{length} of {LONGEST} characters without blanks", err=True)
    if not keys:
        click.echo("the keys are not held: name them with --key", err=True)
