"""What the satisfiability check can tell of patterns."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.pattern import Pattern, parse, wildcard
from guard.pattern.ast import (
    And,
    Comparison,
    Index,
    Is,
    Name,
    Node,
    NotExists,
    Number,
    Or,
    Regex,
    Selector,
    Text,
    Wildcard,
)
from guard.rules.globs import outcomes
from guard.rules.ordinary import matches_all
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
    '{ $.a = "x" && $.a[0] = 1 }',
    '{ $.a != "x" && $.a[*] = 1 }',
    "{ $.a IS TRUE && $.a.* != 1 }",
    '{ $.a = "ab*" && $.a != "a*" }',
    '{ $.a = 1 && $.a = "2" }',
    '{ $.a = "true" && $.a IS TRUE }',
    '{ $.a = "Create" && $.a = "create" }',
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
    '{ $.a[*] = "x" && $.a[*] = "y" }',
    '{ $.a[*].b = "x" && $.a[*].b = "y" && $.a[0].b = "z" }',
    "{ $.a[0] = 1 && $.a[1] = 2 && $.a IS NULL }",
    '{ $.a = "ab*" && $.a = "*bc" && $.a != "ab*bc" }',
    '{ $.a = "*ab*" && $.a = "*ba*" && $.a != "*aba*" && $.a != "*bab*" }',
    '{ $.a = "4*" && $.a = "*2" && $.a > 100 }',
    '{ $.a = 5 && $.a != "5" && $.a != "5.0" }',
    "{ $.a > 9007199254740993 && $.a < 9007199254740995 }",
    "{ $.a > 1 && $.a < 1.0000000000000000000001 }",
    "{ $.a > 1e400 && $.a < 1e401 }",
    "{ $.a > 1e99999999999999999999 }",
    '{ $.a = 1 && $.a = "1*" }',
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


A, B = Name("a"), Name("b")
SELECTORS = st.sampled_from(
    [
        *(Selector(steps) for steps in ((A,), (B,), (A, B), (A, Index(0)))),
        *(Selector(steps) for steps in ((A, Wildcard(bracket=True)), (A, Wildcard(bracket=False)))),
    ]
)
VALUES: st.SearchStrategy[Text | Number | Regex] = st.one_of(
    st.sampled_from(["x", "x*", "*y", "*z*", "x*y", "xy*", "*yx", "X", "*", "5", "4*", "*2", "true", ""]).map(Text),
    st.sampled_from(["5", "5.0", "7.0", "42"]).map(Number),
    st.just(Regex("x+")),
)
CONDITIONS: st.SearchStrategy[Node] = st.one_of(
    st.builds(Comparison, SELECTORS, st.sampled_from(["=", "!="]), VALUES),
    st.builds(Comparison, SELECTORS, st.sampled_from(["<", ">="]), st.sampled_from([Number("6"), Number("42")])),
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
SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([None, True, False, "X", "5", "5.0", "42", "true", "", 5, 5.0, 6, 7.0, 42, 432, 4, -1]),
    st.text("xyz", max_size=4),
)
HELD: st.SearchStrategy[Any] = (
    SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.sampled_from(["b", "c"]), SCALARS, max_size=2)
)
EVENTS = st.dictionaries(st.sampled_from(["a", "b"]), HELD, max_size=2)


@settings(max_examples=100, deadline=None)
@given(TREES, TREES, st.lists(EVENTS, min_size=1, max_size=20))
def test_an_event_is_proof(one: Node, other: Node, events: list[dict[str, Any]]) -> None:
    """No event that the matcher accepts belongs to a contradiction, and none tells the same trees apart."""
    for event in events:
        first, second = Pattern("", one).matches(event), Pattern("", other).matches(event)

        assert satisfiable(one) or not first
        assert satisfiable(one, other) or not (first and second)
        assert first == second or not same(one, other)


def mirrored(node: Node) -> Node:
    """The same tree with its operands in another order."""
    return type(node)(tuple(map(mirrored, node.operands[::-1]))) if isinstance(node, And | Or) else node


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_order_makes_no_difference(one: Node) -> None:
    """A tree is the same as its mirror image, and as itself twice."""
    assert same(one, mirrored(one))
    assert same(one, Or((one, one)))


FIELDS = st.sampled_from(
    [
        *("eventName", "eventSource", "awsRegion", "eventTime", "eventVersion", "sourceIPAddress", "errorCode"),
        *("recipientAccountId", "userIdentity.accountId", "userIdentity.type", "userIdentity.userName"),
    ]
)
LITERALS = st.sampled_from(
    ["ListBuckets", "s3.amazonaws.com", "eu-west-1", "2026*", "1.1*", "111122223333", "*Bucket*", "*"]
)
CLAIMS = st.one_of(
    st.builds(lambda field, text: f'($.{field} != "{text}")', FIELDS, LITERALS),
    st.builds(lambda field, text: f'($.{field} = "{text}")', FIELDS, LITERALS),
    st.builds(lambda field: f"($.{field} NOT EXISTS)", FIELDS),
    st.sampled_from(["($.readOnly IS TRUE)", "($.readOnly IS FALSE)", "($.managementEvent IS TRUE)"]),
)
ORDINARY = st.fixed_dictionaries(
    {
        "eventName": st.sampled_from(["DescribeVpcs", "Decrypt", "GetUser"]),
        "eventSource": st.sampled_from(["ec2.amazonaws.com", "kms.amazonaws.com"]),
        "eventVersion": st.sampled_from(["1.08", "1.09", "1.11"]),
        "eventTime": st.sampled_from(["2025-01-02T03:04:05Z", "2026-01-02T03:04:05Z"]),
        "awsRegion": st.sampled_from(["eu-west-1", "us-east-1"]),
        "sourceIPAddress": st.sampled_from(["198.51.100.7", "lambda.amazonaws.com"]),
        "recipientAccountId": st.sampled_from(["111122223333", "444455556666"]),
        "readOnly": st.booleans(),
        "managementEvent": st.just(True),  # noqa: FBT003 - a value
        "userIdentity": st.sampled_from(
            [
                {"type": "IAMUser", "accountId": "444455556666", "userName": "ann"},
                {"type": "AssumedRole", "accountId": "111122223333"},
            ]
        ),
    }
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(CLAIMS, min_size=1, max_size=3),
    st.sampled_from([" || ", " && "]),
    st.lists(ORDINARY, min_size=6, max_size=6),
)
def test_what_matches_all_matches_ordinary_events(claims: list[str], joiner: str, events: list[dict[str, Any]]) -> None:
    """A pattern that is said to match every event matches those of another account, time and service too."""
    pattern = parse(f"{{ {joiner.join(claims)} }}")

    assert not matches_all(pattern.root) or all(map(pattern.matches, events))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("ab*", max_size=4), min_size=1, max_size=4, unique=True), st.text("abc", max_size=7))
def test_the_outcomes_of_a_text_are_foreseen(literals: list[str], text: str) -> None:
    """What each text fits is among the outcomes."""
    found = outcomes(literals)
    tests = [wildcard.fits(literal) for literal in literals]
    short = [joined for size in range(8) for joined in map("".join, product("abc", repeat=size))][:1500]
    seen = {tuple(test(one) for test in tests) for one in short}

    assert tuple(test(text) for test in tests) in found
    assert seen <= found
