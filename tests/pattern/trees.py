"""Any tree, any event: what hypothesis draws."""

from typing import Any

from hypothesis import strategies as st

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

KEYS = st.sampled_from(["a", "b", "eventName", "x-1", "a.b", "it em"])
STEPS = st.one_of(KEYS.map(Name), st.integers(0, 2).map(Index))
SELECTORS = st.builds(
    lambda first, rest: Selector((first, *rest)), KEYS.map(Name), st.lists(STEPS, max_size=2).map(tuple)
)
NUMBERS = st.sampled_from(["0", "1", "-1", "+2", "1.0", "1e0", "10e-1", "2.5", "404"]).map(Number)
TEXTS = st.one_of(
    st.sampled_from(["", "*", "a*", "*a", "*a*", "a*b", "1", "1.0", "true", "null", 'q"u\\o', "é"]),
    st.text(max_size=4),
).map(Text)
REGEXES = st.sampled_from(["a", "^a", "a$", "[0-9]+", "a|b", r"\d", "a{1,2}", "."]).map(Regex)
CONDITIONS = st.one_of(
    st.builds(Comparison, SELECTORS, st.sampled_from(["=", "!="]), st.one_of(NUMBERS, TEXTS)),
    st.builds(Comparison, SELECTORS, st.sampled_from(["<", "<=", ">", ">="]), NUMBERS),
    st.builds(Is, SELECTORS, st.sampled_from(["NULL", "TRUE", "FALSE"])),
    st.builds(NotExists, SELECTORS),
)
WILD = st.sampled_from(
    [(Wildcard(bracket=False),), (Name("a"), Wildcard(bracket=False)), (Name("a"), Wildcard(bracket=True))]
).map(Selector)
# at most two regular expressions and three selectors with a wildcard fit a pattern: one of each here
ODD = st.one_of(
    st.builds(Comparison, SELECTORS, st.sampled_from(["=", "!="]), REGEXES),
    st.builds(Comparison, WILD, st.just("="), TEXTS),
)


def _group(kind: type[And] | type[Or], operands: list[Node]) -> Node:
    flat: list[Node] = []
    for one in operands:
        flat.extend(one.operands if isinstance(one, kind) else [one])
    return kind(tuple(flat)) if len(flat) > 1 else flat[0]


def _joined(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.builds(_group, st.sampled_from([And, Or]), st.lists(children, min_size=2, max_size=3))


PLAIN: st.SearchStrategy[Node] = st.recursive(CONDITIONS, _joined, max_leaves=5)
TREES: st.SearchStrategy[Node] = st.one_of(PLAIN, ODD, st.builds(lambda one, two: _group(And, [one, two]), PLAIN, ODD))
LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 500),
    st.sampled_from([0.5, 1.0, -1.0, 2.5, 1e22]),
    st.sampled_from(["", "a", "b", "ab", "1", "1.0", "true", "null", "é"]),
    st.text(max_size=3),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)
EVENTS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(KEYS, VALUES, max_size=4)
