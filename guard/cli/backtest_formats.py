"""A back-test's outcome as table, JSON, CSV, markdown or HTML."""

import csv
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import click
import msgspec

from guard.cli import options, tables
from guard.history.hits import DAY
from guard.rules.words import counted, printable

if TYPE_CHECKING:
    from guard.history.hits import Result
    from guard.history.run import Outcome
    from guard.history.suggest import Suggestion

TOP = 3
UNSEEN = 8
CLOCK = [f"T{minute // 60:02}:{minute % 60:02}:00+00:00" for minute in range(DAY)]
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Written:
    """What is written: the rules' results, busiest first, and with a comparison those of the base by rule id."""

    outcome: "Outcome"
    results: "Sequence[Result]"
    base: "Mapping[str, Result] | None"
    compared: str
    suggestions: "Sequence[Suggestion]"

    def rows(self) -> "Iterator[tuple[str, Result | None, Result | None]]":
        """Rule id, before, after: what differs in mails or events."""
        after, before = {one.rule.id: one for one in self.results}, self.base or {}
        for name in sorted({*after, *before}):
            old, new = before.get(name), after.get(name)
            if (old is None) != (new is None) or (old and new and (old.rang, old.events) != (new.rang, new.events)):
                yield name, old, new


def write(outcome: "Outcome", own: int, form: str, compared: str | None) -> None:
    """Write to stdout; the first `own` results are the rules' own, the rest those of the base."""
    from guard.history.suggest import suggestion

    busiest = sorted(outcome.results[:own], key=lambda one: (-one.mails, -one.events, one.rule.id))
    base = {one.rule.id: one for one in outcome.results[own:]} if compared is not None else None
    advice = [found for one in busiest if (found := suggestion(one))] if base is None else []
    WRITERS[form](Written(outcome, busiest, base, compared or "", advice))


def _row(written: Written, one: "Result") -> dict[str, Any]:
    marks = written.outcome.marks
    return {
        "rule": one.rule.id,
        "severity": one.rule.severity,
        "events": one.events,
        "mails": one.mails,
        "mails_a_week": round(one.mails_a_week, 2),
        "principals": len(one.principals),
        "first": one.first.isoformat() if one.first else None,
        "last": one.last.isoformat() if one.last else None,
        **({"counted": marks[one.rule.id]} if marks else {}),
    }


def _change(row: "tuple[str, Result | None, Result | None]") -> dict[str, Any]:
    name, old, new = row
    return {
        "rule": name,
        "before": old and {"events": old.events, "mails_a_week": round(old.mails_a_week, 2)},
        "after": new and {"events": new.events, "mails_a_week": round(new.mails_a_week, 2)},
    }


def _json(written: Written) -> None:
    tally = written.outcome.tally
    rules = [
        {
            **_row(written, one),
            "mails_at": [_time(minute) for minute in one.rang],
            "top": {"principals": one.principals, "sources": one.sources, "names": one.names},
        }
        for one in written.results
    ]
    counts = {name: getattr(tally, name) for name in ("files", "skipped", "events", "duplicates", "outside", "drills")}
    document = {
        **counts,
        "faults": [str(one) for one in tally.faults],
        "rules": rules,
        "unseen": dict(written.outcome.unseen.most_common()),
        "suggestions": [
            {"rule": one.rule, "override": one.override, "mails_left": one.mails, "matches_left": one.matches}
            for one in written.suggestions
        ],
    }
    if written.base is not None:
        document["compared"] = {"base": written.compared, "changes": [_change(row) for row in written.rows()]}
    try:
        click.echo(msgspec.json.format(json.dumps(document)))  # quicker than json with an indent
    except msgspec.DecodeError:  # a log may hold half a character
        click.echo(json.dumps(document, indent=2))


