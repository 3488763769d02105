"""Compiled patterns answer as `Pattern.matches` does."""

import gzip
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.history import content
from guard.history.content import Block, blocks
from guard.history.page import Page
from guard.history.scan import REFUSALS, Scanner
from guard.history.window import Window
from guard.pattern import Pattern, parse
from guard.pattern.ast import Node
from guard.rules import SAMPLE, fill, load, shipped
from tests.pattern.trees import EVENTS, TREES, VALUES

SHARED = Path(__file__).parents[3] / "shared" / "events"
RULES = [fill(rule, SAMPLE) for name in shipped() for rule in load([name]).rules]
TEXTS = [text for rule in RULES for text in rule.patterns]
TIME = "2026-11-02T03:00:00Z"
# what a typed field meets beside texts: another type on the way, at the end, or nothing
ODD = [
    '{"userIdentity": null}',
    '{"userIdentity": "x", "errorCode": "AccessDenied"}',
    '{"userIdentity": {"type": "Root", "invokedBy": null}, "eventType": "AwsApiCall"}',
    '{"userIdentity": {"type": "Root"}, "eventType": 5}',
    '{"userIdentity": {"type": "Root"}, "eventType": "x", "userIdentity": {"type": "Other"}}',
    '{"errorCode": true, "eventName": "x"}',
    '{"errorCode": ["AccessDenied"], "eventName": null}',
    '{"errorCode": "AccessDeniedException", "sourceIPAddress": "1.1.1.1", "eventName": "HeadBucket"}',
    '{"eventName": {"a": 1}, "eventSource": []}',
    '{"requestParameters": "\\ud800", "eventName": "ConsoleLogin"}',
]


def answers(patterns: Sequence[Pattern], texts: Sequence[str]) -> list[list[int]]:
    """The positions of the patterns that each event matches, in turn."""
    return [[number for number, one in enumerate(patterns) if one.matches(text)] for text in texts]


def scanned(scanner: Scanner, texts: Sequence[str]) -> list[list[int]]:
    """The same, scanned as one file of lines."""
    page = scanner.page("x", Block("\n".join(texts).encode("utf-8", "surrogatepass")))
    assert not page.faults
    found = {position: sorted(matches) for position, matches, _, _ in page.hits}
    return [found.get(number, []) for number in range(len(texts))]


def quick(scanner: Scanner, texts: Sequence[str]) -> Page:
    """The page of lines, read the quick way or not at all."""
    page, data = Page(), "\n".join(texts).encode()
    scanner.quick(page, data, scanner.record.decode_lines(data))
    return page


def timed(event: dict[str, Any]) -> str:
    """An event's text, with a time."""
    return json.dumps({"eventTime": TIME, **event})


def messages(texts: Sequence[str]) -> list[str]:
    """Events wrapped as CloudWatch Logs does it."""
    return [json.dumps({"message": text}) for text in texts]


def refused(texts: Sequence[str]) -> list[str]:
    """Events with a field that no struct holds, which are read without types."""
    return [text[:-1] + ', "awsRegion": 7}' for text in texts]


@pytest.mark.parametrize("written", [list, messages, refused])
def test_the_examples_of_every_rule(written: Callable[[list[str]], list[str]]) -> None:
    """All patterns of all packs on all examples, in one file."""
    texts = [timed(dict(one)) for rule in RULES for one in (*rule.examples.match, *rule.examples.no_match)]
    scanner = Scanner(TEXTS, Window())
    bare = texts if written is messages else written(texts)
    assert scanned(scanner, written(texts)) == answers(scanner.patterns, bare)


def test_a_name_that_is_no_text() -> None:
    """A rule on a name is asked of a number of that text too."""
    texts = [timed({"eventName": name}) for name in (5, "5", [5], True)]
    scanner = Scanner(['{ $.eventName = "5" }', "{ $.eventName = 5 }"], Window())
    assert scanned(scanner, texts) == answers(scanner.patterns, texts) == [[0, 1], [0, 1], [], []]


@pytest.mark.parametrize("text", ODD)
def test_odd_records(text: str) -> None:
    """Whatever stands where a text is expected."""
    scanner = Scanner(TEXTS, Window())
    whole = text[:-1] + f', "eventTime": "{TIME}"}}'
    assert scanned(scanner, [whole]) == answers(scanner.patterns, [whole])


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real events (../shared/events) are not on this machine")
@pytest.mark.parametrize("name", ["invictus", "stratus_red_team", "traildiscover"])
def test_real_events(name: str) -> None:
    """All patterns of all packs, the quick way: no record is refused but those without a time."""
    texts = gzip.decompress((SHARED / f"{name}.jsonl.gz").read_bytes()).decode().splitlines()
    texts = [text for text in texts if isinstance(json.loads(text).get("eventTime"), str)][:1500]
    scanner = Scanner(TEXTS, Window())
    assert quick(scanner, texts).hits
    assert scanned(scanner, texts) == answers(scanner.patterns, texts)


