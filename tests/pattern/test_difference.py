"""How a pattern changed."""

import pytest

from guard.pattern.difference import compare

BOTH = '{ ($.s = "x") && (($.n = "A") || ($.n = "B")) }'


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        (BOTH, '{$.s = "x" && ($.n = "A" || $.n = "B")}', []),
        (BOTH, '{ ($.s = "x") && (($.n = "A") || ($.n = "C")) }', ['- || $.n = "B"', '+ || $.n = "C"']),
        (BOTH, '{ ($.s = "y") && (($.n = "A") || ($.n = "B")) }', ['- && $.s = "x"', '+ && $.s = "y"']),
        ('{ $.n = "A" }', '{ $.n = "B" }', ['- $.n = "A"', '+ $.n = "B"']),
        ('{ $.n = "A" }', '{ ($.n = "A") || ($.n = "B") }', ['+ || $.n = "B"']),
        ('{ ($.n = "A") && ($.m = 1) }', '{ $.n = "A" }', ["- && $.m = 1"]),
        (BOTH, '{ ($.s = "x") && ($.n = "A") }', ['- || $.n = "B"']),
        ('{ ($.n = "A") || ($.n = "B") }', '{ ($.n = "B") || ($.n = "A") }', []),
        ("", '{ $.n = "A" }', ['+ { $.n = "A" }']),
        ('{ $.n = "A" }', "ERROR", ['- { $.n = "A" }', "+ ERROR"]),
    ],
)
def test_a_pattern_is_compared_clause_by_clause(old: str, new: str, lines: list[str]) -> None:
    """What went and what came, with what joins it; order and brackets that mean nothing are no change."""
    assert list(compare(old, new)) == lines
