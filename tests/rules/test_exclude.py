"""Exclusions silence what they name and nothing else."""

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
