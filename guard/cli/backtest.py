"""`guard backtest`: old logs: what would have rung, how often, who."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from guard.cli.options import STACK

if TYPE_CHECKING:
    from guard.history.count import Tally

NAMED = 5
FORMATS = ("text", "json", "csv", "markdown", "html")
ALONE = ("csv", "html")  # without a comparison


class Moment(click.ParamType):  # type: ignore[type-arg] # generic in newer clicks alone
    """A date, a time, or so many days ago (`30d`)."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """As a time in UTC."""
        days = re.fullmatch(r"(\d{1,5})d", str(value))
        if days:
            return datetime.now(timezone.utc) - timedelta(days=int(days[1]))
        try:
            found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        except ValueError:
            self.fail(f"'{value}' is no time: write 2026-11-01, 2026-11-01T12:00:00 or 30d", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


class Delivery(click.ParamType):  # type: ignore[type-arg]
    """Seconds, or `typical`."""

    name = "seconds|typical"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As a delay."""
        from guard.history.delay import fixed, typical

        if value == "typical":
            return typical
        if not re.fullmatch(r"\d{1,4}", str(value)) or int(value) > 3600:
            self.fail(f"'{value}' is no delay: write seconds up to 3600, or 'typical'", param, ctx)
        return fixed(int(value)) if int(value) else None


@click.command()
@click.argument("logs", nargs=-1)
@click.option("--stack", type=STACK, default="dev", show_default=True, help="The stack whose rules are run.")
@click.option("--pack", "packs", multiple=True, help="Run this shipped pack instead; may be given again.")
@click.option("--rules", "files", multiple=True, help="Run the rules of this YAML file instead; may be given again.")
@click.option("--all-packs", is_flag=True, help="Run every shipped pack instead.")
@click.option("--since", type=Moment(), help="From this time on: a date, a time, or 30d.")
@click.option("--until", type=Moment(), help="Up to this time.")
@click.option("--delay", type=Delivery(), default="0", help="CloudTrail's delivery: seconds, or 'typical'.")
@click.option(
    "--compare", "base", metavar="BASE", help="What changes since: a git ref, or another stack's config file."
)
@click.option("--jobs", type=click.IntRange(1, 64), help="Processes; as many as there are processors by default.")
@click.option("--athena", metavar="DB.TABLE", help="Ask Athena's table of the logs instead; it costs.")
@click.option("--workgroup", default="primary", show_default=True, help="Athena's workgroup.")
@click.option("--yes", is_flag=True, help="Ask Athena without asking back.")
@click.option("--print-sql", is_flag=True, help="Write the query that --athena would run.")
@click.option(
    "--print-ddl", is_flag=True, help="Write the definition of such a table, of logs below s3://BUCKET/AWSLogs."
)
@click.option("--table", metavar="DB.TABLE", default="cloudtrail_logs", show_default=True, help="The table of either.")
@click.option("--account", "accounts", multiple=True, help="An account of the table; may be given again.")
@click.option("--region", "regions", multiple=True, help="A region of the table; all of AWS's by default.")
@click.option("--strict", is_flag=True, help="Exit 1 where something could not be read, or nothing was there.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
def command(
    logs: tuple[str, ...],
    *,
    stack: str,
    packs: tuple[str, ...],
    files: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    delay: Callable[[bytes], float],
    base: str | None,
    jobs: int | None,
    form: str,
    all_packs: bool,
    strict: bool,
    athena: str | None,
    workgroup: str,
    yes: bool,
    print_sql: bool,
    print_ddl: bool,
    table: str,
    accounts: tuple[str, ...],
    regions: tuple[str, ...],
) -> None:
    """What the rules would have counted in old logs, how often they would have mailed, and who it was.

    LOGS are files or folders as S3 holds them, globs, `-`, or s3://bucket/prefix: `{"Records": [...]}` or one
    event a line, gzipped or not, and exports of CloudWatch Logs.

    \b
    guard backtest AWSLogs/ --since 30d
    guard backtest s3://my-log-bucket/AWSLogs/ --since 7d --format html > report.html
    guard backtest --pack cis trail.json.gz --compare origin/main
    guard backtest --athena audit.cloudtrail_logs --workgroup security --since 365d
    """
    from guard.cli import backtest_athena, backtest_formats
    from guard.history.crew import collect_rarely
    from guard.history.rules import Choice
    from guard.history.run import processors, run
    from guard.history.window import Window

    if since and until and since >= until:
        raise click.UsageError("no time is from --since to --until: put the earlier of them at --since")
    if all_packs and (packs or files):
        raise click.UsageError("name packs and files of rules, or --all-packs, not both")
    if base is not None and form in ALONE:
        raise click.UsageError(f"--format {form} shows no comparison: take text, markdown or json with --compare")
    window = Window(since, until)
    if print_ddl:
        backtest_athena.print_ddl(table, logs, accounts, regions, since)
        return
    collect_rarely()
    choice = Choice(stack, (*packs, *files), all_packs)
    rules = choice.rules(Path.cwd())
    if print_sql:
        backtest_athena.print_sql(rules, table, window)
        return
    if athena is not None:
        outcome = backtest_athena.ask(rules, athena, window, workgroup, yes=yes)
        backtest_formats.write(outcome, len(rules), form, compared=None)
        return
    if not logs:
        raise click.UsageError("Name LOGS: files, folders, globs, - or s3://bucket/prefix; or --athena DB.TABLE.")
    before = choice.base(Path.cwd(), base) if base is not None else []
    with _progress() as told:
        outcome = run([*rules, *before], logs, window, delay=delay, jobs=jobs or processors(), progress=told)
    backtest_formats.write(outcome, len(rules), form, compared=base)
    _tell(outcome.tally)
    sys.exit(1 if strict and (outcome.tally.unread or not outcome.tally.events) else 0)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal's stderr, with the rate and the time left. It starts when it is first told something: it
    has a thread, and other processes are started before.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    bar = Progress(*columns, console=console, transient=True, disable=console.no_color)
    task = bar.add_task("", total=None)

    def told(done: int, total: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=total or None)

    try:
        yield told
    finally:
        bar.stop()


def _tell(tally: "Tally") -> None:
    """What was read, on stderr; what could not be, by name."""
    from guard.rules.words import counted, printable

    click.echo(
        f"{counted(tally.files, 'file')}, {counted(tally.events, 'event')}, "
        f"{counted(tally.duplicates, 'duplicate')} left out, {tally.outside:,} outside the time, "
        f"{counted(tally.skipped, 'file')} skipped, {counted(tally.drills, 'drill')}, "
        f"{tally.unread:,} not readable",
        err=True,
    )
    for fault in tally.faults[:NAMED]:
        click.echo(f"  {printable(str(fault))}", err=True)
    if tally.unread > NAMED:
        click.echo(
            f"  and {tally.unread - NAMED:,} more: --format json names the first {len(tally.faults):,}", err=True
        )
    if not tally.events:
        outside = "the logs' times" if tally.outside or tally.skipped else "whether these are CloudTrail's logs"
        click.echo(f"No event was read, so nothing is said of the rules: look at {outside}", err=True)
