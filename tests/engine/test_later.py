"""Addresses that are known only later, of which the program can say no more than their place in a list."""

import pytest

from tests.engine.harness import Project, short

PROGRAM = """
import pulumi
from guard import AccountGuard

people = [pulumi.Output.from_input(f"{{one}}@example.com") for one in {people!r}]
AccountGuard("guard", {{"emails": people, "packs": [], "access_logs": False, "protect": False}})
"""


@pytest.mark.parametrize("left", [["b", "c"], ["c", "b", "a"], ["d", "a", "b", "c"], ["c"]])
def test_who_stays_in_the_list_stays_subscribed(project: Project, left: list[str]) -> None:
    """Whoever leaves or comes, and wherever: SNS subscribes an address once, so whoever deletes what stood in
    another place cuts off whom it made anew.
    """
    for people in (["a", "b", "c"], left):
        project.write(program=PROGRAM.format(people=people))
        project.up()
    there = [inputs for (kind, _), inputs in project.world().items() if short(kind) == "TopicSubscription"]
    mailed = {one["endpoint"].split("@")[0] for one in there if one["topic"].endswith("guard-alerts")}
    assert mailed >= set(left)
