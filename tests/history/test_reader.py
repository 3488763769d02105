"""What people have is read, once; what cannot be read is named and nothing else is lost."""

import gzip
import json
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from guard.history.reader import SourceError, Tally, Window, read


def event(number: int, day: int = 2, **more: Any) -> dict[str, Any]:
    """An event of a day in November."""
    return {"eventID": f"e{number}", "eventTime": f"2026-11-{day:02}T03:00:00Z", "eventName": "RunInstances", **more}


def ids(source: Path | str, window: Window | None = None) -> tuple[list[str], Tally]:
    """The eventIDs that are read, in order, and the tally."""
    tally = Tally()
    return [str(one.event["eventID"]) for one in read([str(source)], window or Window(), tally)], tally


def tree(root: Path, day: int, name: str, *events: dict[str, Any], kind: str = "CloudTrail") -> Path:
    """A file as S3 holds it."""
    folder = root / f"AWSLogs/o-abc/111122223333/{kind}/eu-west-1/2026/11/{day:02}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(gzip.compress(json.dumps({"Records": events}).encode()))
    return path


@pytest.mark.parametrize(
    "data",
    [
        json.dumps({"Records": [event(1), event(2)]}).encode(),
        gzip.compress(json.dumps({"Records": [event(1), event(2)]}).encode()),
        f"{json.dumps(event(1))}\n\n{json.dumps(event(2))}".encode(),
    ],
    ids=["records", "gzip", "lines"],
)
def test_forms_by_content(tmp_path: Path, data: bytes) -> None:
    """Whatever a file is called."""
    (tmp_path / "x").write_bytes(data)
    assert ids(tmp_path / "x")[0] == ["e1", "e2"]


def test_a_tree_without_digests_and_insights(tmp_path: Path) -> None:
    """Only event files of a tree count; an event in two files counts once."""
    tree(tmp_path, 2, "a.json.gz", event(1), event(2))
    tree(tmp_path, 2, "b.json.gz", event(2), event(3))
    tree(tmp_path, 2, "c.json.gz", event(4), kind="CloudTrail-Digest")
    tree(tmp_path, 2, "d.json.gz", event(5), kind="CloudTrail-Insight")
    found, tally = ids(tmp_path)
    assert found == ["e1", "e2", "e3"]
    assert (tally.files, tally.skipped, tally.duplicates) == (2, 2, 1)


def test_a_window_prunes_by_path_and_then_by_time(tmp_path: Path) -> None:
    """Files of other days are not opened; a file delivered after midnight still is."""
    tree(tmp_path, 1, "a.json.gz", event(1, day=1))
    tree(tmp_path, 2, "b.json.gz", event(2, day=1), event(3, day=2))
    (tree(tmp_path, 20, "c.json.gz")).write_bytes(b"never opened")
    day = Window(datetime(2026, 11, 1, tzinfo=timezone.utc), datetime(2026, 11, 2, tzinfo=timezone.utc))
    found, tally = ids(tmp_path, day)
    assert found == ["e1", "e2"]
    assert (tally.skipped, tally.outside, tally.faults) == (1, 1, [])
    assert day.may_hold(date(2026, 11, 2))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (gzip.compress(bytes(range(256)) * 9)[:200], "cannot be read"),
        (b'{"Records": [1]}', "is no object"),
        (b"{\n", "is no JSON object"),
        (b'{"eventID": "e"}', "has no eventTime"),
        (b'{"eventID": "e", "eventTime": "noon"}', "has the odd eventTime"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, data: bytes, said: str) -> None:
    """And what stands beside it is read."""
    (tmp_path / "a").write_bytes(data)
    (tmp_path / "b").write_text(json.dumps(event(1)))
    found, tally = ids(tmp_path)
    assert found == ["e1"]
    assert [said in str(fault) for fault in tally.faults] == [True]


def test_a_glob(tmp_path: Path) -> None:
    """A pattern of the shell's that the shell did not expand."""
    (tmp_path / "a.json").write_text(json.dumps(event(1)))
    assert ids(f"{tmp_path}/*.json")[0] == ["e1"]


def test_a_source_that_is_not_there() -> None:
    """Is an error that names it."""
    with pytest.raises(SourceError, match="nowhere"):
        ids("nowhere")
