"""Exclusions silence what they name and nothing else."""

import itertools
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard import rules
from guard.errors import RuleError
from guard.pattern import parse

PATTERN = '{ $.eventName = "A" || $.eventName = "B" }'
ROLE = "arn:aws:iam::111122223333:role/terraform"
SESSION = {
    "type": "AssumedRole",
    "arn": "arn:aws:sts::111122223333:assumed-role/terraform/run-7",
    "sessionContext": {"sessionIssuer": {"type": "Role", "arn": ROLE}},
}
USER = {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ci/bot"}
ROOT = {"type": "Root", "arn": "arn:aws:iam::111122223333:root"}


def issued(role: str) -> dict[str, Any]:
    """Who a session of a role is, as CloudTrail writes it: its own ARN leaves the role's path out."""
    session = f"arn:aws:sts::111122223333:assumed-role/{role.rsplit('/', 1)[-1]}/run-7"
    issuer = {"type": "Role", "arn": f"arn:aws:iam::111122223333:{role}"}
    return {"type": "AssumedRole", "arn": session, "sessionContext": {"sessionIssuer": issuer}}


def rule(exclude: Any, pattern: str = PATTERN, **more: Any) -> rules.Rule:
    """A rule with exclusions, as it is deployed."""
    own = {"id": "a", "severity": "low", "pattern": pattern, **more}
    return rules.load([], rules=[own], overrides={"a": {"exclude": exclude}}).rules[0]


def hits(found: rules.Rule, event: dict[str, Any]) -> int:
    """How many of the rule's filters count the event."""
    return sum(parse(text).matches(event) for text in found.patterns)


# exclusion -> events (besides the name) that it silences, and that it must not
CASES: list[tuple[Any, list[dict[str, Any]], list[dict[str, Any]]]] = [
    (
        [{"principal": "arn:aws:iam::*:role/terraform"}],
        [{"userIdentity": SESSION}],
        [{"userIdentity": USER}, {"userIdentity": ROOT}, {}, {"userIdentity": None}],
    ),
    ([{"principal": ROLE}], [{"userIdentity": SESSION}], [{"userIdentity": USER}]),
    ([{"principal": "arn:aws:iam::1111*:role/terra*"}], [], [{"userIdentity": USER}]),
    (
        [{"principal": "arn:aws:iam::111122223333:user/ci/*"}],
        [{"userIdentity": USER}],
        [{"userIdentity": ROOT}],
    ),
    (
        [{"principal": "arn:aws:sts::111122223333:assumed-role/terraform/*"}],
        [{"userIdentity": SESSION}],
        [{"userIdentity": USER}],
    ),
    ([{"source_ip": "10.*"}], [{"sourceIPAddress": "10.1.2.3"}], [{"sourceIPAddress": "110.1.2.3"}, {}]),
    (
        [{"service": "autoscaling.amazonaws.com"}],
        [{"userIdentity": {"invokedBy": "autoscaling.amazonaws.com"}}],
        [{"userIdentity": {"invokedBy": "x.amazonaws.com"}}, {"userIdentity": {}}, {}],
    ),
    ([{"user_agent": "a*z"}], [{"userAgent": "abz"}], [{"userAgent": "ab"}, {"userAgent": None}, {}]),
    (
        [{"source_ip": "10.*", "user_agent": "bot"}],
        [{"sourceIPAddress": "10.1.1.1", "userAgent": "bot"}],
        [
            {"sourceIPAddress": "10.1.1.1"},
            {"userAgent": "bot"},
            {"sourceIPAddress": "1.1.1.1", "userAgent": "bot"},
        ],
    ),
    (
        [{"source_ip": "10.*"}, {"source_ip": "192.168.*"}, {"user_agent": "bot"}],
        [{"sourceIPAddress": "10.1.1.1"}, {"sourceIPAddress": "192.168.0.1"}, {"userAgent": "bot"}],
        [{"sourceIPAddress": "8.8.8.8", "userAgent": "x"}, {}],
    ),
    (
        [{"$.requestParameters.name": 'a "quoted" \\ name'}],
        [{"requestParameters": {"name": 'a "quoted" \\ name'}}],
        [
            {"requestParameters": {"name": "a"}},
            {"requestParameters": None},
            {"requestParameters": {"name": None}},
        ],
    ),
]


CASES += [
    (
        [{"$.readOnly": True}],
        [{"readOnly": True}],
        [{"readOnly": False}, {"readOnly": None}, {}],
    ),
    (
        [{"$.requestParameters.force": False, "user_agent": "bot"}],
        [{"requestParameters": {"force": False}, "userAgent": "bot"}],
        [
            {"requestParameters": {"force": True}, "userAgent": "bot"},
            {"requestParameters": {"force": "false"}, "userAgent": "bot"},
            {"requestParameters": {"force": 0}, "userAgent": "bot"},
            {"requestParameters": {"force": False}},
        ],
    ),
    (
        [{"$.requestParameters.name": "x"}],
        [{"requestParameters": {"name": "x"}}],
        [{"requestParameters": {"name": value}} for value in (True, False, None, 1, "y", "")],
    ),
    (
        [{"principal": "arn:aws:iam::111122223333:role/team-*-deploy"}],
        [{"userIdentity": issued("role/team-a-deploy")}, {"userIdentity": issued("role/team--deploy")}],
        [{"userIdentity": issued("role/team-deploy")}, {"userIdentity": issued("role/team-a-deployer")}],
    ),
    (
        [{"principal": "arn:aws:iam::*:role/ci/*"}],
        [{"userIdentity": issued("role/ci/terraform")}, {"userIdentity": issued("role/ci/a/b")}],
        [{"userIdentity": issued("role/terraform")}, {"userIdentity": issued("role/other/ci/x")}],
    ),
    (
        [{"principal": "arn:aws:sts::111122223333:assumed-role/terraform/*"}],
        [{"userIdentity": issued("role/ci/terraform")}],  # a session's own ARN has no path
        [{"userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/terraform/x"}}],
    ),
    (
        [{"principal": "arn:aws:iam::111122223333:root"}],
        [{"userIdentity": ROOT}],
        [{"userIdentity": SESSION}, {"userIdentity": USER}],
    ),
]


