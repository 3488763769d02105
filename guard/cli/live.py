"""What the commands on a live account share: which stack is expected, and where it is."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from guard.cli.options import STACK
from guard.errors import ConfigError, Fault

if TYPE_CHECKING:
    from guard.account.account import Account
    from guard.settings import Settings

DEFAULT = "dev"
ELSEWHERE = "name who is mailed; or, of a guard in a program of your own, its component: --name (docs/verify.md)"
OPTIONS = (
    click.option(
        "--stack", type=STACK, show_default=f"{DEFAULT}; with --name none", help="The stack that is expected."
    ),
    click.option("--name", default="", help="An AccountGuard of this name in another program; see docs/verify.md."),
    click.option("--region", default="", help="Instead of the stack's region."),
    click.option("--profile", help="The AWS profile."),
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --stack, --name, --region and --profile."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def settings(stack: str | None, name: str) -> "Settings":
    """What is expected; what of it cannot be read is said. Raises ConfigError."""
    from guard.plan.config import Config, read
    from guard.settings.stack import PROJECT, component_of, settings_of

    root, chosen = Path.cwd(), stack or ("" if name else DEFAULT)
    config = read(root, chosen) if chosen else Config({})
    for note in config.notes:
        click.echo(f"guard: {note}", err=True)
    if not name and component_of(config.values, root) and f"{PROJECT}:emails" not in config.values:
        raise ConfigError([Fault(f"Pulumi.{chosen}.yaml", f"has no {PROJECT}:emails", ELSEWHERE)])
    return settings_of(config.values, chosen, root, name)


def account(stack: str | None, name: str, region: str, profile: str | None) -> "Account":
    """The live account, with the stack's settings. Raises ConfigError, AccountError."""
    from guard.account.connect import connect

    return connect(settings(stack, name), region, profile)
