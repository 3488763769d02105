"""`guard explain`: one rule, one event: which clause matched, which did not."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from guard.cli import options
from guard.cli.options import STACK
from guard.errors import Fault, FaultsError, GuardError

if TYPE_CHECKING:
    from guard.pattern import Pattern
    from guard.pattern.explain import Explanation
    from guard.rules import Rule

SHOWN_IDS = 5
PLAIN_ID = re.compile(r"[A-Za-z0-9-]+")  # stands so in a log file, whatever writes it
WITH_STACK, ONLY_AWS = "--stack NAME fills in the stack's", "the config does not tell it"
MARKS = {True: "+", False: "-"}


class EventError(FaultsError):
    """A file in which the event to explain cannot be found."""


@click.command()
@click.argument("rule")
@click.argument("event", metavar="EVENT.json")
@click.option("--event-id", help="Which event of a log file: its eventID.")
@click.option("--pack", "packs", multiple=True, help="Look for the rule in this pack (a file or a shipped one's name).")
@click.option("--stack", type=STACK, help="Look for the rule in this stack, with its overrides and exclusions.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(rule: str, event: str, event_id: str | None, packs: tuple[str, ...], stack: str | None, form: str) -> None:
    """Which clause of RULE matches an event, and which does not, with the value that each saw.

    RULE is the id of a shipped rule (or of one in --pack or --stack), or a filter pattern. EVENT.json is a file
    with one event, `-` for stdin, or a whole log file with --event-id; also as `aws cloudtrail lookup-events`,
    `aws logs filter-log-events` or EventBridge give it.

    \b
    guard explain root-usage event.json
    guard explain '{ $.eventName = "ConsoleLogin" }' - < event.json
    guard explain root-usage log.json.gz --event-id 0f0f0f0f-...
    """
    title, patterns = _patterns(rule, packs, stack)
    chosen = _event(event, event_id)
    explained = [pattern.explain(chosen) for pattern in patterns]
    WRITERS[form](title, explained)


def _patterns(rule: str, packs: tuple[str, ...], stack: str | None) -> "tuple[str, list[Pattern]]":
    from guard.pattern import parse
    from guard.rules.words import meant

    if rule.lstrip().startswith("{"):
        return "pattern", [parse(rule)]
    found = {one.id: one for one in options.rules(packs, stack)}
    if rule not in found:
        own = "" if packs or stack else "; a rule of your own is found with --pack FILE or --stack NAME"
        fix = "a pattern stands in { }" if "$." in rule or " " in rule else meant(rule, sorted(found)) + own
        raise GuardError(f"no rule has the id '{rule}': {fix}")
    return rule, [parse(text) for text in _filled(found[rule], stack).patterns]


def _filled(rule: "Rule", stack: str | None) -> "Rule":
    """The rule with the stack's names for placeholders, or with samples, which is said."""
    from guard.rules import SAMPLE, fill, open_names
    from guard.settings import load_stack
    from guard.settings.known import known

    names = open_names(rule)
    values = known(load_stack(Path.cwd(), stack)) if names and stack is not None else {}
    if samples := sorted(names - values.keys()):
        click.echo(f"a sample stands for {', '.join(samples)}: {ONLY_AWS if stack else WITH_STACK}", err=True)
    return fill(rule, {**SAMPLE, **values})


def _event(name: str, event_id: str | None) -> Mapping[str, Any]:
    """The one event that is meant, numbers as they are written. Of a long file none but it is held."""
    from guard.history.reading import events

    number, first = 0, None
    ids: dict[str, None] = {}
    faults: list[Fault] = []
    needle = event_id.encode() if event_id and PLAIN_ID.fullmatch(event_id) else b""
    for _, one in events(name, faults, needle):
        if event_id is None or one.get("eventID") == event_id:
            number, first = number + 1, one if first is None else first
            if len(ids) < SHOWN_IDS and one.get("eventID"):
                ids[str(one["eventID"])] = None
    if number == 1 and first is not None and (event_id or not faults):
        return first
    raise EventError(faults[:1] or [Fault(name, *(_several(number, ids, event_id) if number else _none(event_id)))])


def _none(event_id: str | None) -> tuple[str, str]:
    """Where there is no event: what is wrong, and what to do."""
    if event_id is None:
        return "holds no event", "name a file with a CloudTrail event"
    return f"holds no event with the eventID {event_id}", "copy it from the record"


def _several(number: int, ids: Iterable[str], event_id: str | None) -> tuple[str, str]:
    """Of events of which one is to be chosen: what is wrong, and what to do."""
    alone = "name a file with one of them alone"
    if event_id is not None:
        return f"holds {number:,} events with the eventID {event_id}", alone
    if not ids:
        return f"holds {number:,} events, none with an eventID", alone
    return f"holds {number:,} events", f"name one with --event-id, such as {', '.join(ids)}"


def _write_text(title: str, explained: "list[Explanation]") -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    verdict = any(one.holds for one in explained)
    console.print(Text(f"{title}: {'matches' if verdict else 'does not match'}", style="bold"))
    for one in explained:
        for depth, line, holds in one.lines():
            console.print(Text(f"{'  ' * depth}{MARKS[holds]} {line}", style="green" if holds else "red"))


def _write_json(title: str, explained: "list[Explanation]") -> None:
    trees = [_tree(one) for one in explained]
    click.echo(json.dumps({"rule": title, "matches": any(one.holds for one in explained), "patterns": trees}, indent=2))


def _tree(one: "Explanation") -> dict[str, Any]:
    from guard.pattern.ast import And, Or
    from guard.pattern.explain import WORDS, shown
    from guard.pattern.text import condition

    if isinstance(one.node, And | Or):
        return {WORDS[type(one.node)]: [_tree(part) for part in one.operands], "holds": one.holds}
    return {"condition": condition(one.node), "holds": one.holds, "saw": [shown(value) for value in one.values]}


WRITERS = {"text": _write_text, "json": _write_json}
