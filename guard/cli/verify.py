"""`guard verify`: the live account against the stack: findings."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from guard.cli import live, options, verify_formats

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTH = 120
ELSEWHERE = "before you deploy, see whether they are the right ones (--profile, --region, --stack, --name)"


@click.command()
@live.options
@click.option("--before", is_flag=True, help="Nothing is deployed yet: quotas, free names, a second trail's cost.")
@click.option("--all", "every", is_flag=True, help="Each PASS in a line of its own.")
@click.option("--format", "form", type=click.Choice(list(verify_formats.FORMATS)), default="text", show_default=True)
def command(form: str, *, before: bool, every: bool, **place: Any) -> None:
    """Is the wire whole? Compare the live account with what the stack deploys; reads, and never writes.

    Looks at trail, bucket, keys, role, log group, filters, alarms, topics, recipients and quotas, and says of
    each finding what was seen, why it matters and what mends it. Exit 1 on a FAIL.

    \b
    guard verify --stack prod
    guard verify --stack prod --format junit > verify.xml
    guard verify --before --stack prod
    """
    from guard.account.verify import BEFORE, CHECKS, verify

    account = live.account(**place)
    checks = BEFORE if before else CHECKS
    with progress(len(checks)) as done:
        found = verify(account, checks, done)
    here = account.where
    title = f"{account.settings.component} in {here.account}, {here.region}, {account.now:%Y-%m-%d %H:%M} UTC"
    if form == "text":
        show(verify_formats.text(found, title, every=every))
    else:
        click.echo(verify_formats.FORMATS[form](found, title, every=every))
    counts = Counter(one.status for one in found)
    click.echo(", ".join(f"{counts[status]} {status}" for status in verify_formats.STYLES), err=True)
    if {one.seen for one in found if one.check == "alarms"} == {"is not there"}:
        name = account.settings.component
        click.echo(f"Not one alarm of {name} is in {here.account}, {here.region}: {ELSEWHERE}", err=True)
    sys.exit(1 if counts["FAIL"] else 0)


@contextmanager
def progress(total: int) -> "Iterator[Callable[[str], None]]":
    """What hears that a check is through: a line on the terminal, if there is one."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    done: list[str] = []
    with Console(stderr=True).status(f"Looking: 0 of {total} checks") as status:

        def told(name: str) -> None:
            done.append(name)
            status.update(f"Looking: {len(done)} of {total} checks, {name} last")

        yield told


def show(text: Any) -> None:
    """Print a rich text, in a terminal's width and colours."""
    console = options.console(width=WIDTH)
    with console.capture() as captured:
        console.print(text)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())  # a table pads its lines
