"""The Logs Insights query of a pattern, on Insights' documented semantics."""

import pytest

from guard.pattern import parse
from guard.pattern.insights import LONGEST, query


def filtered(pattern: str) -> str:
    """The filter of the query of a pattern."""
    line = next(line for line in query(parse(pattern).root).splitlines() if line.startswith("| filter "))
    return line.removeprefix("| filter ")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ $.a = "x" }', '(ispresent(a) and a = "x")'),
        ('{ $.a != "x" }', '(ispresent(a) and a != "x")'),
        ("{ $.a >= 5 }", "(ispresent(a) and a >= 5)"),
        ("{ $.a NOT EXISTS }", "not ispresent(a)"),
        ("{ $.a[*] NOT EXISTS }", '@message not like /"a"/'),
        ("{ $.a IS TRUE }", "(ispresent(a) and a = 1)"),
        ("{ $.a IS FALSE }", "(ispresent(a) and a = 0)"),
        ('{ $.a = "Delete*" }', "(ispresent(a) and a like /^Delete/)"),
        ('{ $.a != "*x.y" }', r"(ispresent(a) and a not like /x\.y$/)"),
        ('{ $.a = "*x*y*" }', "(ispresent(a) and a like /x.*y/)"),
        ('{ $.a = "*" }', "(ispresent(a) and a like /.*/)"),
        ("{ $.a = %^x/y% }", r"(ispresent(a) and a like /^x\/y/)"),
        (r"{ $.a = %x\/y\\/z% }", r"(ispresent(a) and a like /x\/y\\\/z/)"),
        (r"{ $.a = %x{,2}\{,[{,]% }", r"(ispresent(a) and a like /x{0,2}\{,[{,]/)"),
        (r'{ $.a = "x\\/*" }', r"(ispresent(a) and a like /^x\\\//)"),
        ('{ $.a.b[0].c = "x" }', '(ispresent(a.b.0.c) and a.b.0.c = "x")'),
        ('{ $.x-y = "x" }', '(ispresent(`x-y`) and `x-y` = "x")'),
        ("{ $.['a.b'].c = \"x\" }", '(ispresent(`a.b.c`) and `a.b.c` = "x")'),
        (r'{ $.a = "q\"u\\o" }', r'(ispresent(a) and a = "q\"u\\o")'),
        (
            "{ $.a = 1 && ($.b = 2 || $.c = 3) }",
            "(ispresent(a) and a = 1) and ((ispresent(b) and b = 2) or (ispresent(c) and c = 3))",
        ),
    ],
)
def test_a_condition(pattern: str, expected: str) -> None:
    """Guarded, so that a missing field answers as in the pattern."""
    assert filtered(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "selector"), [('{ $.a[*].b = "x" }', "$.a[*].b"), ("{ $.a IS NULL }", "$.a"), ('{ $.* = "x" }', "$.*")]
)
def test_what_insights_may_not_see_is_named(pattern: str, selector: str) -> None:
    """Wildcards and nulls, in a comment of the query."""
    assert f"# Insights may not see {selector} as the metric filter does." in query(parse(pattern).root)


def test_who_what_where_when() -> None:
    """The columns, the title, the newest first; several patterns are alternatives."""
    text = query(parse('{ $.a = "x" }').root, parse('{ $.b = "y" }').root, title="Mine,\nof two lines")
    assert text.startswith("# Mine, of two lines\nfields eventTime, ")
    for column in ("as who", "as whose", "as what", "as where_from", "errorCode", "eventID"):
        assert column in text
    assert "| sort eventTime desc" in text
    assert '(ispresent(a) and a = "x") or (ispresent(b) and b = "y")' in text


def test_a_pattern_without_a_doubt_has_no_comment() -> None:
    """Comments are for what needs one."""
    assert "#" not in query(parse('{ $.a = "x" }').root)


def test_what_several_filters_share_is_asked_once() -> None:
    """As the clauses of an exclusion are, where it splits a pattern; one filter without more makes the others vain."""
    one, two = parse('{ $.a = "x" && $.b = "y" }').root, parse('{ $.a = "z" && $.b = "y" }').root
    either = '((ispresent(a) and a = "x") or (ispresent(a) and a = "z")) and (ispresent(b) and b = "y")'
    assert f"| filter {either}\n" in query(one, two)
    assert query(one, parse('{ $.b = "y" }').root) == query(parse('{ $.b = "y" }').root)


def test_a_query_is_never_too_long() -> None:
    """PutQueryDefinition takes 10,000 characters; a query that would have more shows more, and says so."""
    long = [parse(f'{{ $.eventName = "N{n}" && $.a != "{"x" * 900}{n}" }}').root for n in range(12)]
    texts = [query(*long), query(*long, parse("{ $.b = 1 }").root)]
    assert all(len(text) <= LONGEST and "# It shows more than is counted" in text for text in texts)
    assert '| filter eventName in ["N0", "N1", "N10", ' in texts[0]
    assert "| filter ispresent(eventName)\n" in texts[1]
