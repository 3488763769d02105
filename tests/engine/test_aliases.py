"""Physical names are explicit, so that a moved resource would be made over the live one and then deleted."""

from tests.engine.harness import Project

PROGRAM = """
import pulumi
from guard import AccountGuard

class Team(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("test:index:Team", name, None, opts)

team = Team("{name}", pulumi.ResourceOptions(aliases={aliases}))
AccountGuard(
    "guard",
    {{"emails": ["a@example.com"], "packs": ["essentials"], "protect": False}},
    pulumi.ResourceOptions(parent=team),
)
"""
KINDS = {"aws:cloudwatch/logMetricFilter:LogMetricFilter", "aws:cloudwatch/metricAlarm:MetricAlarm"}


def test_a_renamed_parent_with_its_alias_keeps_filter_and_alarm(project: Project) -> None:
    """With the alias nothing is touched; without it the engine would create and delete."""
    project.write(program=PROGRAM.format(name="old", aliases="[]"))
    project.up()
    before = {key for key in project.world() if key[0] in KINDS}

    project.write(program=PROGRAM.format(name="new", aliases="[]"))
    assert project.preview()["changeSummary"].get("delete", 0) >= len(before)

    project.write(program=PROGRAM.format(name="new", aliases="[pulumi.Alias(name='old')]"))
    assert project.up() == []
    assert {key for key in project.world() if key[0] in KINDS} == before
