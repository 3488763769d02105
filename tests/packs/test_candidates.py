"""What others watch for is watched for here, or docs/principles.md says why not."""

from pathlib import Path

import pytest
import yaml

from guard.pattern import parse
from guard.pattern.names import EVENT_NAME
from guard.rules import SAMPLE, fill_text, read_pack, shipped
from tests.packs.test_events import literals

ROOT = Path(__file__).parents[2]
FACTS = ROOT.parent / "shared" / "facts" / "rules.yaml"
# Operations whose events bear another name. guard/rules/spellings.py
SPELT = {
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "DeletePublicAccessBlock": "DeleteBucketPublicAccessBlock",
}
ANY = "(any)"  # a candidate of any event name


@pytest.mark.skipif(not FACTS.is_file(), reason="what others ship (../shared/facts) is not on this machine")
def test_every_candidate_is_a_rule_or_has_a_reason() -> None:
    """Each event name of a candidate stands in some pattern, else in the table of what was left out."""
    texts = [text for name in shipped() for rule in read_pack(name).rules for text in rule.patterns]
    watched = {name for text in texts for name in literals(parse(fill_text(text, SAMPLE)).root, EVENT_NAME)}
    page = (ROOT / "docs" / "principles.md").read_text(encoding="utf-8")
    left_out = page.partition("## What was weighed and left out")[2].partition("\n## ")[0]
    wanted = {
        SPELT.get(name, name)
        for candidate in yaml.safe_load(FACTS.read_text(encoding="utf-8"))["candidates"]
        for name in candidate["event_names"]
    }
    assert [name for name in sorted(wanted - watched - {ANY}) if f"`{name}`" not in left_out] == []
