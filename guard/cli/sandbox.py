"""`guard sandbox`: deploy the stack into an AWS inside the process, play an incident, show what rang."""

import contextlib
import json
import logging
import signal
import threading
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guard.cli import options, tables
from guard.cli.options import STACK
from guard.errors import GuardError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from guard.sandbox.sandbox import Sandbox
    from guard.sandbox.story import AlarmSeen, Story
    from guard.sandbox.world import Mail

SILENCE = 6 * 60  # minutes; the heartbeat rings after heartbeatHours and the two that CloudWatch waits for more


class MissingExtraError(GuardError):
    """moto is not installed."""


@click.command()
@click.option("--stack", type=STACK, default="dev", show_default=True, help="The stack whose program is deployed.")
@click.option(
    "--events",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CloudTrail log file to play instead of the incident that ships; may be repeated.",
)
@click.option("--serve", "port", type=click.IntRange(0, 65535), help="Stay up on a port for `aws --endpoint-url`.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(stack: str, files: tuple[Path, ...], port: int | None, form: str) -> None:
    """Deploy the stack into an AWS inside the process, play an incident or a log file, and show what rang.

    \b
    guard sandbox
    guard sandbox --events log.json.gz
    guard sandbox --serve 5000
    """
    try:
        from guard.sandbox import events, server, story
        from guard.sandbox.sandbox import Sandbox
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"{error.name} is missing: pip install 'account-guard[sandbox]'") from None
    if port is not None:
        server.check(port)  # before minutes of a long log are played
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    played = [event for path in files for event in events.read(path)] if files else events.incident()
    with Sandbox() as aws:
        deployed = aws.deploy(Path.cwd(), stack)
        aws.confirm()
        reached = story.play(aws, played)
        if not files:
            _silence(aws)
        WRITERS[form](story.tell(aws, deployed, len(played), reached))
        if port is not None:
            _serve(aws, port)


def _silence(aws: "Sandbox") -> None:
    """The incident ends with the log stopped: so it is here, and hours pass."""
    for region in sorted(aws.world.regions):
        client = aws.client("cloudtrail", region)
        for trail in client.describe_trails(includeShadowTrails=False)["trailList"]:
            client.stop_logging(Name=trail["TrailARN"])
    aws.advance(SILENCE)


def _serve(aws: "Sandbox", port: int) -> None:
    from guard.sandbox import story

    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    with aws.served(port) as address:
        click.echo(
            f"\nThis AWS stays up at {address} until Ctrl-C:\n"
            f"  AWS_ACCESS_KEY_ID=sandbox AWS_SECRET_ACCESS_KEY=sandbox aws --endpoint-url {address} "
            "cloudwatch describe-alarms",
            err=True,
        )
        with contextlib.suppress(KeyboardInterrupt):
            told = set(aws.world.mails)
            while not over.wait(1):
                for line in story.news(aws, told):
                    click.echo(line, err=True)


def _json(told: "Story") -> None:
    click.echo(json.dumps(asdict(told), indent=2))


def _text(told: "Story") -> None:
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    from guard.rules.words import counted

    rang = [alarm for alarm in told.alarms if alarm.rang]
    names = _names(told.alarms)
    quiet = [names[alarm.name] for alarm in told.alarms if not alarm.rang]
    letter = next((mail for mail in told.mails if mail.subject.startswith("ALARM")), None)
    parts: list[RenderableType] = [
        Text(f"Deployed: {sum(told.resources.values())} resources", style="bold"),
        _resources(told),
        "",
        Text(f"Played: {counted(told.events, 'event')}; {told.reached:,} reached the log group", style="bold"),
        "",
        Text(f"Rang: {len(rang)} of {len(told.alarms)} alarms", style="bold"),
        _alarms(rang, names),
        Text(f"Quiet: {', '.join(quiet)}" if quiet else "", style="dim"),
        "",
        Text(f"Mails: {len(told.mails)}", style="bold"),
        _mails(told.mails),
        *[Text(f"Not delivered: {one.subject}: {one.reason}", style="yellow") for one in told.undelivered],
    ]
    if letter:
        parts += ["", Panel(Text(letter.text), title=Text(letter.subject), title_align="left")]
    options.console(highlight=True).print(Group(*parts))


def _resources(told: "Story") -> "RenderableType":
    from rich.columns import Columns

    return Columns([f"{count} {kind.rsplit(':', 1)[-1]}" for kind, count in told.resources.items()], padding=(0, 3))


def _alarms(rang: "list[AlarmSeen]", shown: dict[str, str]) -> "RenderableType":
    from rich.text import Text

    from guard.sandbox.story import who

    table = tables.plain("Alarm", "Rang", "By", "Who")
    for alarm in rang:
        names = Counter(str(event.get("eventName")) for event in alarm.hits)
        by = ", ".join(f"{name} ({count})" if count > 1 else name for name, count in names.most_common(4))
        people = ", ".join(sorted({who(event) for event in alarm.hits})[:3])
        table.add_row(Text(shown[alarm.name], style="red"), *map(Text, (f"{alarm.rang}x", by or "silence", people)))
    return table


def _names(alarms: "tuple[AlarmSeen, ...]") -> dict[str, str]:
    """What each alarm is called here: without the component's name where all share it."""
    shared = len({alarm.name.rpartition("/")[0] for alarm in alarms}) == 1
    return {alarm.name: alarm.name.rpartition("/")[2] if shared else alarm.name for alarm in alarms}


def _mails(mails: "tuple[Mail, ...]") -> "RenderableType":
    from rich.text import Text

    table = tables.plain("To", "Subject")
    for (to, subject), count in Counter((mail.to, mail.subject) for mail in mails).items():
        table.add_row(Text(to), Text(subject + (f"  ({count}x)" if count > 1 else "")))
    return table


WRITERS = {"text": _text, "json": _json}
