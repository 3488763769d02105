"""What people have is read, once; what cannot be read is named and nothing else is lost."""

import gzip
import io
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.history import content, packed, scan
from guard.history.crew import Worker
from guard.history.sources import SourceError
from guard.history.window import Window
from tests.history.logs import event, found, lines, rules, tree

EMPTY = re.compile(rb'"Records":\[[\s,]*\]|^\s*\[\s*\]')  # holds no record
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
    "queried": json.dumps({"results": [[{"field": "@message", "value": json.dumps(one)}] for one in TWO]}).encode(),
    "downloaded": json.dumps([{"@timestamp": "x", "@message": one} for one in TWO]).encode(),
    "tailed": "".join(f"2026-11-02T03:05:00.123000+00:00 1_CloudTrail_x {json.dumps(one)}\n" for one in TWO).encode(),
    "exported, an object first": "".join(
        f"2026-11-02T03:05:00.000Z {json.dumps({'userIdentity': {}} | one)}\n" for one in TWO
    ).encode(),
    "from EventBridge": "\n".join(json.dumps({"detail-type": "x", "detail": one}) for one in TWO).encode(),
    "array": json.dumps(TWO).encode(),
    "array of texts": json.dumps([json.dumps(one) for one in TWO]).encode(),
    "pretty lines": "\n".join(json.dumps(one, indent=2) for one in TWO).encode(),
    "joined": "".join(json.dumps({"Records": [one]}) for one in TWO).encode(),
    "joined lines": "\n".join(json.dumps({"Records": [one]}) for one in TWO).encode(),
    "joined gzip": b"".join(gzip.compress(json.dumps({"Records": [one]}).encode()) for one in TWO),
    "padded gzip": gzip.compress(json.dumps({"Records": TWO}).encode()) + b"\0" * 99,
    "firehose": "".join(
        json.dumps({"messageType": "DATA_MESSAGE", "logEvents": [{"message": json.dumps(one)}]}) for one in TWO
    ).encode()
    + b'{"messageType": "CONTROL_MESSAGE", "logEvents": [{"message": "x"}]}',
    "more keys": json.dumps({"Records": TWO, "x": 1}).encode(),
    "other keys first": json.dumps({"x": 1, "Records": TWO}).encode(),
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


def test_an_array_of_one_event_a_line_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it is, it is no broken one; a broken one still is."""
    text = "[\n" + ",\r\n".join(json.dumps(event(n)) for n in range(20)) + "\n]\n"
    monkeypatch.setattr(content, "PART", 700)
    for size, whole in ((4 << 20, text), (300, text), (4 << 20, text * 2), (300, text * 2)):
        monkeypatch.setattr(packed, "CHUNK", size)
        (tmp_path / "x").write_bytes(whole.encode())
        tally = found(tmp_path / "x").tally
        assert (tally.events, tally.faults) == (20, [])
    (tmp_path / "x").write_bytes(text.encode()[:-9])
    assert found(tmp_path / "x").tally.unread


@pytest.mark.parametrize("form", FORMS)
def test_long_files_come_in_blocks(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut between lines or records, wherever the chunks end."""
    (tmp_path / "x").write_bytes(FORMS[form])
    for size in (2, 3, 50, 333):
        monkeypatch.setattr(packed, "CHUNK", size)
        tally = found(tmp_path / "x").tally
        assert (tally.events, tally.faults) == (2, [])


def wrapped(holder: str, message: str) -> Callable[[Sequence[Any]], str]:
    """Writes events as the texts of messages."""
    return lambda events: json.dumps({holder: [{"id": 1, message: json.dumps(one)} for one in events], "x": []})


LONG: Mapping[str, tuple[Callable[[Sequence[Any]], str], str]] = {
    "compact": (lambda events: json.dumps({"Records": events}, separators=(",", ":")), "Records[70]"),
    "spaced": (lambda events: json.dumps({"Records": events, "x": 1}), "Records[70]"),
    "indented": (lambda events: json.dumps({"Records": events}, indent=4), "Records[70]"),
    "sorted": (lambda events: json.dumps({"Records": events}, sort_keys=True), "Records[70]"),
    "array": (json.dumps, "x[70]"),
    "array of lines": (lambda events: "[\n" + ",\r\n".join(map(json.dumps, events)) + "\n]\n", "x[70]"),
    "filtered": (wrapped("events", "message"), "events[70]"),
    "looked up": (wrapped("Events", "CloudTrailEvent"), "Events[70]"),
    "lines": (lambda events: "\n".join(map(json.dumps, events)), "x:71"),
    "messages": (lambda events: "\n".join(json.dumps({"message": json.dumps(one)}) for one in events), "x:71"),
    "from EventBridge": (lambda events: "\n".join(json.dumps({"x": 1, "detail": one}) for one in events), "x:71"),
    "joined": (lambda events: "".join(map(json.dumps, events)), "x:1"),
    "subscribed": (wrapped("logEvents", "message"), "logEvents[70]"),
}