@pytest.mark.parametrize(("exclude", "silenced", "kept"), CASES)
def test_what_is_silenced(exclude: Any, silenced: list[dict[str, Any]], kept: list[dict[str, Any]]) -> None:
    """The named events are silenced; events that lack the field, or hold null there, are not."""
    found = rule(exclude)

    assert [hits(found, {"eventName": "A", **event}) for event in silenced] == [0] * len(silenced)
    assert [hits(found, {"eventName": "A", **event}) for event in kept] == [1] * len(kept)
    assert not hits(found, {"eventName": "C"})


def test_the_text() -> None:
    """The pattern stands in parentheses, the exclusion beside it."""
    assert rule([{"source_ip": "10.*"}]).pattern == (
        '{ ($.eventName = "A" || $.eventName = "B") && (($.sourceIPAddress NOT EXISTS) || '
        '($.sourceIPAddress IS NULL) || ($.sourceIPAddress != "10.*")) }'
    )


REFUSED = [
    ({"$.userIdentity": "x"}, "holds an object: name a field in it"),
    ({"$.resources": "x"}, "holds a list: name a field in it"),
    ({"$.readOnly": "true"}, "holds true or false, no text: write true or false without quotes"),
    ({"$.eventName": True}, "holds a text: write the value in quotes"),
    ({"user_agent": True}, "'user_agent' is true or false: write a text"),
    ({"$.requestParameters.items[*].x": "x"}, "cannot be excluded by: name one field, without a wildcard"),
    ({"user_agent": "a*b*c"}, "has too many '*'"),
    ({"principal": "arn:aws:iam::*:role/team-*-deploy"}, "has too many '*' round"),
    ({"user_agent": "**"}, "'*' names everything"),
    ({"principal": "terraform"}, "'terraform' is no principal"),
    ({"principal": "arn:aws:iam::*:role"}, "is no principal"),
    ({"principal": "arn:aws:iam::*:root/x"}, "is no principal"),
    ({"principal": "arn:aws:iam:eu-west-1:111122223333:role/x"}, "is no principal"),
    ({"$.a = 1 && $.b": "x"}, "cannot be excluded by"),
    ({"agent": "x"}, "unknown condition 'agent'"),
    ({}, "is an empty map, which would exclude everything"),
]


