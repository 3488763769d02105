"""A back-test's outcome as one HTML file that needs nothing else: no network, no script."""

import html
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path

import yaml

from guard.history.count import Tally
from guard.history.event import Event
from guard.history.hits import MINUTE, Result
from guard.history.run import Outcome
from guard.history.suggest import Suggestion
from guard.rules.words import counted, printable

CSS = Path(__file__).parent / "report.css"
BARS = 120
HEIGHT = 60
SPARK = (40, 60)  # bars and height of the timelines in the list of rules
TOP = 5
UNSEEN = 40
COLUMNS = ("When", "Event", "Who", "From", "Where", "Error")


def page(outcome: Outcome, results: Sequence[Result], suggestions: Sequence[Suggestion]) -> str:
    """The file's text: sums, a section for each rule that matched, what no rule names, what could not be read.
    `results` in the order in which they are shown.
    """
    rang = [one for one in results if one.events]
    parts = (
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>Account Guard: back-test</title><style>{CSS.read_text(encoding='utf-8')}</style></head><body>",
        "<h1>What would have rung</h1>",
        *_sums(outcome, results),
        *_overview(rang),
        *_advice(suggestions),
        *(line for one in rang for line in _section(one)),
        *_quiet(outcome.quiet(results)),
        *_inexact(outcome.inexact),
        *_unseen(outcome.unseen),
        *_faults(outcome.tally),
        "</body></html>",
    )
    return "\n".join(parts)


def escape(text: str) -> str:
    """A text as the page can hold it."""
    return html.escape(printable(text))


def _sums(outcome: Outcome, results: Sequence[Result]) -> Iterator[str]:
    tally = outcome.tally
    mails, week = sum(one.mails for one in results), sum(one.mails_a_week for one in results)
    read = (
        (f"{tally.events:,}", "events read"),
        (f"{tally.duplicates:,}", "duplicates left out"),
        (f"{tally.unread:,}", "could not be read"),
    )
    numbers = ((f"{mails:,}", "mails"), (f"{week:,.1f}", "mails a week"), *(() if outcome.marks else read))
    yield '<ul class="sums">' + "".join(f"<li><b>{number}</b>{name}</li>" for number, name in numbers) + "</ul>"
    if results and (tally.events or outcome.marks):
        yield f'<p class="dim">From {_time(results[0].start)} to {_time(results[0].end)}, UTC.</p>'


def _overview(results: Sequence[Result]) -> Iterator[str]:
    if not results:
        yield "<p>No rule matched an event.</p>"
        return
    yield '<table class="rules">' + _tr("th", ("Rule", "When"), ("Events", "Mails", "A week"))
    most = max(one.mails_a_week for one in results) or 1
    for one in results:
        name = escape(one.rule.id)
        rule = f'<a href="#{name}">{name}</a><small>{_chip(one)} {escape(one.rule.title)}</small>'
        share = f'<i style="width:{one.mails_a_week / most:.0%}"></i>'
        numbers = (f"{one.events:,}", f"{one.mails:,}", f"{one.mails_a_week:,.1f}{share}")
        yield _tr("td", (rule, _timeline(one, *SPARK, marks=False)), numbers)
    yield "</table>"


def _chip(one: Result) -> str:
    return f'<span class="chip {one.rule.severity}">{one.rule.severity}</span>'


def _tr(tag: str, cells: Iterable[str], numbers: Iterable[str] = ()) -> str:
    row = [f"<{tag}>{cell}</{tag}>" for cell in cells]
    row += [f'<{tag} class="number">{cell}</{tag}>' for cell in numbers]
    return f"<tr>{''.join(row)}</tr>"


def _advice(suggestions: Sequence[Suggestion]) -> Iterator[str]:
    if suggestions:
        yield "<h1>To have fewer mails</h1><pre>config:\n  account-guard:overrides:"
        for one in suggestions:
            yield f"    # {one.mails:,} mails stay; {one.matches:,} events still count"
            text = yaml.safe_dump({one.rule: dict(one.override)}, sort_keys=False, width=1000)
            yield from (escape(f"    {line}") for line in text.splitlines())
        yield "</pre>"


