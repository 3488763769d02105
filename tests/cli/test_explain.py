"""`guard explain`: a rule or a pattern, and one event."""

import gzip
import io
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from guard.cli import main
from guard.cli.explain import command
from guard.errors import GuardError

STOP = {"eventID": "e1", "eventSource": "ec2.amazonaws.com", "eventName": "StopInstances"}
ROOT = Path(__file__).parents[2]


def run(*args: str, stdin: str | None = None) -> Result:
    """The command."""
    return CliRunner().invoke(command, args, input=stdin)


@pytest.fixture
def event(tmp_path: Path) -> str:
    """A file with one event."""
    path = tmp_path / "event.json"
    path.write_text(json.dumps(STOP))
    return str(path)


def test_each_clause_has_its_verdict(event: str) -> None:
    """With the value it saw, or that there is none."""
    lines = run("ec2-instance-changes", event).output.splitlines()
    assert lines[0] == "ec2-instance-changes: matches"
    assert '    + $.eventName = "StopInstances": true ("StopInstances")' in lines
    assert '    - $.eventName = "RunInstances": false ("StopInstances")' in lines
    assert "  + $.userIdentity.invokedBy NOT EXISTS: true (missing)" in run("root-usage", event).output.splitlines()


def test_a_pattern_of_ones_own(event: str) -> None:
    """A RULE that begins with { is a pattern; from stdin numbers keep their text."""
    assert "pattern: matches" in run('{ $.eventName = "Stop*" }', event).output
    assert "pattern: matches" in run('{ $.n = "1.0" }', "-", stdin='{"n": 1.0}').output
    assert "pattern: does not match" in run('{ $.n = "1" }', "-", stdin='{"n": 1.0}').output


def test_half_a_character(tmp_path: Path) -> None:
    """Is shown as its escape, as is what a terminal would obey."""
    path = tmp_path / "event.json"
    path.write_text(json.dumps({"userAgent": "\ud800\x9b31m"}))
    assert r'- $.userAgent = "x": false ("\ud800\u009b31m")' in run('{ $.userAgent = "x" }', str(path)).output


def test_output_that_cannot_be_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comes out as escapes, whichever command writes it."""
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, "utf-8", write_through=True))
    monkeypatch.setattr("guard.cli.cli", lambda **_: sys.stdout.write("\ud800é"))
    main()
    assert written.getvalue().decode() == r"\ud800é"


def test_json(event: str) -> None:
    """The same as data."""
    told = json.loads(run("ec2-instance-changes", event, "--format", "json").stdout)
    assert told["matches"] is True
    assert told["patterns"][0]["all of"][0]["saw"] == ['"ec2.amazonaws.com"']


def test_one_event_of_a_log_file(tmp_path: Path) -> None:
    """By its eventID, of a gzipped file of Records or of lines."""
    other = {**STOP, "eventID": "e2", "eventName": "DescribeInstances"}
    for name, data in {
        "records.json.gz": gzip.compress(json.dumps({"Records": [STOP, other]}).encode()),
        "lines.jsonl": f"{json.dumps(STOP)}\n{json.dumps(other)}\n".encode(),
    }.items():
        path = tmp_path / name
        path.write_bytes(data)
        assert "matches" in run("ec2-instance-changes", str(path), "--event-id", "e1").output
        assert "does not match" in run("ec2-instance-changes", str(path), "--event-id", "e2").output


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([STOP]),
        json.dumps({"Records": [STOP]}, indent=1),
        json.dumps({"Events": [{"EventId": "e1", "CloudTrailEvent": json.dumps(STOP)}]}, indent=1),
        json.dumps({"events": [{"timestamp": 1, "message": json.dumps(STOP)}]}),
        json.dumps({"detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2", "detail": STOP}),
        f"2026-11-28T15:00:00.000Z {json.dumps(STOP)}",
    ],
    ids=["array", "file", "lookup-events", "filter-log-events", "EventBridge", "tail"],
)
def test_an_event_in_a_wrapping(text: str) -> None:
    """Is the event that is in it, not an event without any field."""
    assert "ec2-instance-changes: matches" in run("ec2-instance-changes", "-", stdin=text).output


def test_a_broken_line_beside_the_event() -> None:
    """Does not matter where the event is named and found, and is told where it is not."""
    text = json.dumps(STOP) + '\n{"eventID": "e2", '
    assert "matches" in run("ec2-instance-changes", "-", "--event-id", "e1", stdin=text).output
    assert "is no JSON" in str(run("ec2-instance-changes", "-", "--event-id", "e2", stdin=text).exception)


def test_a_rule_of_a_pack_or_a_stack(event: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """--pack and --stack say where to look."""
    monkeypatch.chdir(ROOT)
    assert run("ec2-instance-changes", event, "--pack", "essentials").exit_code == 0
    assert run("guard-bucket-changed", event, "--stack", "dev").exit_code == 0
    assert isinstance(run("ec2-instance-changes", event, "--pack", "cis").exception, GuardError)


def test_names_that_a_pattern_leaves_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Are the stack's, with a wildcard for what AWS adds; without a stack they are samples, which is said."""
    monkeypatch.chdir(ROOT)
    change = {"eventSource": "s3.amazonaws.com", "eventName": "DeleteBucketPolicy"}
    text = json.dumps({**change, "requestParameters": {"bucketName": "account-guard-dev-be9fb600"}})
    stack = run("guard-bucket-changed", "-", "--stack", "dev", stdin=text)
    assert "guard-bucket-changed: matches" in stack.stdout
    assert stack.stderr == ""
    assert "a sample stands for bucket: --stack NAME" in run("guard-bucket-changed", "-", stdin=text).stderr


