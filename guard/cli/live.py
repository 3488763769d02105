"""What the commands on a live account share: which stack is expected, and where it is."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from guard.account.account import Account

OPTIONS = (
    click.option("--stack", default="dev", show_default=True, help="The stack that is expected."),
    click.option("--region", default="", help="Instead of the stack's region."),
    click.option("--profile", help="The AWS profile."),
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --stack, --region and --profile."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def account(stack: str, region: str, profile: str | None) -> "Account":
    """The live account, with the stack's settings. Raises ConfigError, AccountError."""
    from guard.account.connect import connect
    from guard.settings import load_stack

    return connect(load_stack(Path.cwd(), stack), region, profile)