def _section(one: Result) -> Iterator[str]:
    yield f'<section id="{escape(one.rule.id)}"><h2>{escape(one.rule.title)}</h2>'
    counts = f"{one.events:,} events, {one.mails:,} mails, {one.mails_a_week:,.1f} a week"
    yield f'<p class="dim">{_chip(one)} {escape(one.rule.id)}: {counts}</p>'
    yield _timeline(one, BARS, HEIGHT)
    yield f'<p class="dim span"><span>{_time(one.start)}</span><span>{_time(one.end)}</span></p><div class="tops">'
    for head, counter in (("Who", one.principals), ("From", one.sources), ("What", one.names)):
        if counter:
            yield _top(head, counter)
    yield "</div>"
    if not one.latest:
        yield "</section>"
        return
    more = f", the latest {len(one.latest):,}" if one.events > len(one.latest) else ""
    yield f"<details><summary>The events{more}</summary>"
    yield '<div class="wide"><table>' + _tr("th", COLUMNS)
    yield from map(_event, one.latest)
    yield "</table></div></details></section>"


def _event(one: Event) -> str:
    where = f"{one.region}, {one.account}"
    cells = (_time(one.at / MINUTE, seconds=True), one.name, one.principal, one.address, where, one.error)
    return _tr("td", map(escape, cells))


def _top(head: str, counter: Mapping[str, int]) -> str:
    rows = "".join(f"<li>{escape(name)} <b>{count:,}</b></li>" for name, count in islice(counter.items(), TOP))
    more = f'<li class="dim">and {len(counter) - TOP:,} more</li>' if len(counter) > TOP else ""
    return f"<div><b>{head}</b><ul>{rows}{more}</ul></div>"


def _timeline(one: Result, slots: int, height: int, *, marks: bool = True) -> str:
    """So many bars of events by time; below them a mark for each mail."""
    width = max(-(-(one.end - one.start) // slots), 1)
    bars = Counter({(minute - one.start) // width: 0 for minute in one.minutes})
    for minute, count in one.minutes.items():
        bars[(minute - one.start) // width] += count
    most = max(bars.values(), default=1)
    shapes = [_bar(place, many * height / most, height) for place, many in sorted(bars.items())]
    label = f"{most:,} events at most in {_length(width)}"
    if marks:
        rang = sorted({min((minute - one.start) // width, slots - 1) for minute in one.rang})
        shapes += [f'<rect class="mail" x="{place * 10}" y="{height + 6}" width="9" height="8"/>' for place in rang]
        label += "; marks below are mails"
    axis = f'<line class="axis" x1="0" x2="{slots * 10}" y1="{height + 2}" y2="{height + 2}"/>'
    box = f'viewBox="0 0 {slots * 10} {height + (16 if marks else 3)}" preserveAspectRatio="none"'
    return f'<svg {box} role="img" aria-label="{label}"><title>{label}</title>{axis}{"".join(shapes)}</svg>'


def _bar(place: int, height: float, most: int) -> str:
    tall = max(height, 2)
    return f'<rect class="bar" x="{place * 10}" y="{most - tall:.1f}" width="9" height="{tall:.1f}"/>'


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def _quiet(names: Iterable[str]) -> Iterator[str]:
    found = ", ".join(map(escape, names))
    if found:
        yield f"<h1>Matched nothing</h1><p>{found}</p>"


def _inexact(marks: Mapping[str, str]) -> Iterator[str]:
    if marks:
        yield "<h1>Not counted exactly by Athena</h1><ul>"
        yield from (f"<li>{escape(rule)}: {escape(mark)}</li>" for rule, mark in marks.items())
        yield "</ul>"


def _unseen(unseen: Counter[str]) -> Iterator[str]:
    if unseen:
        yield "<h1>Events that no rule names</h1>"
        named = ", ".join(f"{escape(name)} <b>{count:,}</b>" for name, count in unseen.most_common(UNSEEN))
        more = f", and {counted(len(unseen) - UNSEEN, 'name')} more" if len(unseen) > UNSEEN else ""
        yield f"<p>{named}{more}</p>"


def _faults(tally: Tally) -> Iterator[str]:
    if tally.faults:
        yield "<h1>What could not be read</h1><ul>"
        yield from (f"<li>{escape(str(fault))}</li>" for fault in tally.faults)
        yield "</ul>"


def _time(minute: float, *, seconds: bool = False) -> str:
    at = datetime.fromtimestamp(minute * MINUTE, timezone.utc)
    return f"{at:%Y-%m-%d %H:%M:%S}" if seconds else f"{at:%Y-%m-%d %H:%M}"
