"""`guard check`: lints packs and runs their examples."""

import sys
from pathlib import Path

import click

from guard.cli.check_formats import FORMATS, summary
from guard.errors import Fault, RuleError
from guard.rules.lint import Report, lint, lint_stack
from guard.rules.sources import is_path, shipped
from guard.rules.template import template
from guard.rules.values import meant


@click.command(short_help="Lint packs and run their examples.")
@click.argument("packs", nargs=-1, metavar="[PACK|FILE]...")
@click.option("--stack", metavar="NAME", help="Check what a stack of the project here deploys instead.")
@click.option("--format", "format_name", type=click.Choice(sorted(FORMATS)), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Exit 1 on warnings too.")
@click.option("--new", metavar="ID", help="Print a template for a rule, to append to a pack, and exit.")
def command(packs: tuple[str, ...], stack: str | None, format_name: str, strict: bool, new: str | None) -> None:
    r"""Lint packs and run their examples: shipped ones by name (all by default), your own by path.

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
    report = _stack(stack) if stack else _packs(packs or shipped())
    text = FORMATS[format_name](report, strict=strict)
    if text:
        click.echo(text)
    click.echo(summary(report), err=True)
    sys.exit(1 if report.errors or (strict and report.findings) else 0)


def _packs(names: tuple[str, ...]) -> Report:
    missing = [name for name in names if not (Path(name).exists() if is_path(name) else name in shipped())]
    if missing:
        raise RuleError(Fault(name, "there is no such pack or file", meant(name, shipped())) for name in missing)
    return lint(names, Path.cwd())


def _stack(name: str) -> Report:
    from guard.settings import load_stack

    settings = load_stack(Path.cwd(), name)
    switches = {
        "data events": settings.data_events,
        "Insights events": settings.insights,
    }
    return lint_stack(settings.rules, frozenset(kind for kind, on in switches.items() if on))
