"""Whichever way a provider is given, it reaches every child."""

from pathlib import Path

import pytest

from tests.component.rendered import render

PROGRAM = """
import pulumi_aws as aws
from guard import AuditTrail, RuleAlarms

elsewhere = aws.Provider("elsewhere", region="us-east-1")
opts = pulumi.ResourceOptions(%s)
AccountGuard("guard", {"emails": ["security@example.com"], "packs": ["essentials"]}, opts)
AuditTrail("log", {}, opts)
RuleAlarms("alarms", {"log_group": "events", "packs": ["essentials"]}, opts)
"""


@pytest.mark.parametrize("opts", ["provider=elsewhere", "providers=[elsewhere]", 'providers={"aws": elsewhere}'])
def test_a_provider_reaches_every_child(tmp_path: Path, opts: str) -> None:
    """None is made by the default one."""
    made = [one for one in render(tmp_path, PROGRAM % opts).resources if one.type.startswith("aws:")]
    assert len(made) > 60
    assert {one.provider.split("::")[-2] for one in made} == {"elsewhere"}
