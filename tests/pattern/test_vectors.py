"""Answers of AWS, collected from its documentation and recordings, where they are on this machine."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from guard.pattern import PatternError, parse

SHARED = Path(__file__).parents[3] / "shared"
VECTORS = SHARED / "vectors" / "filter-patterns.jsonl"
PLACEHOLDER = re.compile(r"<allow-list>|\$\{[A-Z-]+\}")
RULES = SHARED / "facts" / "rules.yaml"


def vectors() -> list[dict[str, Any]]:
    """All but the uncertain ones."""
    if not VECTORS.is_file():
        return []
    found = [json.loads(line) for line in VECTORS.read_text().splitlines()]
    return [one for one in found if "uncertain" not in one["tags"]]


@pytest.mark.skipif(not VECTORS.is_file(), reason="the vectors (../shared/vectors) are not on this machine")
@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["id"])
def test_answers_as_aws(vector: dict[str, Any]) -> None:
    """The verdict is AWS's."""
    event = vector["event"]
    text = event if isinstance(event, str) else json.dumps(event)
    try:
        verdict = "match" if parse(vector["pattern"]).matches(text) else "no-match"
    except PatternError:
        verdict = "invalid"
    assert verdict == vector["expect"]


def published() -> list[Any]:
    """Every published pattern with its variants."""
    if not RULES.is_file():
        return []
    rules = yaml.safe_load(RULES.read_text())["rules"]
    return [
        pytest.param(one["pattern"], id=f"{rule['id']}:{one.get('name', 'published')}")
        for rule in rules
        for one in (rule, *rule.get("variants", ()))
        if one.get("pattern")
    ]


@pytest.mark.skipif(
    not RULES.is_file(), reason="the published rules (../shared/facts/rules.yaml) are not on this machine"
)
@pytest.mark.parametrize("text", published())
def test_published_patterns_parse(text: str) -> None:
    """CIS, Security Hub and vendor patterns are read; only what holds a publisher's placeholder is not."""
    if PLACEHOLDER.search(text):
        with pytest.raises(PatternError):
            parse(text)
    else:
        assert parse(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{ $.userIdentity.type = "Root" && $.userIdentity.invokedByNOT EXISTS }', "expected an operator"),
        ("{ $.userIdentity.type = 'Root' }", "double quotes"),
        ("{ $.errorMessage = Failed authentication }", "expected &&"),
    ],
)
def test_misprints_in_the_field_are_told(text: str, said: str) -> None:
    """CIS 1.3's lost blank, single quotes, a checker's lost double quotes: each with what is wrong."""
    with pytest.raises(PatternError, match=said):
        parse(text)