@pytest.mark.parametrize(("item", "fault"), REFUSED)
def test_what_cannot_be_excluded_by(item: Any, fault: str) -> None:
    """What would silence more or less than it says is refused, with what to write instead."""
    with pytest.raises(RuleError) as caught:
        rule([item])

    assert fault in str(caught.value)


# field -> what may stand there besides nothing; CloudTrail writes texts in the first three
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "userAgent": st.none() | st.sampled_from(["a", "ab", "aba", "b", "", "abab", "12"]),
    "sourceIPAddress": st.none() | st.sampled_from(["a", "ba", "10.0.0.1"]),
    "readOnly": st.none() | st.booleans(),
    "requestParameters": st.none()
    | st.fixed_dictionaries(
        {}, optional={"x": st.sampled_from([None, True, False, "a", "ab", "aba", 12, 12.0, "12", [], ["a"], {}])}
    ),
}
NAMES = st.sampled_from(["A", "B", "C", "ab"])
EVENTS = st.fixed_dictionaries({"eventName": NAMES}, optional=FIELDS)
LITERALS = st.sampled_from(["a", "a*", "*a", "*b*", "a*a", "ab*ba", "12", "1*", "*2", "a*b*"])
ITEMS = st.dictionaries(
    st.sampled_from(["user_agent", "source_ip", "$.eventName", "$.requestParameters.x"]),
    LITERALS,
    min_size=1,
    max_size=2,
) | st.dictionaries(st.sampled_from(["$.readOnly", "$.requestParameters.x"]), st.booleans(), min_size=1)
PATTERNS = st.sampled_from(
    [
        PATTERN,
        "{ $.requestParameters.x NOT EXISTS }",
        '{ $.userAgent != "a" || $.readOnly IS TRUE }',
        '{ $.requestParameters.x = "a*" && $.eventName = "A" || $.sourceIPAddress = "1*" }',
    ]
)
KEYS = {"user_agent": ("userAgent",), "source_ip": ("sourceIPAddress",)}


def fulfils(event: dict[str, Any], item: dict[str, str | bool]) -> bool:
    """Whether an event holds all that an item names."""
    for key, wanted in item.items():
        here: Any = event
        for name in KEYS.get(key) or key.removeprefix("$.").split("."):
            here = here.get(name) if isinstance(here, dict) else None
        if isinstance(wanted, bool):
            held = here is wanted
        else:
            text = here if isinstance(here, str) else str(here)
            is_text = isinstance(here, str | int | float) and not isinstance(here, bool)
            held = is_text and re.fullmatch(re.escape(wanted).replace(r"\*", ".*"), text) is not None
        if not held:
            return False
    return True


@settings(max_examples=100, deadline=None)
@given(PATTERNS, st.lists(ITEMS, min_size=1, max_size=3), st.lists(EVENTS, min_size=1, max_size=8))
def test_what_is_counted(pattern: str, exclude: list[Any], events: list[dict[str, Any]]) -> None:
    """An event is counted where the pattern matches and no item of the exclusion holds; only what has a list or
    an object where an exclusion looks for a text may be left out besides.
    """
    try:
        found = rule(exclude, pattern)
    except RuleError as error:
        assert "too many '*'" in str(error) or "of 1,024 allowed" in str(error)  # noqa: PT017 - the only reasons
        return
    for event in events:
        wanted = parse(pattern).matches(event) and not any(fulfils(event, item) for item in exclude)
        held = (event.get("requestParameters") or {}).get("x")
        if isinstance(held, list | dict) and any("$.requestParameters.x" in item for item in exclude):
            assert hits(found, event) <= wanted
        else:
            assert hits(found, event) == wanted