@pytest.mark.parametrize("form", LONG)
@pytest.mark.parametrize("documents", [1, 2])
def test_a_long_document_is_cut_between_records(
    tmp_path: Path, form: str, documents: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it is written: little of it is held at once, all is counted, and a fault is told by its place."""
    monkeypatch.setattr(packed, "CHUNK", 3000)
    monkeypatch.setattr(content, "PART", 1500)
    monkeypatch.setattr(content, "LARGE", 6000)
    write, place = LONG[form]
    nested: Any = {"requestParameters": {"x": [{"eventID": 1}, {"eventID": 2}]}}
    events = [event(number, **nested) for number in range(120)]
    del events[70]["eventTime"]
    text = write(events)
    (tmp_path / "x").write_text("\n".join([text] * documents))
    held = [len(block.data) for block in content.blocks((tmp_path / "x").open("rb"))]
    assert max(held) < 12000
    assert len(held) > len(text) * documents / 12000
    tally = found(tmp_path / "x").tally
    assert (tally.events, tally.duplicates, tally.unread) == (119, 119 * (documents - 1), documents)
    assert place in str(tally.faults[0])
    assert "no eventTime" in str(tally.faults[0])


@pytest.mark.parametrize("first", ["records", "indented", "array", "filtered", "lines", "from EventBridge"])
@pytest.mark.parametrize("between", ["", "\n", "\r\n \n"])
def test_documents_of_any_kind_follow_each_other(
    tmp_path: Path, first: str, between: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one file: `cat` of several, or what a tool writes page by page."""
    plain = [form for form, data in FORMS.items() if data[:1] in b"{["]
    (tmp_path / "x").write_bytes(between.encode().join([FORMS[first], *(FORMS[form] for form in plain)]))
    for size in (50, 4 << 20):
        monkeypatch.setattr(packed, "CHUNK", size)
        tally = found(tmp_path / "x").tally
        assert (tally.events, tally.duplicates, tally.faults) == (2, 2 * len(plain), [])


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
        (gzip.compress(bytes(range(256)) * 9, mtime=0)[:200], "cannot be read to its end"),
        (gzip.compress(b"x" * 90, mtime=0)[:-9], "ends early"),
        (b'{"Records": [1]}', "is no JSON object"),
        (b'{"Records": [{"eventID":', "ends early"),
        (b"{\n", "is no JSON object"),
        (b'{"eventID": "e"}', "has no eventTime"),
        (b'{"eventID": "e", "eventTime": "noon"}', "has the odd eventTime"),
        (b'{"eventID": "e", "eventTime": "2026-02-31T00:00:00Z"}', "has the odd eventTime"),
        (b'{"eventID": "e", "eventTime": 5}', "has the odd eventTime"),
        (b"\xff\xfa", "no UTF-8"),
        (b'{"events": [{"message": "no"}]}', "is no JSON object"),
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


@pytest.mark.parametrize("data", [b"PK\x03\x04x", b"BZh91AY", b"PAR1", b"x" * 257 + b"ustar", "{}".encode("utf-16")])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_what_is_no_text_is_told_once(tmp_path: Path, data: bytes, pack: Callable[[bytes], bytes]) -> None:
    """As what it is, not line by line."""
    (tmp_path / "x").write_bytes(pack(data))
    tally = found(tmp_path / "x").tally
    assert tally.unread == 1
    assert "give JSON in UTF-8" in str(tally.faults[0])


@pytest.mark.parametrize("line", ["2026-01-01T00:00:00Z,RunInstances", '"2026-01-01T00:00:00Z","RunInstances",1'])
def test_a_line_that_is_no_json_is_told_once(tmp_path: Path, line: str) -> None:
    """Though it begins with numbers, or holds texts."""
    (tmp_path / "x").write_text("eventTime,eventName\n" + f"{line}\n" * 9)
    assert found(tmp_path / "x").tally.unread == 10


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


def test_a_long_document_is_cut_within(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it need not be held whole."""
    monkeypatch.setattr(content, "LARGE", 2000)
    monkeypatch.setattr(packed, "CHUNK", 700)
    every = [{"eventVersion": "1.08", **event(number)} for number in range(50)]
    (tmp_path / "x").write_text(json.dumps({"Records": every}, separators=(",", ":")))
    assert len([*content.blocks((tmp_path / "x").open("rb"))]) > 3
    tally = found(tmp_path / "x").tally
    assert (tally.events, tally.faults) == (50, [])


def test_of_a_short_gzip_file_that_is_cut_all_before_is_counted(tmp_path: Path) -> None:
    """Though it is unpacked at once, and given out in parts."""
    data = gzip.compress(json.dumps({"Records": [event(number) for number in range(60)]}).encode())
    (tmp_path / "x").write_bytes(data[:-12])
    assert found(tmp_path / "x").tally.events > 50


@pytest.mark.parametrize("broken", ["cut", "changed", "checksum"])
@pytest.mark.parametrize("chunk", [100, 4 << 20])
def test_of_a_broken_gzip_file_what_comes_before_is_counted(
    tmp_path: Path, broken: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In small files and long ones; the break is named."""
    monkeypatch.setattr(packed, "CHUNK", chunk)
    many = [event(number, userAgent=f"{number * 7919:x}" * 20) for number in range(2000)]
    data = bytearray(gzip.compress(json.dumps({"Records": many}).encode()))
    if broken == "changed":
        data[len(data) // 2 : len(data) // 2 + 9] = b"\xff" * 9
    data = data[: len(data) // 2] if broken == "cut" else data
    if broken == "checksum":
        data[-8] ^= 1
    (tmp_path / "x").write_bytes(data)
    tally = found(tmp_path / "x").tally
    assert tally.events > (1990 if broken == "checksum" else 800)
    assert any("cannot be read to its end" in one.what for one in tally.faults)


@pytest.mark.parametrize("form", FORMS)
def test_a_sound_file_is_read_as_any_other(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is decoded as it is unpacked gives the page that its blocks give, wherever the slices end."""
    patterns = [text for rule in rules() for text in rule.patterns]
    data = gzip.compress(FORMS[form])
    several = json.dumps({"Records": [{"eventVersion": "1", **event(n)} for n in range(300)]}, separators=(",", ":"))
    for stored in (data, gzip.compress(several.encode()), gzip.compress(several.encode() + FORMS[form])):
        pages = []
        for size in (packed.SLICE, 400, 37, 0):
            monkeypatch.setattr(packed, "SLICE", size or 37)
            monkeypatch.setattr(scan, "GZIP", packed.GZIP if size else b"none")
            found = [*scan.Scanner(patterns, Window()).pages("x", io.BytesIO(stored))]
            pages.append([(one.names, one.hits, one.low, one.high, one.faults, one.keys) for one in found])
        assert all(one == pages[0] for one in pages)


BYTES = st.one_of(
    st.binary(max_size=200),
    st.lists(
        st.sampled_from(
            [b'{"Records":[', b"]}", b",", b"\n", b"{", b"}", b'"', b"[", b"\x00", b"\xff", b"2026-11-02T03:05:00Z ",
             *(FORMS[form] for form in ("records", "lines", "exported", "filtered")), json.dumps(TWO[0]).encode()]
        ),
        max_size=8,
    ).map(b"".join),
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(BYTES, st.booleans(), st.integers(0, 60))
def test_no_bytes_raise(data: bytes, packed: bool, cut: int) -> None:
    """Whatever a file holds, packed or not, cut or not: it is read, or named; nothing is lost silently."""
    whole = gzip.compress(data) if packed else data
    count = Worker([rule.patterns for rule in rules()], Window(), None)
    for page in count.scanner.pages("x", io.BytesIO(whole[: len(whole) - cut])):
        count.count.add(page, page.keys, ())
    assert (
        cut
        or count.count.tally.events
        or count.count.tally.unread
        or not data.removeprefix(content.BOM).strip(b"\n \t\r,\x0b\x0c")
        or EMPTY.search(data)
    )
