"""Where a finding about a stack stands: a key of its config becomes a line of `Pulumi.<stack>.yaml`."""

import re
from dataclasses import replace
from pathlib import Path

from guard.rules import yamlfile
from guard.rules.findings import Finding
from guard.rules.lint import Report
from guard.rules.model import Place
from guard.rules.values import Faults, Value


def placed(report: Report, file: Path) -> Report:
    """The report with the keys of its findings looked up in the config's file."""
    start = Place(file.name)
    document = yamlfile.read(file, file.name, Faults()) or Value(None, start)

    def find(finding: Finding) -> Finding:
        if finding.place.line:
            return finding
        return replace(finding, place=_place(f"config.{finding.place.file}", document, start))

    return replace(report, findings=tuple(sorted(map(find, report.findings))))


def _place(path: str, here: Value, place: Place) -> Place:
    """The place of a path such as `config.overrides.root-usage.exclude[0]`, or of as much of it as there is."""
    for step in re.findall(r"[^.\[\]]+", path):
        found = _inner(here, step)
        if found is None:
            break
        here, place = found
    return place


def _inner(value: Value, step: str) -> tuple[Value, Place] | None:
    """What a map or list holds at a key, which may bear the project's name, or at an index; and its place."""
    data = value.data
    if isinstance(data, list):
        item = data[int(step)] if step.isdigit() and int(step) < len(data) else None
        return item and (item, item.place)
    keys = [key for key in data if key.split(":")[-1] == step] if isinstance(data, dict) else []
    return (data[keys[0]], value.keys[keys[0]]) if keys else None