def test_any_member_of_the_record() -> None:
    """A selector that begins with a wildcard looks at fields that no struct has."""
    scanner = Scanner(['{ $.* = "x" }', "{ $.*.a NOT EXISTS }"], Window())
    texts = [timed(one) for one in ({"b": "x"}, {"b": {"a": 1}}, {"": "x", "b": {"a": 1}})]
    assert scanned(scanner, texts) == answers(scanner.patterns, texts) == [[0, 1], [], [0]]


TEXT_EVENTS = st.dictionaries(
    st.sampled_from(["a", "b", "eventName"]),
    st.one_of(
        st.sampled_from(["", "a", "b", "ab", "1"]), st.none(), st.dictionaries(st.just("a"), st.just("ab"), max_size=1)
    ),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(TREES, min_size=1, max_size=4), st.lists(st.one_of(EVENTS, TEXT_EVENTS), min_size=1, max_size=3))
def test_any_patterns_on_any_events(trees: list[Node], events: list[dict[str, Any]]) -> None:
    """Where the quick way does not refuse, it answers the same; where it refuses, the slow way does."""
    patterns = [Pattern("", tree) for tree in trees]
    scanner = Scanner([], Window())
    scanner.compile(patterns)
    texts = [timed(event) for event in events]
    assert scanned(scanner, texts) == answers(patterns, texts)


@settings(deadline=None, max_examples=100)
@given(st.lists(TREES, min_size=1, max_size=3), st.lists(VALUES, min_size=1, max_size=3))
def test_no_document_raises(trees: list[Node], values: list[Any]) -> None:
    """Whatever a file holds: a page comes back, with faults or without."""
    scanner = Scanner([], Window())
    scanner.compile([Pattern("", tree) for tree in trees])
    for text in (json.dumps({"Records": values}), "\n".join(map(json.dumps, values))):
        for block in blocks(io.BytesIO(text.encode())):
            scanner.page("x", block)


def test_an_index_and_a_number_are_asked_quickly() -> None:
    """Fields that need more than a text are decoded when asked, by no slow way."""
    texts = ["{ $.requestParameters.ports[0] > 21 }", "{ $.a = 5.0 }", "{ $.tags.* = x* }", "{ $.b NOT EXISTS }"]
    scanner = Scanner(texts, Window())
    events = [
        timed({"requestParameters": {"ports": [22, 80]}, "a": 5, "b": {}}),
        timed({"requestParameters": {"ports": [20.5]}, "tags": {"k": "xy"}, "a": "5.0", "b": 1}),
        timed({"requestParameters": None, "tags": {"k": "y"}}),
    ]
    assert quick(scanner, events).hits
    assert scanned(scanner, events) == answers([parse(text) for text in texts], events) == [[0, 1], [1, 2], [3]]


OPENED = [
    "{ $.requestParameters.policy.a = deep }",
    '{ ($.eventName = "Odd") && ($.requestParameters.policy = "te*xt") }',
    "{ $.requestParameters.policy IS NULL }",
    "{ $.requestParameters IS NULL }",
    "{ $.requestParameters NOT EXISTS }",
    "{ $.requestParameters.policy.a NOT EXISTS }",
    "{ $.requestParameters.other IS TRUE }",
    "{ $.requestParameters.other != 5 }",
    "{ $.requestParameters.other = %t.xt% }",
]
WHOLE = [*OPENED, '{ $.requestParameters = "text" }', "{ $.requestParameters.* = 5 }"]
PARAMETERS = [
    "null",
    '"text"',
    "[null]",
    "{}",
    '{"policy":null}',
    '{"policy":"te/xt"}',
    r'{"policy":"te\/xt"}',
    r'{"policy":"\u0074ext"}',
    r'{"p\u006flicy":"text"}',
    '{"policy":{"a":"deep"},"other":true}',
    r'{"policy":{"\u0061":"de\u0065p"},"other":"text"}',
    '{"policy":{"a":["deep"]},"other":5}',
    '{"policy":[{"a":"deep"}],"other":"5"}',
    '{"policy":1,"policy":"text","other":[5]}',
]


