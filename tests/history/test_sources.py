"""What people have is read, once; what cannot be read is named and nothing else is lost."""

import gzip
import io
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from guard.history import content
from guard.history.sources import SourceError
from guard.history.window import Window
from tests.history.logs import event, found, lines, tree

TWO = [event(1), event(2)]
FORMS = {
    "records": json.dumps({"Records": TWO}).encode(),
    "indented": json.dumps({"Records": TWO}, indent=2).encode(),
    "gzip": gzip.compress(json.dumps({"Records": TWO}).encode()),
    "members": gzip.compress(json.dumps(TWO[0]).encode() + b"\n") + gzip.compress(json.dumps(TWO[1]).encode()),
    "lines": f"{json.dumps(TWO[0])}\n\n{json.dumps(TWO[1])}".encode(),
    "bom": b"\xef\xbb\xbf" + json.dumps({"Records": TWO}).encode(),
    "exported": "".join(f"2026-11-02T03:05:00.000Z {json.dumps(one)}\n" for one in TWO).encode(),
    "filtered": json.dumps({"events": [{"message": json.dumps(one)} for one in TWO]}).encode(),
    "looked up": json.dumps({"Events": [{"CloudTrailEvent": json.dumps(one)} for one in TWO]}).encode(),
    "subscribed": json.dumps({"logEvents": [{"message": json.dumps(one)} for one in TWO]}).encode(),
    "one odd": json.dumps({"Records": [TWO[0], {**TWO[1], "userAgent": 7}]}).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_by_content(tmp_path: Path, form: str) -> None:
    """Whatever a file is called."""
    (tmp_path / "x").write_bytes(FORMS[form])
    outcome = found(tmp_path / "x")
    assert outcome.tally.events == 2
    assert not outcome.tally.faults
    assert sum(one.events for one in outcome.results) == 2


@pytest.mark.parametrize("form", ["lines", "gzip", "members", "exported"])
def test_long_files_come_in_blocks(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut at lines, wherever the chunks end."""
    (tmp_path / "x").write_bytes(FORMS[form])
    for size in (2, 3, 50, 333):
        monkeypatch.setattr(content, "CHUNK", size)
        assert found(tmp_path / "x").tally.events == 2


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-`."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FORMS["gzip"])))
    assert found("-").tally.events == 2


def test_a_tree_without_digests_and_insights(tmp_path: Path) -> None:
    """Only event files of a tree count; an event in two files counts once."""
    tree(tmp_path, 2, "a.json.gz", event(1), event(2))
    tree(tmp_path, 2, "b.json.gz", event(2), event(3))
    tree(tmp_path, 2, "c.json.gz", event(4), kind="CloudTrail-Digest")
    tree(tmp_path, 2, "d.json.gz", event(5), kind="CloudTrail-Insight")
    outcome = found(tmp_path)
    assert (outcome.tally.events, outcome.tally.files, outcome.tally.skipped, outcome.tally.duplicates) == (3, 2, 2, 1)
    assert sum(one.events for one in outcome.results) == 3


@pytest.mark.parametrize("key", ["8d7e1c3a-0001-4a4a-9c9c-0123456789ab", "e1", "é"])
def test_duplicates_of_any_spelling(tmp_path: Path, key: str) -> None:
    """UUIDs or not; within a file or over files; an event without eventID is never one."""
    same, none = event(1, eventID=key), event(1, eventID=None)
    lines(tmp_path / "a", same, same, none)
    lines(tmp_path / "b", event(7), same, none)
    tally = found(tmp_path).tally
    assert (tally.events, tally.duplicates) == (4, 2)


def test_a_window_prunes_by_path_and_then_by_time(tmp_path: Path) -> None:
    """Files of other days are not opened; a file delivered after midnight still is."""
    tree(tmp_path, 1, "a.json.gz", event(1, day=1))
    tree(tmp_path, 2, "b.json.gz", event(2, day=1), event(3, day=2))
    (tree(tmp_path, 20, "c.json.gz")).write_bytes(b"never opened")
    day = Window(datetime(2026, 11, 1, tzinfo=timezone.utc), datetime(2026, 11, 2, tzinfo=timezone.utc))
    tally = found(tmp_path, day).tally
    assert (tally.events, tally.skipped, tally.outside, tally.faults) == (2, 1, 1, [])


@pytest.mark.parametrize(
    ("path", "held"),
    [
        ("/x/CloudTrail/eu-west-1/2025/", False),
        ("/x/CloudTrail/eu-west-1/2026/", True),
        ("/x/CloudTrail/eu-west-1/2026/10/", False),
        ("/x/CloudTrail/eu-west-1/2026/11/", True),
        ("/x/CloudTrail/eu-west-1/2026/11/02/", True),
        ("/x/CloudTrail/eu-west-1/2026/11/04/a.json.gz", False),
        ("/x/CloudTrail/eu-west-1/2026/12/", False),
        ("/x/CloudTrail/eu-west-1/2026/13/99/", True),
        ("/x/other/2020/01/01/", True),
        ("/x/CloudTrail-Digest/eu-west-1/2026/11/02/", False),
    ],
)
def test_folders_that_a_window_may_hold(path: str, held: bool) -> None:
    """By year, month or day; what bears no date may hold anything."""
    window = Window(datetime(2026, 11, 1, tzinfo=timezone.utc), datetime(2026, 11, 2, tzinfo=timezone.utc))
    assert window.may_hold(path) == held


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (gzip.compress(bytes(range(256)) * 9)[:200], "cannot be read"),
        (gzip.compress(b"x" * 90)[:-9], "ends early"),
        (b'{"Records": [1]}', "is no object"),
        (b'{"Records": [{"eventID":', "is no JSON object"),
        (b"{\n", "is no JSON object"),
        (b'{"eventID": "e"}', "has no eventTime"),
        (b'{"eventID": "e", "eventTime": "noon"}', "has the odd eventTime"),
        (b'{"eventID": "e", "eventTime": "2026-02-31T00:00:00Z"}', "has the odd eventTime"),
        (b'{"eventID": "e", "eventTime": 5}', "has the odd eventTime"),
        (b"\xff\xfe", "cannot be read"),
        (b'{"events": [{"message": "no"}]}', "is no object"),
        (b"[" * 100_000, "is no JSON object"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, data: bytes, said: str) -> None:
    """And what stands beside it is read."""
    (tmp_path / "a").write_bytes(data)
    lines(tmp_path / "b", event(1))
    tally = found(tmp_path).tally
    assert tally.events == 1
    assert any(said in str(fault) for fault in tally.faults)


def test_faults_name_the_line_or_record(tmp_path: Path) -> None:
    """Among others that are read."""
    (tmp_path / "a").write_text("\n".join([json.dumps(event(1)), "{", json.dumps(event(2))]))
    (tmp_path / "b").write_text(json.dumps({"Records": [event(3), 5, event(4)]}))
    tally = found(tmp_path).tally
    assert tally.events == 4
    assert [one.place.removeprefix(f"{tmp_path}/") for one in tally.faults] == ["a:2", "b: Records[1]"]


def test_a_glob(tmp_path: Path) -> None:
    """A pattern of the shell's that the shell did not expand."""
    lines(tmp_path / "a.json", event(1))
    assert found(f"{tmp_path}/*.json").tally.events == 1


def test_a_source_that_is_not_there() -> None:
    """Is an error that names it."""
    with pytest.raises(SourceError, match="nowhere"):
        found("nowhere")
