"""The forms in which `guard verify` shows its findings: text, json, junit, markdown."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from guard.cli import tables

if TYPE_CHECKING:
    from guard.account.findings import Finding, Status

STYLES: "Mapping[Status, str]" = {"FAIL": "bold red", "WARN": "yellow", "PASS": "green"}
ADDRESS = re.compile(r"([\w.+-])[\w.+-]*@(?=[\w-]+\.)")
SHOWN = 4  # subjects of a group of equal findings


def text(found: "Sequence[Finding]", title: str, *, every: bool) -> Any:
    """What is wrong first, findings that say the same in one; then what passed, counted by check."""
    from rich.console import Group
    from rich.text import Text

    mark, passed = ("PASS ", STYLES["PASS"]), [one for one in found if one.status == "PASS"]
    counts = Counter(one.check for one in passed)
    if every:
        lines = [Text.assemble(mark, f"{one.check}: {one.subject}: {one.seen}") for one in passed]
    else:
        lines = [Text.assemble(mark, ", ".join(f"{check} {count}" for check, count in counts.items()))]
    wrong = [part for group in groups(found, "FAIL", "WARN") for part in trouble(group)]
    return Group(Text(title, "bold"), Text(), *wrong, *lines)


def trouble(group: "Sequence[Finding]") -> Iterator[Any]:
    """Findings that say the same: of what, what was seen, why it matters, what mends it."""
    from rich.table import Table
    from rich.text import Text

    first, several = group[0], len({one.subject for one in group}) > 1
    of = f"{len(group)} of them" if several else first.subject
    yield Text.assemble((first.status, STYLES[first.status]), (f" {checks(group)}: {of}", "bold"))
    table = Table.grid(padding=(0, 1))
    rows = {"seen": first.seen, "of": subjects(group) if several else "", "why": first.why, "do": general(group)}
    for label, said in rows.items():
        if said:
            table.add_row(Text(f"  {label:<4}", "dim"), Text(said))
    yield table
    yield Text()


def groups(found: "Sequence[Finding]", *statuses: str) -> "Iterator[list[Finding]]":
    """Findings of these statuses, in their order, those together that say the same."""
    for status in statuses:
        alike: dict[tuple[str, ...], list[Finding]] = {}
        for one in found:
            if one.status == status:
                alike.setdefault((one.seen, one.why, one.fix.replace(one.subject, "NAME")), []).append(one)
        yield from alike.values()


def general(group: "Sequence[Finding]") -> str:
    """What mends them; of several, with NAME for each one's."""
    first = group[0]
    return first.fix if len(group) == 1 else first.fix.replace(first.subject, "NAME")


def checks(group: "Sequence[Finding]") -> str:
    """The names of the checks."""
    return ", ".join(dict.fromkeys(one.check for one in group))


def subjects(group: "Sequence[Finding]") -> str:
    """The subjects of a group, the first few by name."""
    names = list(dict.fromkeys(one.subject for one in group))
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def as_json(found: "Sequence[Finding]", title: str, *, every: bool) -> str:  # noqa: ARG001 - all are called alike
    """A list of findings."""
    return json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False)


def markdown(found: "Sequence[Finding]", title: str, *, every: bool) -> str:
    """A table of what is wrong, and a line of what passed; with `every`, each PASS in the table."""
    shown = [group for status in STYLES if status != "PASS" or every for group in groups(found, status)]
    rows = [(one[0].status, checks(one), subjects(one), one[0].seen, one[0].why, general(one)) for one in shown]
    table = tables.markdown(("", "Check", "Of", "Seen", "Why", "Do"), rows, written=cell)
    counts: Counter[str] = Counter(one.status for one in found)
    summary = ", ".join(f"{counts[status]} {status}" for status in STYLES)
    return f"### {title}\n\n{summary}\n" + (f"\n{table}\n" if shown else "")


def cell(said: str) -> str:
    """A text in a table that may be public, as a job's summary is: no HTML, addresses as `a***@example.com`."""
    masked = ADDRESS.sub(r"\1***@", escape(said, quote=False))
    return tables.cell(masked).replace("\n", "<br>")


def junit(found: "Sequence[Finding]", title: str, *, every: bool) -> str:  # noqa: ARG001
    """JUnit XML: a suite a check, a case a finding; a FAIL is a failure, a WARN is told in the output."""
    root = ET.Element("testsuites", name=title)
    for check, group in groupby(found, key=lambda one: one.check):
        cases = list(group)
        failures = sum(one.status == "FAIL" for one in cases)
        suite = ET.SubElement(root, "testsuite", name=check, tests=str(len(cases)), failures=str(failures))
        for one in cases:
            case = ET.SubElement(suite, "testcase", classname=f"verify.{check}", name=printable(one.subject))
            said = printable("\n".join(part for part in (one.seen, one.why, one.fix) if part))
            if one.status == "FAIL":
                ET.SubElement(case, "failure", message=printable(one.seen)).text = said
            else:
                ET.SubElement(case, "system-out").text = f"{one.status}: {said}"
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def printable(said: str) -> str:
    """A text without what XML cannot hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd]", "?", said)


FORMATS: Mapping[str, Callable[..., Any]] = {"text": text, "json": as_json, "junit": junit, "markdown": markdown}
