"""What holds of every pattern and every event."""

import json
import re
import string
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from guard.pattern import Pattern, PatternError, parse
from guard.pattern.ast import Node
from guard.pattern.automaton import compiled
from guard.pattern.difference import compare
from guard.pattern.insights import query
from tests.pattern.trees import EVENTS, PLAIN, TREES, VALUES

PIECES = st.sampled_from(
    [*"{}()$.[]*'\"%!=<>&| \\", "$.a", "&&", "||", "IS", "NULL", "NOT EXISTS", "1e5", "%a%", '"x"', "eventName", "é"]
)


def pattern(tree: Node) -> Pattern:
    """A pattern of a tree, as if it had been parsed."""
    return Pattern("", tree)


@given(TREES)
def test_the_normal_text_is_read_back(tree: Node) -> None:
    """`parse(str(p)) == p`, where the text fits."""
    text = str(pattern(tree))
    if len(text) <= 1024:
        assert parse(text) == pattern(tree)
        assert str(parse(text)) == text


@given(TREES, EVENTS)
def test_matching_and_explaining_agree(tree: Node, event: dict[str, Any]) -> None:
    """The verdict is one, and neither raises."""
    assert pattern(tree).matches(event) == pattern(tree).explain(event).holds
    assert all(text for _, text, _ in pattern(tree).explain(event).lines())


@given(TREES, st.one_of(st.text(max_size=30), st.binary(max_size=30), VALUES.map(json.dumps)))
def test_no_text_raises(tree: Node, text: str | bytes) -> None:
    """Whatever comes as an event, the answer is yes or no; what is no JSON object never matches."""
    try:
        is_object = isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        is_object = False
    assert not pattern(tree).matches(text) or is_object
    pattern(tree).explain(text)


@given(PLAIN, EVENTS)
def test_a_mapping_and_its_text_agree(tree: Node, event: dict[str, Any]) -> None:
    """Numbers as Python writes them are the same lexemes on both ways."""
    assert pattern(tree).matches(event) == pattern(tree).matches(json.dumps(event))
    assert pattern(tree).matches(event) == pattern(tree).matches(json.dumps(event, ensure_ascii=False).encode())


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
def test_any_text_parses_or_is_a_pattern_error(text: str) -> None:
    """No other error; its column lies within the text, or one past it, and it is told in three lines."""
    for candidate in (text, "{" + text + "}", "{ $.a = %\\" + text + "% }"):
        error = refused(candidate)
        assert error is None or 1 <= error.column <= max(len(candidate), 1024) + 1
        assert error is None or len(str(error).split("\n")) == 3


def refused(text: str) -> PatternError | None:
    """Why a text is no pattern."""
    try:
        parse(text)
    except PatternError as error:
        return error
    return None


@given(TREES, EVENTS)
def test_event_names_hold_every_match(tree: Node, event: dict[str, Any]) -> None:
    """An event that matches has one of the names, where they are known."""
    names = pattern(tree).event_names
    if names is not None and pattern(tree).matches(event):
        assert str(event["eventName"]) in names


@given(TREES, TREES, EVENTS)
def test_what_shows_no_difference_means_the_same(one: Node, other: Node, event: dict[str, Any]) -> None:
    """Texts of one tree do not differ; two between which nothing is shown answer alike."""
    first, second = str(pattern(one)), str(pattern(other))
    if max(len(first), len(second)) <= 1024:
        assert list(compare(first, first)) == []
        if not list(compare(first, second)):
            assert pattern(one).matches(event) == pattern(other).matches(event)


@given(TREES)
def test_every_tree_has_a_query(tree: Node) -> None:
    """The Logs Insights query of any tree is text, with its parentheses closed outside quotes."""
    assert "| filter " in query(tree)


def test_de_morgan_does_not_hold() -> None:
    """No `!=` of both is the negation of an `=` of either: of an event without the fields, neither is true."""
    either, neither = parse("{ $.a = 1 || $.b = 1 }"), parse("{ $.a != 1 && $.b != 1 }")
    assert not either.matches({})
    assert not neither.matches({})


def test_deep_parentheses_overflow_nothing() -> None:
    """As deep as 1,024 characters go."""
    depth = 500
    assert parse("{" + "(" * depth + "$.a=1" + ")" * depth + "}").matches({"a": 1})


def test_a_hostile_event_overflows_nothing() -> None:
    """A hundred thousand nested arrays are no JSON object that can be read, or match nothing."""
    assert not parse("{ $.a = 1 }").matches('{"a":' + "[" * 100_000 + "]" * 100_000 + "}")


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\W", r"\.", "[a-c-]", r"\x61"])
COUNTS = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,2}", "{0,2}", "{1,}", "*?", "??"])
BRANCHES = st.lists(st.one_of(st.tuples(ATOMS, COUNTS).map("".join), st.sampled_from("^$")), min_size=1, max_size=5)


@given(st.lists(BRANCHES.map("".join), min_size=1, max_size=4).map("|".join), st.text("aabc1. \né", max_size=6))
def test_a_regex_fits_what_it_fits_in_python(source: str, value: str) -> None:
    """Quantifiers, sets, alternatives and anchors, wherever they stand."""
    peer = re.compile(source.replace("$", r"\Z"), re.ASCII)
    assert compiled(source).search(value) == bool(peer.search(value))


def test_a_hostile_regex_looks_at_each_character_once() -> None:
    """The automaton's work is its length times the text's: a long text against nested repeats ends."""
    regex = "%" + "a*" * 40 + "b%"
    assert not parse("{ $.a = " + regex + " }").matches({"a": "a" * 200_000})


def test_many_alternatives_are_read_side_by_side() -> None:
    """A hundred of them take no longer than one."""
    regex = "|".join(f"x{number}y" for number in range(100, 200))
    assert not compiled(regex).search("a" * 200_000)
    assert compiled(regex).search("a" * 200_000 + "x199y")


def test_a_hostile_wildcard_ends() -> None:
    """Many stars in a text are searched from left to right."""
    assert not parse('{ $.a = "' + "*a" * 200 + '*b" }').matches({"a": "a" * 100_000})


def test_all_printable_characters_in_a_string() -> None:
    """Quoted, every character can be matched."""
    for character in string.printable.replace("*", ""):
        quoted = character.replace("\\", "\\\\").replace('"', '\\"')
        assert parse(f'{{ $.a = "{quoted}" }}').matches({"a": character})
