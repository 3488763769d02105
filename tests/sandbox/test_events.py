"""Log files to play: what is read, and what is said of files that are none."""

import gzip
import json
from pathlib import Path

import pytest

from guard.sandbox.events import EventsError, incident, read
from tests.sandbox.deployed import RUN


def test_the_incident_ships() -> None:
    """Thirteen events in the order of their time, the log's end last."""
    events = incident()
    assert len(events) == 13
    assert [one["eventTime"] for one in events] == sorted(one["eventTime"] for one in events)
    assert events[-1]["eventName"] == "StopLogging"


@pytest.mark.parametrize(
    "data",
    [
        json.dumps({"Records": [RUN, RUN]}).encode(),
        json.dumps([RUN, RUN]).encode(),
        (json.dumps(RUN) + "\n\n" + json.dumps(RUN) + "\n").encode(),
        gzip.compress(json.dumps({"Records": [RUN, RUN]}).encode()),
        gzip.compress((json.dumps(RUN) + "\n" + json.dumps(RUN)).encode()),
        b"\xef\xbb\xbf" + json.dumps([RUN, RUN]).encode(),
    ],
    ids=["records", "array", "lines", "gzip", "gzipped lines", "a mark of its encoding"],
)
def test_forms_of_a_log_file(tmp_path: Path, data: bytes) -> None:
    """By content, whatever the name."""
    path = tmp_path / "log"
    path.write_bytes(data)
    assert read(path) == [RUN, RUN]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "holds no event"),
        (gzip.compress(bytes(range(256)) * 9)[:200], "cannot be read"),
        (json.dumps(RUN).encode() + b"\n{\n", "log:2: is no JSON"),
        (b'{"Records": [1, {}]}', r"Records\[1\]: is no CloudTrail event"),
        (b"[" * 100_000, "log:1: is no JSON"),
    ],
    ids=["empty", "truncated", "broken line", "no events", "nested too deeply"],
)
def test_a_file_that_is_no_log(tmp_path: Path, data: bytes, said: str) -> None:
    """Where, what is wrong, and what to do."""
    path = tmp_path / "log"
    path.write_bytes(data)
    with pytest.raises(EventsError, match=said):
        read(path)
