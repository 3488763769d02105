"""Events of real accounts ring the alarms that they should."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guard.sandbox.sandbox import Sandbox
from tests.sandbox.deployed import CONFIG, NAME, REGION, ROOT

SHARED = Path(__file__).parents[3] / "shared" / "events"
# By eventSource and eventName alone, so that what rings is not judged by the patterns that rang it.
NAMES = {
    "ec2-instance-changes": {
        "RunInstances",
        "StartInstances",
        "StopInstances",
        "TerminateInstances",
        "RebootInstances",
    },
    "security-group-changes": {
        "AuthorizeSecurityGroupIngress",
        "AuthorizeSecurityGroupEgress",
        "RevokeSecurityGroupIngress",
        "RevokeSecurityGroupEgress",
        "CreateSecurityGroup",
        "DeleteSecurityGroup",
        "ModifySecurityGroupRules",
    },
}


def events(name: str) -> Iterator[dict[str, Any]]:
    """The management events of a file."""
    for line in gzip.decompress((SHARED / name).read_bytes()).splitlines():
        event = json.loads(line)
        if event.get("managementEvent", True) and event.get("eventCategory", "Management") == "Management":
            yield event


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real events (../shared/events) are not on this machine")
@pytest.mark.parametrize("name", ["invictus.jsonl.gz", "stratus_red_team.jsonl.gz", "traildiscover.jsonl.gz"])
def test_real_events_ring(name: str) -> None:
    """As many hits on each alarm's metric as there are events of its names, and it rings when there is one."""
    played = list(events(name))
    counted = Counter(
        (rule, event["eventName"])
        for event in played
        for rule, wanted in NAMES.items()
        if event.get("eventSource") == "ec2.amazonaws.com" and event.get("eventName") in wanted
    )
    with Sandbox() as aws:
        aws.deploy(ROOT, "dev", CONFIG)
        aws.confirm()
        assert aws.play(played) == len(played)
        hits = aws.world.regions[REGION].hits
        for rule in NAMES:
            found = Counter(json.loads(hit.message)["eventName"] for hit in hits[f"AccountGuard/{NAME}", rule])
            assert found == Counter({event: count for (of, event), count in counted.items() if of == rule})
            rang = f"{NAME}/{rule}" in {mail.about for mail in aws.mails if mail.subject.startswith("ALARM")}
            assert rang == bool(found)
