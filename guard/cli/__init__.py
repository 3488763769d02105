"""`guard ...`: each command is a module of this room, loaded when it is called; errors end here."""

import importlib
import io
import sys

try:
    import click
except ModuleNotFoundError:
    sys.exit("The guard command needs more than the component: pip install 'account-guard[cli]'")

from guard.errors import GuardError

# command -> one line of help. The module guard.cli.<command> holds a click command named `command`.
COMMANDS = {
    "plan": "The stack's alarms, recipients, quotas and cost, before it is deployed.",
    "sandbox": "Deploy the stack into an AWS inside the process, and play an incident.",
    "verify": "The live account against the stack: findings.",
    "confirm": "Confirm an e-mail subscription so that only the owner can cancel it.",
    "drill": "Send a marked event down the wire, and wait for the alarm.",
    "policy": "Least-privilege policies for each command, for deploying, and the SCP.",
    "backtest": "Old logs: what would have rung, how often, who.",
    "explain": "One rule, one event: which clause matched, which did not.",
    "rules": "The rules and their controls; the coverage of a standard.",
    "check": "Lint packs and run their examples.",
    "fleet": "Many accounts: their stacks, plans and findings.",
}


class Commands(click.Group):
    """A group whose commands are imported when called; `--help` needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"guard.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The table as help."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="account-guard", prog_name="guard")
def cli() -> None:
    """Account Guard: alarms for an AWS account, and the tools that make its rules trustworthy."""


def main() -> None:
    """Run a command; a GuardError is one readable message and exit 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a log may hold half a character
            stream.reconfigure(errors="backslashreplace")
    try:
        cli(prog_name="guard")
    except GuardError as error:
        click.echo(f"guard: {error}", err=True)
        sys.exit(2)
