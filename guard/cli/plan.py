"""`guard plan`: what a stack would watch, use and cost, without credentials or the Pulumi CLI."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guard.cli import options
from guard.cli.options import STACK, events_per_month
from guard.errors import ConfigError, Fault

if TYPE_CHECKING:
    from guard.plan.changes import Change
    from guard.plan.model import Plan


@click.command()
@click.option("--stack", type=STACK, default="dev", show_default=True, help="The stack whose config is read.")
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@click.option(
    "--diff",
    "base",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An earlier plan's JSON: show what is added, changed and removed since.",
)
@events_per_month
@click.option("--show-addresses", is_flag=True, help="E-mail addresses in full in JSON and markdown too.")
def command(stack: str, form: str, base: Path | None, events: int, *, show_addresses: bool) -> None:
    """The stack's alarms, who is mailed, resources, quotas used and monthly cost, before it is deployed.

    \b
    guard plan --stack prod
    guard plan --format json > base.json
    guard plan --diff base.json --format markdown
    """
    from guard.plan import make, mask

    planned = make(Path.cwd(), stack, events)
    masked = not show_addresses and (form != "text" or planned.secret_addresses)
    found = _changes(base, planned, masked=masked) if base else None
    WRITERS[form](mask.shown(planned, masked=masked), found, masked=masked)


def _changes(path: Path, planned: "Plan", *, masked: bool) -> "tuple[Change, ...]":
    """What differs from an earlier plan; where only masked addresses are known of it, those are compared."""
    from guard.plan import changes, mask

    earlier, hidden = _earlier(path)
    found = changes.changes(earlier, mask.shown(planned, masked=hidden))
    return mask.changed(found) if masked else found


def _earlier(path: Path) -> "tuple[Plan, bool]":
    """The plan in a file, and whether its addresses are masked."""
    from guard.plan import document

    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        fix = "write it with: guard plan --format json"
        raise ConfigError([Fault(str(path), f"no JSON: {error}", fix)]) from None
    return document.read(found, str(path))


def _text(plan: "Plan", changes: "tuple[Change, ...] | None", *, masked: bool) -> None:  # noqa: ARG001
    from guard.plan import text

    console = options.console(highlight=True)
    console.print(text.write(plan, console.width) if changes is None else text.write_changes(plan, changes))


def _json(plan: "Plan", changes: "tuple[Change, ...] | None", *, masked: bool) -> None:
    from guard.plan import document

    written = document.write(plan, masked=masked)
    more = {} if changes is None else {"changes": [asdict(one) for one in changes]}
    click.echo(json.dumps({**written, **more}, indent=2))


def _markdown(plan: "Plan", changes: "tuple[Change, ...] | None", *, masked: bool) -> None:  # noqa: ARG001
    from guard.plan import markdown

    click.echo(markdown.write(plan) if changes is None else markdown.write_changes(plan, changes))


WRITERS = {"text": _text, "json": _json, "markdown": _markdown}
