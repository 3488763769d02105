"""What the satisfiability check can tell of patterns."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.pattern import Pattern, parse
from guard.pattern.ast import And, Comparison, Is, Name, Node, NotExists, Number, Or, Selector, Text
from guard.rules.satisfy import same, satisfiable

IMPOSSIBLE = [
    '{ $.a = "x" && $.a = "y" }',
    '{ $.a = "x" && $.a != "x" }',
    '{ $.a = "x*" && $.a != "x*" }',
    '{ $.a = "Create*" && $.a = "Delete*" }',
    '{ $.a = "x*" && $.a NOT EXISTS }',
    '{ $.a IS NULL && $.a = "*" }',
    "{ $.a IS TRUE && $.a IS FALSE }",
    "{ $.a > 5 && $.a < 5 }",
    '{ $.a > 5 && $.a = "x" }',
    '{ $.a = "x" && $.a.b = 1 }',
    "{ $.a NOT EXISTS && $.a.b = 1 }",
    "{ $.a IS NULL && $.a.b != 1 }",
    '{ ($.a = "x" || $.a = "y") && $.a = "z*" }',
]
POSSIBLE = [
    '{ $.a = "x*" && $.a = "*y" && $.a != "xy" }',
    '{ $.a = "*x*" && $.a = "*y*" && $.a != "*z*" }',
    '{ $.a = "Create*" && $.a != "CreateUser" }',
    "{ $.a > 5 && $.a < 6 }",
    '{ $.a = 5 && $.a = "5" }',
    "{ $.a NOT EXISTS && $.b NOT EXISTS }",
    "{ $.a[*] = 1 && $.a[*] = 2 }",
    "{ $.a[*] = 1 && $.a[*] != 1 }",
    "{ $.a = %x+% && $.a = %y+% }",
    '{ $.a != "x" && $.a != "y" && $.a.b NOT EXISTS }',
    '{ $.a.b NOT EXISTS && $.a = "x" }',
]
SAME = [
    ('{ $.a = "x" || $.a = "y" }', '{ $.a = "y" || $.a = "x" || $.a = "x" }'),
    ('{ $.a = "x*" }', '{ $.a = "x*" || $.a = "xy" }'),
    ("{ $.a = 1 && ($.b = 1 || $.c = 1) }", "{ ($.a = 1 && $.b = 1) || ($.a = 1 && $.c = 1) }"),
    ("{ ($.a NOT EXISTS) || ($.a IS NULL) }", "{ ($.a IS NULL) || ($.a NOT EXISTS) }"),
    ('{ $.a = "x" && $.a != "y" }', '{ $.a = "x" }'),
]
OTHER = [
    ('{ $.a != "x" }', '{ ($.a NOT EXISTS) || ($.a != "x") }'),
    ('{ $.a = "x*" }', '{ $.a = "x" }'),
    ("{ $.a = 1 || $.b = 1 && $.c = 1 }", "{ ($.a = 1 || $.b = 1) && $.c = 1 }"),
    ("{ $.a = 1 }", "{ $.a = 1.0 }"),
]


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_no_event_matches(text: str) -> None:
    """A contradiction is found."""
    assert not satisfiable(parse(text).root)


@pytest.mark.parametrize("text", POSSIBLE)
def test_some_event_matches(text: str) -> None:
    """What an event can match, and what cannot be told, is no contradiction."""
    assert satisfiable(parse(text).root)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_events(one: str, other: str) -> None:
    """Patterns that match the same events are seen through other spellings."""
    assert same(parse(one).root, parse(other).root)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_events(one: str, other: str) -> None:
    """Patterns that some event tells apart are not the same."""
    assert not same(parse(one).root, parse(other).root)


SELECTORS = st.sampled_from([Selector((Name("a"),)), Selector((Name("b"),)), Selector((Name("a"), Name("b")))])
VALUES = st.sampled_from([Text("x"), Text("x*"), Text("*y"), Text("*z*"), Text("5"), Number("5"), Number("7.0")])
CONDITIONS: st.SearchStrategy[Node] = st.one_of(
    st.builds(Comparison, SELECTORS, st.sampled_from(["=", "!="]), VALUES),
    st.builds(Comparison, SELECTORS, st.sampled_from(["<", ">="]), st.just(Number("6"))),
    st.builds(Is, SELECTORS, st.sampled_from(["NULL", "TRUE", "FALSE"])),
    st.builds(NotExists, SELECTORS),
)
TREES = st.recursive(
    CONDITIONS,
    lambda inner: st.builds(
        lambda kind, operands: kind(tuple(operands)),
        st.sampled_from([And, Or]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=5,
)
SCALARS: st.SearchStrategy[object] = st.sampled_from(
    [None, True, False, "x", "xy", "xqy", "y", "z", "5", "q", 5, 6, 7.0, [], [None], {}]
)
EVENTS = st.dictionaries(
    st.sampled_from(["a", "b"]), SCALARS | st.dictionaries(st.just("b"), SCALARS, min_size=1), max_size=2
)


@settings(max_examples=150, deadline=None)
@given(TREES, TREES, EVENTS)
def test_an_event_is_proof(one: Node, other: Node, event: dict[str, object]) -> None:
    """No event that the matcher accepts belongs to a contradiction, and none tells the same trees apart."""
    first, second = Pattern("", one).matches(event), Pattern("", other).matches(event)

    assert satisfiable(one) or not first
    assert satisfiable(one, other) or not (first and second)
    assert first == second or not same(one, other)
