"""No file makes `guard check` fail in another way than with findings."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guard.cli.check_formats import FORMATS
from guard.rules import yamlfile
from guard.rules.lint import Report, lint

QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
PACK = """\
# a pack with a bit of everything
title: Ünï 😀
defaults: {severity: low, accept: {G204: meant}}
rules:
  - id: one
    title: "100%, <really> & ]]>"
    description: 'It''s so.'
    first_step: |
      Look.
    pattern: >-
      { ($.eventSource = "ec2.amazonaws.com") &&
      (($.eventName = "CreateVpc") || ($.eventName = Delete*)) &&
      ($.userAgent != %bot[0-9]+%) && ($.requestParameters.x[*] >= 1.5e3) }
    more_patterns: ['{ $.readOnly IS TRUE && $.a.b NOT EXISTS }']
    controls: {cis-5.0: ["4.3"]}
    attack: [T1078.004]
    alarm: {period: 300, threshold: 2, evaluation_periods: 3, datapoints_to_alarm: 1}
    covers: [two, vpc-changes]
    exclude:
      - {principal: "arn:aws:iam::*:role/x", source_ip: 10.*}
      - {$.requestParameters.y: a*z}
    examples: &examples
      match: [{eventName: CreateVpc, requestParameters: {x: [1, null, {}]}}]
      no_match: [{}]
  - id: two
    title: Two
    pattern: '{ $.eventName = "CreateVpc" }'
    examples: *examples
"""
# What stands in packs, and what breaks readers.
PIECES = st.sampled_from(
    [
        *(*PACK.split("\n"), *PACK.split(" ")),
        *(
            "\t",
            "\ufeff",
            "\u2028",
            "\x85",
            "%",
            "&a ",
            "*a",
            "!!python/name:os",
            "<<: *a",
            "---\n",
            "...\n",
            "? ",
            "- ",
        ),
        *(
            ": ",
            "{",
            "}",
            "[",
            "]",
            '"',
            "'",
            "|",
            ">",
            "#",
            "\\",
            "&&",
            "||",
            '"\\x01\\e[31m\\n\\u202e"',
            "${bucket}",
            "${x}",
            "$.a[*].b",
            "(",
        ),
        *("$.a[99999999999999999999]", "1e999", "0x1F", "1e99999999999999999999", ".inf", "~", "G101", "(" * 200),
    ]
)
CUTS = st.tuples(st.integers(0, len(PACK)), st.integers(0, 40), PIECES | st.text(max_size=6))


def checked(folder: Path, data: bytes) -> Report:
    """The report on a file of those bytes, after all its forms were made."""
    (folder / "pack.yaml").write_bytes(data)
    report = lint(["./pack.yaml"], folder)
    shown = {name: show(report, strict=True) for name, show in FORMATS.items()}
    json.loads(shown["json"])
    json.loads(shown["sarif"])
    ET.fromstring(shown["junit"])  # noqa: S314 - made here
    for finding in report.findings:
        assert finding.place.line >= 1
        assert f"{finding.rule}{finding.message}{finding.fix}".isprintable()
        assert finding.message
    return report


@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
@given(st.lists(CUTS, min_size=1, max_size=3))
def test_a_pack_with_pieces_cut_and_pasted(tmp_path: Path, cuts: list[tuple[int, int, str]]) -> None:
    """A pack in which some text is replaced by other text has findings, or none."""
    text = PACK
    for start, length, piece in cuts:
        text = text[:start] + piece + text[start + length :]
    checked(tmp_path, text.encode("utf-8", "surrogatepass"))


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(st.binary(max_size=80) | st.lists(PIECES, max_size=12).map(lambda pieces: "".join(pieces).encode()))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    """Bytes that are no pack are at least one finding."""
    assert checked(tmp_path, data).errors


BAD_FILES = {
    "empty": (b"", "1:1: is empty"),
    "only a comment": (b"# x\n", "1:1: is empty"),
    "only a mark": (b"\xef\xbb\xbf", "1:1: is empty"),
    "another encoding": (b"title: caf\xe9\n", "1:11: is not UTF-8"),
    "UTF-16": ("title: x\n".encode("utf-16"), "1:1: is not UTF-8"),
    "a control character": (b"title: a\x00b\n", "is no YAML"),
    "a tab": (b"title: x\nrules:\n\t- id: a\n", "3:1: is no YAML"),
    "two documents": (b"title: x\n---\ntitle: y\n", "2:1: a second document"),
    "a text": (b"hello\n", "1:1: 'pack' is a text"),
    "a list": (b"- id: a\n", "1:1: 'pack' is a list"),
    "a deep one": (b"[" * 3000, "nested deeper than 40 levels"),
    "a bomb": (
        b"a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 9)),
        "more than 100,000 values",
    ),
    "a huge one": (b"# " + b"x" * yamlfile.MAX_BYTES, "1:1: is larger than 1,048,576 bytes"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_pack(tmp_path: Path, name: str) -> None:
    """What cannot be read at all is one finding, with its place."""
    data, expected = BAD_FILES[name]
    found = [f"{one.place}: {one.message}".removeprefix("./pack.yaml:") for one in checked(tmp_path, data).findings]

    assert any(expected in one for one in found), found


def test_a_mark_and_windows_lines_change_nothing(tmp_path: Path) -> None:
    """A byte order mark and CRLF are no part of a pack: findings stand where they stand without."""
    plain = checked(tmp_path, PACK.encode())
    marked = checked(tmp_path, b"\xef\xbb\xbf" + PACK.replace("\n", "\r\n").encode())

    assert [str(one.place) for one in plain.findings] == [str(one.place) for one in marked.findings]