def named(count: int) -> str:
    """A pattern of that many event names."""
    names = " || ".join(f'($.eventName = "SomeLongEventName{n:03}")' for n in range(count))
    return f'{{ ($.eventSource = "iam.amazonaws.com") && ({names}) }}'


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 21), st.integers(1, 6))
def test_a_long_pattern_is_split_exactly(count: int, exclusions: int) -> None:
    """However many filters come of it, each fits, and each event is counted once or, excluded, not at all."""
    exclude = [{"user_agent": f"agent-{n}-{'x' * 40}"} for n in range(exclusions)]
    found = rule(exclude, named(count))

    assert all(len(text) <= 1024 for text in found.patterns)
    for n in range(count):
        event = {"eventSource": "iam.amazonaws.com", "eventName": f"SomeLongEventName{n:03}"}
        assert hits(found, event) == 1
        assert hits(found, {**event, "userAgent": exclude[0]["user_agent"]}) == 0
        assert hits(found, {**event, "eventSource": "x"}) == 0


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 4), st.integers(2, 6), st.integers(1, 5))
def test_a_pattern_of_several_sources_is_split_exactly(sources: int, count: int, exclusions: int) -> None:
    """Alternatives within alternatives are split too, with every condition in parentheses."""
    parts = [
        f'(($.eventSource = "s{n}.amazonaws.com") && ('
        + " || ".join(f'($.eventName = "SomeRatherLongEventName{m}")' for m in range(count))
        + "))"
        for n in range(sources)
    ]
    exclude = [{"user_agent": f"agent-{n}-{'x' * 100}"} for n in range(exclusions)]
    text = f"{{ {' || '.join(parts)} }}"
    if len(text) > 1024:
        return
    found = rule(exclude, text)

    assert all(len(one) <= 1024 for one in found.patterns)
    assert len(found.patterns) == 1 or not re.search(r"[^(]\$\.", "".join(found.patterns))
    for n, m in itertools.product(range(sources), range(count)):
        event = {"eventSource": f"s{n}.amazonaws.com", "eventName": f"SomeRatherLongEventName{m}"}
        assert hits(found, event) == 1
        assert hits(found, {**event, "userAgent": exclude[-1]["user_agent"]}) == 0


def test_many_long_exclusions_are_refused_at_once() -> None:
    """Where the exclusions alone are too long, no split is tried, however many alternatives there are."""
    lists = " && ".join("(" + " || ".join(f'$.f{n} = "{m}"' for m in range(6)) + ")" for n in range(8))

    with pytest.raises(RuleError) as caught:
        rule([{"user_agent": "x" * 1000}], f"{{ {lists} }}")

    assert "of 1,024 allowed" in str(caught.value)


def test_few_filters_come_of_a_split() -> None:
    """A split takes no more filters than it needs."""
    assert len(rule([{"source_ip": "10.*"}], named(21)).patterns) == 2


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.userAgent = "' + "x" * 980 + '" }',
        "{ " + " || ".join(f'$.requestParameters.field{n:02} = "some value"' for n in range(21)) + " }",
    ],
)
def test_what_cannot_be_split_is_a_fault(pattern: str) -> None:
    """A pattern that is no list of alternatives that exclude each other does not grow over the limit."""
    with pytest.raises(RuleError) as caught:
        rule([{"source_ip": "10.*"}], pattern)

    assert "of 1,024 allowed" in str(caught.value)


def test_an_exact_twin() -> None:
    """`keep_exact` keeps the published text, with its controls, on a quiet topic."""
    own = {"id": "a", "severity": "low", "pattern": PATTERN, "controls": {"cis-5.0": ["4.3"]}}
    overrides = {"a": {"exclude": [{"source_ip": "10.*"}], "keepExact": True, "threshold": 3}}
    main, twin = rules.load([], rules=[own], overrides=overrides).rules

    assert (main.id, main.topic, dict(main.controls)) == ("a", "", {})
    assert (twin.id, twin.topic, dict(twin.controls)) == ("a-exact", "quiet", {"cis-5.0": ("4.3",)})
    assert (twin.pattern, twin.alarm.threshold) == (PATTERN, 1)
