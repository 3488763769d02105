"""The table of event names: made of botocore's models, complete over real logs, and each pack keeps to it."""

import gzip
import json
import re
from pathlib import Path

import botocore
import pytest

from guard.pattern import parse
from guard.pattern.ast import Node, Selector, conditions
from guard.pattern.names import EVENT_NAME
from guard.rules import Rule, event_table, read_pack, shipped
from guard.rules.events import FILE, sources
from guard.rules.lint_names import SOURCE, literal
from guard.rules.spellings import MORE, RENAMED

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "events"
LOCKED = re.search(r"^botocore==(\S+)", (ROOT / "requirements/dev.txt").read_text(encoding="utf-8"), re.MULTILINE)
RULES = [rule for name in shipped() for rule in read_pack(name).rules]
# What the console alone calls, and no AWS page names.
UNDOCUMENTED = {
    ("bedrock.amazonaws.com", "PutFoundationModelEntitlement"),
    ("discovery-marketplace.amazonaws.com", "GetListingView"),
    ("rds.amazonaws.com", "DescribeRecommendationGroups"),
    ("rds.amazonaws.com", "DescribeRecommendations"),
    ("s3.amazonaws.com", "GetStorageLensDashboardDataInternal"),
}


def test_the_table_is_made_of_the_locked_models() -> None:
    """`make events` with botocore as locked gives the file that ships."""
    assert LOCKED
    if botocore.__version__ != LOCKED[1]:
        pytest.skip(f"botocore is {botocore.__version__}, the table is made with {LOCKED[1]}")
    assert event_table.text() == FILE.read_text(encoding="utf-8"), "run `make events`"


@pytest.mark.parametrize("page", sorted({one.page for one in (*RENAMED, *MORE)}))
def test_what_is_no_operation_has_its_page(page: str) -> None:
    """Each name that botocore does not give comes with the AWS page that does."""
    assert page.startswith("https://docs.aws.amazon.com/")
    assert page.endswith(".html")


@pytest.mark.parametrize(
    ("source", "name", "known"),
    [
        ("lambda", "CreateFunction20150331", True),
        ("lambda", "CreateFunction", False),
        ("lambda", "AddPermission20150331v2", True),
        ("lambda", "AddPermission20150331", False),
        ("lambda", "CreateFunctionUrlConfig", True),
        ("lambda", "Invoke", True),
        ("s3", "PutBucketPublicAccessBlock", True),
        ("s3", "PutAccountPublicAccessBlock", True),
        ("s3", "PutPublicAccessBlock", False),
        ("s3", "PutBucketLifecycle", True),
        ("s3", "PutBucketLifecycleConfiguration", False),
        ("signin", "ConsoleLogin", True),
        ("sso-directory", "EnableExternalIdPConfigurationForDirectory", True),
        ("cloudfront", "CreateFunction2020_05_31", True),
    ],
)
def test_names_are_spelt_as_cloudtrail_spells_them(source: str, name: str, *, known: bool) -> None:
    """An operation that is recorded under another name is not in the table by its own: no event bears it."""
    assert (name in sources()[f"{source}.amazonaws.com"]) is known


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real events (../shared/events) are not on this machine")
def test_real_events_are_known() -> None:
    """Every event of the real logs stands in the table under its source, but for calls of the console alone."""
    seen = {
        (event["eventSource"], event["eventName"])
        for path in SHARED.glob("*.jsonl.gz")
        for event in map(json.loads, gzip.decompress(path.read_bytes()).splitlines())
    }
    assert {(source, name) for source, name in seen if name not in sources().get(source, ())} == UNDOCUMENTED


def literals(root: Node, selector: Selector) -> set[str]:
    """The texts that a tree compares the field with by `=`."""
    return {text for one in conditions(root) if (text := literal(one, selector)) is not None}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_literal_name_stands_in_the_table(rule: Rule) -> None:
    """Each literal eventName of a pack stands under the eventSource beside it, or under one where none is named."""
    for text in rule.patterns:
        root = parse(text).root
        names, named = literals(root, EVENT_NAME), literals(root, SOURCE)
        homes = [sources()[source] for source in named] or list(sources().values())
        assert named <= sources().keys()
        assert [name for name in sorted(names) if "*" not in name and not any(name in home for home in homes)] == []
