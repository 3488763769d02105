"""The forms in which `guard check` shows a report: text, json, sarif, github, junit."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import click

from guard.cli.verify_formats import printable
from guard.rules.findings import CODES, Finding
from guard.rules.lint import Report
from guard.rules.words import counted

# GitHub shows ten annotations of a kind a step and hides the others.
# https://github.com/orgs/community/discussions/26680
ANNOTATIONS = 10
COLOURS = {"error": "red", "warning": "yellow"}
# The pages on the facts that a kind of finding rests on; docs/lint.md, which each finding names, says what to do.
_LOGS, _TRAIL = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/",
    "https://docs.aws.amazon.com/awscloudtrail/",
)
PAGES = {
    "G0": f"{_LOGS}FilterAndPatternSyntax.html",
    "G1": f"{_LOGS}FilterAndPatternSyntax.html",
    "G2": f"{_TRAIL}latest/userguide/cloudtrail-event-reference-record-contents.html",
    "G3": f"{_LOGS}cloudwatch_limits_cwl.html",
    "G4": "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    "G5": f"{_LOGS}FilterAndPatternSyntax.html",
}


def summary(report: Report) -> str:
    """One line: what was looked at, what was found."""
    levels = Counter(finding.level for finding in report.findings)
    found = ", ".join(counted(levels[level], level) for level in ("error", "warning"))
    return f"{counted(len(report.rules), 'rule')}, {counted(report.examples, 'example')}: {found}"


def _said(finding: Finding) -> str:
    rule = f"rule '{finding.rule}': " if finding.rule else ""
    return f"{rule}{finding.message}: {finding.fix}" if finding.fix else f"{rule}{finding.message}"


def text(report: Report, *, strict: bool) -> str:  # noqa: ARG001 - all formats are called alike
    """Two lines a finding: where, how bad and what; below it what to do, and where that is explained."""
    return "\n".join(line for finding in report.findings for line in _lines(finding))


def _lines(finding: Finding) -> tuple[str, str]:
    level = click.style(f"{finding.level} {finding.code}", fg=COLOURS[finding.level], bold=True)
    rule = f"rule '{finding.rule}': " if finding.rule else ""
    fix = f"{finding.fix} ({finding.anchor})" if finding.fix else finding.anchor
    return f"{finding.place}: {level}: {rule}{finding.message}", f"    {fix}"


def as_json(report: Report, *, strict: bool) -> str:  # noqa: ARG001
    """An object with counts and findings."""
    findings = [
        {
            "code": finding.code,
            "severity": finding.level,
            "file": finding.place.file,
            "line": finding.place.line,
            "column": finding.place.column,
            "rule": finding.rule,
            "message": finding.message,
            "fix": finding.fix,
            "docs": finding.anchor,
        }
        for finding in report.findings
    ]
    counts = {"rules": len(report.rules), "examples": report.examples, "errors": report.errors}
    return json.dumps({**counts, "findings": findings}, indent=2, ensure_ascii=False)


def sarif(report: Report, *, strict: bool) -> str:  # noqa: ARG001
    """SARIF 2.1.0, for code scanning: paths are relative, fingerprints stay the same while lines move."""
    codes = list(CODES)
    rules = [
        {
            "id": code,
            "name": code,
            "shortDescription": {"text": CODES[code].title},
            "help": {"text": f"{CODES[code].title}: docs/lint.md#{code.lower()} says what to do."},
            "helpUri": PAGES[code[:2]],
            "defaultConfiguration": {"level": CODES[code].level},
        }
        for code in codes
    ]
    marks = _fingerprints(report.findings)
    results = [
        {
            "ruleId": finding.code,
            "ruleIndex": codes.index(finding.code),
            "level": finding.level,
            "message": {"text": _said(finding)},
            "locations": [{"physicalLocation": _location(finding)}],
            "partialFingerprints": {"primaryLocationLineHash": mark},
        }
        for finding, mark in zip(report.findings, marks, strict=True)
    ]
    driver = {"name": "guard check", "version": _version(), "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2)


def _version() -> str:
    try:
        return version("account-guard")
    except PackageNotFoundError:
        return "0"


def _location(finding: Finding) -> dict[str, Any]:
    place = finding.place
    region = {"startLine": place.line, "startColumn": place.column}
    return {"artifactLocation": {"uri": quote(_relative(place.file))}, "region": region}


def _relative(file: str) -> str:
    """The path from here, with slashes: what annotations and code scanning look files up by."""
    path = Path(file)
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def _fingerprints(findings: Iterable[Finding]) -> list[str]:
    """One a finding: of code, file, rule and message without its numbers; the nth alike gets `:n`."""
    seen: Counter[str] = Counter()
    marks = []
    for finding in findings:
        plain = re.sub(r"\d+", "#", finding.message)
        raw = "\n".join((finding.code, _relative(finding.place.file), finding.rule, plain))
        digest = hashlib.sha256(raw.encode()).hexdigest()[:16]
        seen[digest] += 1
        marks.append(f"{digest}:{seen[digest]}")
    return marks


def github(report: Report, *, strict: bool) -> str:  # noqa: ARG001
    """Workflow commands: ten of each kind, and a notice of how many more there are."""
    lines = []
    for level in ("error", "warning"):
        found = [finding for finding in report.findings if finding.level == level]
        lines += [_annotation(finding) for finding in found[:ANNOTATIONS]]
        if len(found) > ANNOTATIONS:
            more = counted(len(found) - ANNOTATIONS, f"more {level}")
            lines.append(f"::notice::{more}: use --format sarif, or --format text, to see all")
    return "\n".join(lines)


def _annotation(finding: Finding) -> str:
    place = finding.place
    where = {"file": _relative(place.file), "line": place.line, "col": place.column}
    title = f"{finding.code} {CODES[finding.code].title}"
    keys = ",".join(f"{key}={_property(str(value))}" for key, value in {**where, "title": title}.items())
    return f"::{finding.level} {keys}::{_data(f'{_said(finding)} ({finding.anchor})')}"


def _data(message: str) -> str:
    return message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def junit(report: Report, *, strict: bool) -> str:
    """JUnit XML: a case a rule; findings are failures, warnings only where strict."""
    by_rule = {name: list(found) for name, found in groupby(_by_rule(report), key=lambda item: item.rule)}
    suite = ET.Element("testsuite", name="guard check")
    cases = {**dict.fromkeys(by_rule, "packs"), **{rule.id: rule.pack for rule in report.rules}}
    failures = 0
    for name, pack in sorted(cases.items()):
        case = ET.SubElement(suite, "testcase", classname=pack, name=name or "read")
        failures += sum(_outcome(case, finding, strict=strict) for finding in by_rule.get(name, ()))
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(failures))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _by_rule(report: Report) -> list[Finding]:
    return sorted(report.findings, key=lambda finding: (finding.rule, finding))


def _outcome(case: ET.Element, finding: Finding, *, strict: bool) -> bool:
    failed = strict or finding.level == "error"
    said = printable(f"{finding.place}: {_said(finding)}")
    if failed:
        ET.SubElement(case, "failure", type=finding.code, message=said).text = finding.anchor
    else:
        ET.SubElement(case, "system-out").text = f"{finding.level} {finding.code}: {said}"
    return failed


FORMATS: Mapping[str, Callable[..., str]] = {
    "text": text,
    "json": as_json,
    "sarif": sarif,
    "github": github,
    "junit": junit,
}
