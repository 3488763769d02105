"""Log files to play: what is read, and what is said of files that are none."""

import gzip
import json
from pathlib import Path

import pytest

from guard.sandbox.events import EventsError, incident, read
from tests.sandbox.deployed import RUN

EVENT = {**RUN, "requestParameters": {"maxCount": 3, "price": 1.5, "ports": [22, 443]}}


def test_the_incident_ships() -> None:
    """Thirteen events in the order of their time, the log's end last."""
    events = incident()
    assert len(events) == 13
    assert [one["eventTime"] for one in events] == sorted(one["eventTime"] for one in events)
    assert events[-1]["eventName"] == "StopLogging"


@pytest.mark.parametrize(
    "data",
    [
        json.dumps({"Records": [EVENT, EVENT]}).encode(),
        json.dumps([EVENT, EVENT]).encode(),
        (json.dumps(EVENT) + "\n\n" + json.dumps(EVENT) + "\n").encode(),
        gzip.compress(json.dumps({"Records": [EVENT, EVENT]}).encode()),
        gzip.compress((json.dumps(EVENT) + "\n" + json.dumps(EVENT)).encode()),
        b"\xef\xbb\xbf" + json.dumps([EVENT, EVENT]).encode(),
        f"2026-11-02T03:00:00.000Z {json.dumps(EVENT)}\n2026-11-02T03:00:01.000Z {json.dumps(EVENT)}\n".encode(),
        json.dumps({"Events": [{"CloudTrailEvent": json.dumps(EVENT)}] * 2}).encode(),
        json.dumps([{"detail-type": "AWS API Call via CloudTrail", "detail": EVENT}] * 2).encode(),
    ],
    ids=[
        *("records", "array", "lines", "gzip", "gzipped lines", "a mark of its encoding"),
        *("an export of CloudWatch Logs", "lookup-events", "EventBridge"),
    ],
)
def test_forms_of_a_log_file(tmp_path: Path, data: bytes) -> None:
    """By content, whatever the name."""
    path = tmp_path / "log"
    path.write_bytes(data)
    assert read(path) == [EVENT, EVENT]


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