def _time(minute: int) -> str:
    """A minute as ISO 8601; there may be very many."""
    return _day(minute // DAY) + CLOCK[minute % DAY]


@lru_cache(maxsize=4096)
def _day(day: int) -> str:
    return str(date.fromordinal(EPOCH + day))


def _csv(written: Written) -> None:
    rows = [_row(written, one) for one in written.results]
    writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else ["rule"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _text(written: Written) -> None:
    from rich.table import Table
    from rich.text import Text

    console = options.console()
    table = Table(box=None, pad_edge=False)
    heads, rows = _rows(written)
    for head in heads:
        # The last column gives way where the terminal is narrow; each rule has one line.
        table.add_column(head, justify="left" if head in TEXTS else "right", no_wrap=head != WIDE)
    for row in rows:
        table.add_row(*(Text(cell, no_wrap=True, overflow="ellipsis") for cell in row))
    console.print(table if table.row_count else Text(_nothing(written)))
    if written.base is None:
        for line in _notes(written):
            console.print(Text(line, style="dim"))
    for line in _advice(written):
        console.print(Text(line))


WIDE = "Most by"
TEXTS = {"Rule", "Severity", WIDE}  # in the other columns numbers stand
HEADS = ("Rule", "Severity", "Events", "Mails", "A week", WIDE)
COMPARED = ("Rule", "Mails a week before", "after", "Events before", "after")


def _rows(written: Written) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The heads of the table, and its rows."""
    if written.base is not None:
        return COMPARED, [*_changed(written)]
    return HEADS, [*_counted(written)]


def _counted(written: Written) -> Iterator[tuple[str, ...]]:
    for one in (result for result in written.results if result.events):
        people = ", ".join(_people(dict(islice(one.principals.items(), TOP))))
        yield one.rule.id, one.rule.severity, f"{one.events:,}", f"{one.mails:,}", f"{one.mails_a_week:,.1f}", people


def _people(times: Mapping[str, int]) -> Iterator[str]:
    """Principals by the end of their ARNs; with their account where that alone does not tell them apart."""
    parts = {name: name.split(":", 5) for name in times}
    ends = Counter(several[-1] for several in parts.values())
    for name, (*arn, end) in parts.items():
        account = f" in {arn[4]}" if ends[end] > 1 and len(arn) == 5 else ""
        yield f"{printable(end + account)} ({times[name]:,})"


def _changed(written: Written) -> Iterator[tuple[str, ...]]:
    for name, old, new in written.rows():
        mails = tuple(f"{one.mails_a_week:,.1f}" if one else "-" for one in (old, new))
        yield name, *mails, *(f"{one.events:,}" if one else "-" for one in (old, new))


def _notes(written: Written) -> Iterator[str]:
    """What matched nothing, and what no rule names."""
    yield from _inexact(written)
    quiet = written.outcome.quiet(written.results)
    if quiet:
        yield f"Matched nothing: {', '.join(quiet)}"
    unseen = written.outcome.unseen
    if unseen:
        named = ", ".join(f"{printable(name)} ({count:,})" for name, count in unseen.most_common(UNSEEN))
        more = f", and {counted(len(unseen) - UNSEEN, 'name')} more" if len(unseen) > UNSEEN else ""
        yield f"No rule names: {named}{more}"


def _inexact(written: Written) -> Iterator[str]:
    yield from (f"Athena counts {rule} not exactly: {mark}" for rule, mark in written.outcome.inexact.items())


def _advice(written: Written) -> Iterator[str]:
    """The suggestions as the YAML to paste into the stack's config."""
    if not written.suggestions:
        return
    import yaml

    by_rule = {one.rule.id: one for one in written.results}
    yield "\nTo have fewer mails, for the stack's config:\n\nconfig:\n  account-guard:overrides:"
    for one in written.suggestions:
        mails = by_rule[one.rule].mails
        yield f"    # {mails:,} mails become {one.mails:,}; {counted(one.matches, 'event')} still count"
        text = yaml.safe_dump({one.rule: dict(one.override)}, sort_keys=False, width=1000)
        yield "".join(f"    {line}\n" for line in text.splitlines()).rstrip()


def _nothing(written: Written) -> str:
    """What stands in place of an empty table."""
    if not written.outcome.tally.events and not written.outcome.marks:
        return "No event was read."
    return "No rule matched an event." if written.base is None else "No rule's mails or events change."


def _markdown(written: Written) -> None:
    heads, rows = _rows(written)
    align = ["---" if head in TEXTS else "---:" for head in heads]
    click.echo(tables.markdown(heads, rows, align) if rows else _nothing(written))
    for line in _inexact(written):
        click.echo(f"\n{line}")


def _html(written: Written) -> None:
    from guard.history.html import page

    click.echo(page(written.outcome, written.results, written.suggestions))


WRITERS: Mapping[str, Callable[[Written], None]] = {
    "text": _text,
    "json": _json,
    "csv": _csv,
    "markdown": _markdown,
    "html": _html,
}
