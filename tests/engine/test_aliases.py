"""Physical names are explicit, so that a moved resource would be made over the live one and then deleted."""

from tests.engine.harness import ROOT, Project
from tests.pages import fenced

PROGRAM = """
import pulumi
from guard import AccountGuard

class Team(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("test:index:{kind}", name, None, opts)

team = Team("{name}", pulumi.ResourceOptions(aliases={aliases}))
AccountGuard(
    "guard",
    {{"emails": ["a@example.com"], "packs": ["essentials"], "protect": False}},
    pulumi.ResourceOptions(parent=team),
)
"""
ALIAS = "[pulumi.Alias(name='old', type_='test:index:Team')]"
KINDS = {"aws:cloudwatch/logMetricFilter:LogMetricFilter", "aws:cloudwatch/metricAlarm:MetricAlarm"}


def test_a_renamed_parent_with_its_alias_keeps_filter_and_alarm(project: Project) -> None:
    """With the alias nothing is touched; without it the engine would create and delete.

    The names of a URN's parents do not stand in it, their types do: the parent gets both anew.
    """
    project.write(program=PROGRAM.format(kind="Team", name="old", aliases="[]"))
    project.up()
    before = {key for key in project.world() if key[0] in KINDS}

    project.write(program=PROGRAM.format(kind="Squad", name="new", aliases="[]"))
    assert project.preview()["changeSummary"].get("delete", 0) >= len(before)

    project.write(program=PROGRAM.format(kind="Squad", name="new", aliases=ALIAS))
    assert project.up() == []
    assert {key for key in project.world() if key[0] in KINDS} == before


def test_the_pages_move_into_a_component_touches_nothing(project: Project) -> None:
    """The program of docs/reuse.md, over one in which the guard stood alone; without its alias all would go."""
    [page] = [block for block in fenced(ROOT / "docs/reuse.md", "python") if "aliases=" in block]
    guard = 'AccountGuard("guard", {"emails": ["security@example.com"], "protect": False}'
    project.write(program=f"from guard import AccountGuard\n\n{guard})\n")
    assert guard in page
    project.up()

    project.write(program=page.replace(", aliases=[before]", ""))
    assert project.preview()["changeSummary"]["delete"] > 1

    project.write(program=page)
    assert project.preview()["changeSummary"].keys() == {"create", "same"}
    assert project.up() == []
