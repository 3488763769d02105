"""`guard fleet`: many accounts, one stack each: their configs and CI matrix, their plans, their findings."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from guard.cli.fleet_formats import MATRIX, PLANS, VERIFIED
from guard.cli.options import events_per_month

if TYPE_CHECKING:
    from guard.fleet.stacks import Fleet

Command = TypeVar("Command", bound=Callable[..., Any])
RESULT = click.Choice(["text", "json", "markdown"])
THREADS = 8
LEFT = "destroy what is deployed, then remove the file"


def shared(command: Command) -> Command:
    """The options that say which accounts."""
    accounts = click.option(
        "--accounts",
        type=click.Path(dir_okay=False, path_type=Path),
        default="accounts.yaml",
        show_default=True,
        help="A YAML list: account, region, and where wanted role, stack, wave, config.",
    )
    base = click.option("--base", default="", metavar="STACK", help="The stack whose config all share.")
    return accounts(base(command))


def role_name(_: click.Context, __: click.Parameter, value: str) -> str:
    """A role's name, which every account has; an ARN would be one account's."""
    if value and not re.fullmatch(r"[\w+=,.@/-]+", value):
        raise click.BadParameter(f"'{value}' is no role's name; the account's ARN is put before it")
    return value


ROLE = click.option(
    "--role",
    default="",
    metavar="NAME",
    callback=role_name,
    help="A role of each account, in place of the list's.",
)


@click.group()
def command() -> None:
    """Many accounts, one stack each: what CI deploys, what it would watch and cost, whether it is whole."""


@command.command(short_help="Check the list; the stacks' config, CI's matrix.")
@shared
@ROLE
@click.option("--write", is_flag=True, help="Write each stack's Pulumi.<stack>.yaml here.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "yaml", "github"]), default="text", show_default=True
)
def matrix(accounts: Path, base: str, role: str, form: str, *, write: bool) -> None:
    """Check the list, and print its stacks' config (json, yaml) or the matrix that deploys them (json, github).

    Each stack is bound to its account by `aws:allowedAccountIds`. The matrix for GitHub Actions is one of
    batches, wave by wave, each with a matrix of at most 256 stacks.

    \b
    guard fleet matrix --base prod
    guard fleet matrix --base prod --write
    echo "batches=$(guard fleet matrix --base prod --format github)" >> "$GITHUB_OUTPUT"
    """
    from guard.errors import ConfigError
    from guard.fleet import files, stacks
    from guard.rules.words import counted, shortened

    fleet = _fleet(accounts, base)
    if fleet.broken:
        raise ConfigError(stacks.faults(fleet))
    if write:
        paths = files.write(fleet, Path.cwd())
        click.echo(f"{counted(len(paths), 'file')} written, {paths[0].name} the first", err=True)
        if left := files.left(fleet, Path.cwd()):
            click.echo(f"of stacks that the list has no more: {shortened(left)}: {LEFT}", err=True)
    if form != "text" or not write:
        MATRIX[form](fleet, role)


@command.command(short_help="Plan every account's stack, without credentials.")
@shared
@click.option("--jobs", type=click.IntRange(1, 64), help="Plans at once.  [default: one a core]")
@events_per_month
@click.option("--format", "form", type=RESULT, default="text", show_default=True)
def plan(accounts: Path, base: str, jobs: int | None, events: int, form: str) -> None:
    """Plan every account's stack: alarms, resources, recipients, cost. Needs no credentials.

    Exits 1 where a stack cannot be planned, or would exceed a quota of AWS.

    \b
    guard fleet plan --base prod
    """
    from guard.fleet.plans import plans

    fleet = _fleet(accounts, base)
    with _progress("planned", len(fleet.stacks)) as tick:
        found = plans(fleet, Path.cwd(), events, jobs or os.cpu_count() or 1, tick)
    PLANS[form](found)
    failed = sum(one.result is None or bool(one.result.over) for one in found)
    _end(len(found), failed)


@command.command(short_help="Compare every live account with its stack.")
@shared
@click.option("--jobs", type=click.IntRange(1, 64), default=THREADS, show_default=True, help="Accounts at once.")
@ROLE
@click.option("--profile", help="The AWS profile that may assume the roles.")
@click.option("--format", "form", type=RESULT, default="text", show_default=True)
def verify(accounts: Path, base: str, jobs: int, role: str, profile: str | None, form: str) -> None:
    """Compare every live account with its stack; reads, and never writes.

    Exits 1 where a check fails, or an account cannot be looked at.

    \b
    guard fleet verify --base prod --role guard-verify
    """
    from guard.fleet.verified import verified

    fleet = _fleet(accounts, base)
    with _progress("verified", len(fleet.stacks)) as tick:
        found = verified(fleet, profile, role, jobs, tick)
    VERIFIED[form](found)
    failed = sum(one.result is None or any(each.status == "FAIL" for each in one.result) for one in found)
    _end(len(found), failed)


def _fleet(accounts: Path, base: str) -> "Fleet":
    from guard.fleet import accounts as listed
    from guard.fleet import stacks

    root = Path.cwd()
    found = stacks.read_base(root, base)
    for note in found.config.notes:
        click.echo(f"warning: {note}", err=True)
    return stacks.make(listed.read(accounts), found, root)


def _end(count: int, failed: int) -> None:
    """Say how many failed; exit 1 where any did."""
    from guard.rules.words import counted

    click.echo(f"{counted(count, 'account')}: {count - failed} fine, {failed} failed", err=True)
    sys.exit(1 if failed else 0)


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[int], object]]:
    """A bar on stderr where that is a terminal; what it gives is told of how many more are done."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)
        yield lambda more: progress.advance(task, more)