@pytest.mark.parametrize(
    ("rule", "text", "more", "said"),
    [
        ("ec2-instance-change", json.dumps(STOP), (), "did you mean 'ec2-instance-changes'?"),
        ("guard-prod/iam-policy-changes", json.dumps(STOP), (), "did you mean 'iam-policy-changes'?"),
        ("mine-at-all", json.dumps(STOP), (), "found with --pack FILE or --stack NAME"),
        ("mine-at-all", json.dumps(STOP), ("--pack", "cis"), "known are cis-cloudtrail-changes"),
        ("root-usage", "{", (), "event.json:1: is no JSON object"),
        ("root-usage", "", (), "holds no event"),
        ("root-usage", json.dumps({"Records": [STOP, STOP, {}]}), (), "3 events: name one with --event-id, such as e1"),
        (
            "root-usage",
            json.dumps({"Records": [STOP, STOP]}),
            ("--event-id", "e1"),
            "2 events with the eventID e1: name a",
        ),
        ("root-usage", '{"eventName": "A"}\n{}', (), "2 events, none with an eventID: name a file with one of them"),
        ("root-usage", json.dumps(STOP), ("--event-id", "x"), "no event with the eventID x: copy it"),
        ("{ $.a == 1 }", json.dumps(STOP), (), "write ="),
    ],
)
def test_bad_input_is_one_message(tmp_path: Path, rule: str, text: str, more: tuple[str, ...], said: str) -> None:
    """Where, what is wrong, what to do."""
    path = tmp_path / "event.json"
    path.write_text(text)
    error = run(rule, str(path), *more).exception
    assert isinstance(error, GuardError)
    assert said in str(error)
    assert "None" not in str(error)


def test_a_missing_file() -> None:
    """Is named."""
    assert "nowhere.json: cannot be read" in str(run("root-usage", "nowhere.json").exception)


def test_a_packed_file_that_is_broken(tmp_path: Path) -> None:
    """Is said to be so, whether it ends early or is garbled."""
    path = tmp_path / "log.json.gz"
    whole = gzip.compress("\n".join(json.dumps({**STOP, "eventID": str(n)}) for n in range(9000)).encode())
    for broken in (whole[:-1000], whole[:100] + b"garbled" + whole[107:]):
        path.write_bytes(broken)
        assert "log.json.gz: cannot be read: " in str(run("root-usage", str(path)).exception)


def test_one_event_of_a_long_log_file(tmp_path: Path) -> None:
    """It is found in whichever part of the file it stands; of all, so many are counted."""
    path = tmp_path / "log.json"
    events = [{**STOP, "eventID": f"e{n}", "userAgent": "x" * 1000} for n in range(9000)]
    for text in (json.dumps({"Records": events}), "\n".join(map(json.dumps, events))):
        path.write_text(text)
        for name in ("e0", "e4500", "e8999"):
            assert "matches" in run("ec2-instance-changes", str(path), "--event-id", name).output
        assert "holds 9,000 events: name one with --event-id, such as e0, e1, e2" in str(
            run("root-usage", str(path)).exception
        )


def test_a_mark_of_the_encoding_is_no_event(tmp_path: Path) -> None:
    """Some editors write one at the beginning of a file."""
    path = tmp_path / "event.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(STOP).encode())
    assert "matches" in run("ec2-instance-changes", str(path)).output


def test_packs_and_a_stack_are_not_both_named(event: str) -> None:
    """One of them would not be looked at; an empty name is a name, of no stack."""
    both = run("ec2-instance-changes", event, "--pack", "cis", "--stack", "dev")
    assert both.exit_code == 2
    assert "not both" in both.stderr
    assert "is no stack's name" in run("ec2-instance-changes", event, "--stack", "").stderr


@pytest.mark.parametrize(
    ("rule", "said"),
    [('$.eventName = "x"', "a pattern stands in { }"), ("ERROR 5", "a pattern stands in"), ("root-usge", "root-usage")],
)
def test_what_is_neither_rule_nor_pattern(rule: str, said: str, event: str) -> None:
    """Is told, with what was meant."""
    with pytest.raises(GuardError, match="no rule has the id") as caught:
        command.main([rule, event], standalone_mode=False)
    assert said in str(caught.value)
