"""`guard check`: lints packs and runs their examples."""

import os
import stat
import sys
from pathlib import Path

import click

from guard.cli.check_formats import FORMATS, summary
from guard.cli.check_places import placed
from guard.cli.options import STACK
from guard.errors import Fault, RuleError
from guard.rules.lint import Report, lint, lint_stack
from guard.rules.lint_names import DATA, INSIGHTS, UNTOLD
from guard.rules.sources import is_path, shipped
from guard.rules.template import template
from guard.rules.words import meant


@click.command(short_help="Lint packs and run their examples.")
@click.argument("packs", nargs=-1, metavar="[PACK|FILE]...")
@click.option("--stack", type=STACK, help="Check what a stack of the project here deploys instead.")
@click.option("--format", "format_name", type=click.Choice(sorted(FORMATS)), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Exit 1 on warnings too.")
@click.option("--new", metavar="ID", help="Print a template for a rule, to append to a pack, and exit.")
def command(packs: tuple[str, ...], stack: str | None, format_name: str, strict: bool, new: str | None) -> None:
    """Lint packs and run their examples: shipped ones by name (all by default), your own by path.

    Exits 1 where there are errors. docs/lint.md explains each finding.

    \b
    guard check                          every shipped pack
    guard check my-pack.yaml --strict    your own
    guard check --stack dev              the stack's rules, with its overrides and exclusions
    guard check --format sarif > out.sarif
    """
    if new is not None:
        click.echo(template(new))
        return
    if stack is not None and packs:
        raise click.UsageError("name packs, or a stack with --stack, not both")
    report = _stack(stack) if stack is not None else _packs(packs or shipped())
    text = FORMATS[format_name](report, strict=strict)
    if text:
        click.echo(text, color=False if "NO_COLOR" in os.environ else None)
    click.echo(summary(report), err=True)
    sys.exit(1 if report.errors or (strict and report.findings) else 0)


def _packs(names: tuple[str, ...]) -> Report:
    faults = [fault for name in names if (fault := _unopened(name))]
    if faults:
        raise RuleError(faults)
    return lint(names, Path.cwd())


def _unopened(name: str) -> Fault | None:
    """What is wrong with an argument that names no pack and no file that can be opened."""
    if not is_path(name) and name in shipped():
        return None
    if not name.strip():
        return Fault("PACK", "is blank", f"name a file, or one of {', '.join(shipped())}")
    try:
        mode = Path(name).stat().st_mode
    except (OSError, ValueError):
        return Fault(name, "there is no such pack or file", meant(name, shipped()))
    if stat.S_ISDIR(mode):
        return Fault(name, "is a folder", f"name its files, such as {name.rstrip('/')}/*.yaml")
    if not is_path(name):
        return Fault(name, "there is no such pack", "a file of yours ends in .yaml")
    return None if os.access(name, os.R_OK) else Fault(name, "cannot be read", "check its permissions")


def _stack(name: str) -> Report:
    from guard.settings import load_stack

    here = Path.cwd()
    settings = load_stack(here, name)
    switches = {DATA: settings.data_events, INSIGHTS: settings.insights, UNTOLD: bool(settings.trail)}
    report = lint_stack(settings.rules, here, frozenset(kind for kind, on in switches.items() if on))
    return placed(report, here / f"Pulumi.{name}.yaml")
