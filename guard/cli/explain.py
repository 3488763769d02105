"""`guard explain`: one rule, one event: which clause matched, which did not."""

import gzip
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from guard.cli.options import STACK
from guard.errors import Fault, FaultsError, GuardError

if TYPE_CHECKING:
    from guard.pattern import Pattern
    from guard.pattern.explain import Explanation
    from guard.rules import Rule

GZIP = b"\x1f\x8b"
SHOWN_IDS = 5
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
    if stack is not None and packs:
        raise click.UsageError("name packs with --pack, or a stack with --stack, not both")
    title, patterns = _patterns(rule, packs, stack)
    chosen = _event(event, event_id)
    explained = [pattern.explain(chosen) for pattern in patterns]
    WRITERS[form](title, explained)


def _patterns(rule: str, packs: tuple[str, ...], stack: str | None) -> "tuple[str, list[Pattern]]":
    from guard.pattern import parse
    from guard.rules import SAMPLE, fill
    from guard.rules.values import meant

    if rule.lstrip().startswith("{"):
        return "pattern", [parse(rule)]
    found = _rules(packs, stack)
    if rule not in found:
        own = "" if packs or stack else "; a rule of your own is found with --pack FILE or --stack NAME"
        fix = "a pattern stands in { }" if "$." in rule or " " in rule else meant(rule, sorted(found)) + own
        raise GuardError(f"no rule has the id '{rule}': {fix}")
    return rule, [parse(text) for text in fill(found[rule], SAMPLE).patterns]


def _rules(packs: tuple[str, ...], stack: str | None) -> "dict[str, Rule]":
    from guard.rules import load, shipped
    from guard.settings import load_stack

    if stack is not None:
        return {rule.id: rule for rule in load_stack(Path.cwd(), stack).rules.rules}
    return {rule.id: rule for name in packs or shipped() for rule in load([name]).rules}


def _event(name: str, event_id: str | None) -> Mapping[str, Any]:
    """The one event that is meant, numbers as they are written."""
    events = list(_events(_text(name), name))
    if event_id is not None:
        events = [one for one in events if one.get("eventID") == event_id]
    if len(events) == 1:
        return events[0]
    if not events and event_id is None:
        raise EventError([Fault(name, "holds no event", "name a file with a CloudTrail event")])
    if not events:
        raise EventError([Fault(name, f"holds no event with the eventID {event_id}", "copy it from the record")])
    raise EventError([Fault(name, *_several(events, event_id))])


def _several(events: list[Mapping[str, Any]], event_id: str | None) -> tuple[str, str]:
    """Of events of which one is to be chosen: what is wrong, and what to do."""
    alone = "name a file with one of them alone"
    if event_id is not None:
        return f"holds {len(events):,} events with the eventID {event_id}", alone
    ids = dict.fromkeys(str(one["eventID"]) for one in events if one.get("eventID"))
    if not ids:
        return f"holds {len(events):,} events, none with an eventID", alone
    return f"holds {len(events):,} events", f"name one with --event-id, such as {', '.join([*ids][:SHOWN_IDS])}"


def _text(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return (gzip.decompress(data) if data.startswith(GZIP) else data).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise EventError([Fault(name, f"cannot be read: {error}", "name a JSON file")]) from None


def _events(text: str, name: str) -> Iterator[Mapping[str, Any]]:
    """Of a text in any wrapping that the back-test reads. Raises EventError."""
    from guard.history.records import each, lines

    for place, found in each(lines(name, text.encode(), 1)):
        if isinstance(found, str):
            raise EventError([Fault(place, "is no JSON object", "write one event, or one a line")])
        yield found


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