@pytest.mark.parametrize("patterns", [OPENED, WHOLE], ids=["opened", "whole"])
@pytest.mark.parametrize("parameters", [None, *PARAMETERS])
def test_an_object_whose_members_differ(patterns: list[str], parameters: str | None) -> None:
    """Whether its members are kept or all of it is, and however they are written."""
    more = "" if parameters is None else f',"requestParameters":{parameters}'
    text = f'{{"eventName":"Odd","eventTime":"{TIME}"{more}}}'
    assert scanned(Scanner(patterns, Window()), [text]) == answers([parse(one) for one in patterns], [text])


@pytest.mark.parametrize("number", ["-0", "-0.0", "1e0", "1.50", "18446744073709551616", "-99999999999999999999999"])
def test_a_number_deep_in_a_record_keeps_its_text(number: str) -> None:
    """The filter compares a quoted literal with the text of a number as the log has it."""
    pattern = parse(f'{{ ($.eventName = "Odd") && ($.requestParameters.n = "{number}") }}')
    text = f'{{"eventName":"Odd","eventTime":"{TIME}","requestParameters":{{"n":{number}}}}}'
    assert pattern.matches(text)
    assert scanned(Scanner([pattern.text], Window()), [text]) == [[0]]


def test_a_rule_on_the_time_is_a_rule() -> None:
    """It sees the time's text."""
    scanner = Scanner(['{ $.eventTime = "2026-11-*" }'], Window())
    assert scanned(scanner, [timed({}), timed({"eventTime": "2026-12-02T03:00:00Z"})]) == [[0], []]


@pytest.mark.parametrize("key", ['a"b', "a\\b", "a\tb"], ids=["quote", "backslash", "tab"])
def test_a_key_that_no_struct_can_have(key: str) -> None:
    """As a field of the record, of an object, and of one whose members are fixed."""
    paths = (f"['{key}']", f"requestParameters.['{key}']", f"userIdentity.['{key}']")
    patterns = [f'{{ ($.{path} = "x") && ($.userIdentity.type NOT EXISTS) }}' for path in paths]
    fits: list[dict[str, Any]] = [{key: "x"}, {"requestParameters": {key: "x"}}, {"userIdentity": {key: "x"}}]
    texts = [timed(one) for one in (*fits, {"userIdentity": {"type": "y", key: "x"}})]
    assert scanned(Scanner(patterns, Window()), texts) == [[0], [1], [2], []]


def test_refusals_are_refusals() -> None:
    """A number where a text is expected sends the block the slow way."""
    with pytest.raises(REFUSALS):
        quick(Scanner(TEXTS, Window()), [timed({"errorCode": 5})])


DOCUMENTED = [
    timed(
        {
            "eventName": name,
            "eventID": str(number),
            "eventType": "x",
            "userIdentity": {"type": "Root", "arn": '},{"eventVersion":'},
        }
    )
    for number, name in enumerate(["ConsoleLogin", "StopLogging", "PutBucketPolicy"] * 40)
]
NESTED = (
    '{"eventVersion":"1","eventID":"n","eventTime":"'
    + TIME
    + '","requestParameters":{"x":[{"a":1},{"eventVersion":1}]}}'
)


@pytest.mark.parametrize("odd", ["", "é", "\udc80", NESTED, '{"eventTime":5}', timed({"errorCode": 5})])
def test_a_document_is_cut_into_parts_that_lose_nothing(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the cuts fall, and whatever one record holds: each record is counted or named, and matched."""
    texts = ['{"eventVersion":"1",' + text[1:] for text in DOCUMENTED]
    middle = odd if odd.startswith("{") else timed({"userAgent": odd})
    every = [*texts[:60], middle, *texts[60:]]
    data = ('{"Records":[' + ",".join(every) + "]}").encode("utf-8", "surrogatepass")
    for size in (1, 100, 5000, 1 << 20):
        monkeypatch.setattr(content, "PART", size)
        page = Scanner(TEXTS, Window()).page("x", next(blocks(io.BytesIO(data))))
        lost = sum("left out" in what for _, what in page.faults)
        assert (len(page.names) + lost, len(page.hits)) == (121, 120)


@pytest.mark.parametrize("cut", [13, 200, 5000, 9999, -3, -2, -1])
def test_of_a_document_cut_short_what_is_whole_is_counted(cut: int) -> None:
    """And the end is named."""
    data = ('{"Records":[' + ",".join(DOCUMENTED) + "]}").encode()[:cut]
    whole = sum(data.count(text.encode()) for text in set(DOCUMENTED))
    page = Scanner(TEXTS, Window()).page("x", next(blocks(io.BytesIO(data))))
    assert len(page.names) == whole
    assert "ends early" in page.faults[-1][1]
