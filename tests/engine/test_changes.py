"""What a change of the config makes the real engine do: this, and no more."""

import pytest

from tests.engine.harness import Project, done
from tests.engine.story import Story, tell


@pytest.fixture(scope="module")
def story(project: Project) -> Story:
    """The stack's life, told once."""
    return tell(project)


def names(story: Story, step: str, *kinds: str) -> set[str]:
    """The logical names of the resources of these types that a step touched."""
    return {
        line["urn"].rsplit("::", 1)[-1]
        for line in story.steps[step]
        if line["type"].rsplit(":", 1)[-1] in kinds or not kinds
    }


def test_a_preview_makes_nothing(story: Story) -> None:
    """A preview of a new stack creates everything on paper, and touches nothing."""
    assert story.made_by_preview == []
    assert set(story.preview["changeSummary"]) == {"create"}


def test_the_first_up_makes_each_resource_once(story: Story) -> None:
    """Nothing is updated, replaced or deleted on the way, and no two resources are one thing in AWS."""
    first = story.steps["first"]

    assert {line["do"] for line in first} == {"create"}
    assert len({(line["type"], line["id"]) for line in first}) == len(first)


def test_destroy_is_refused_while_protected(story: Story) -> None:
    """Nothing is gone after it."""
    assert story.refused.code != 0
    assert "protect" in story.refused.text
    assert len(story.world["refused"]) == len(story.steps["first"])


def test_protection_ends_without_a_replacement(story: Story) -> None:
    """`protect: false` and an up: at most the log group's own protection changes in AWS."""
    assert set(done(story.steps["unprotected"])) <= {("update", "LogGroup")}


def test_destroy_empties_the_stack_once_it_is_not_protected(story: Story) -> None:
    """Everything goes."""
    assert story.destroyed.code == 0, story.destroyed.text
    assert story.world["destroyed"] == {}


def test_an_up_that_changes_nothing(story: Story) -> None:
    """The second up of the same config touches nothing."""
    assert story.steps["nothing"] == []


def test_a_changed_pattern_updates_the_filter_and_what_shows_it(story: Story) -> None:
    """The rule's filter is changed in place, and its saved query where there is one; no alarm is touched."""
    touched = done(story.steps["pattern"])

    assert touched["update", "LogMetricFilter"] == 1
    assert set(touched) <= {
        ("update", "LogMetricFilter"),
        ("update", "QueryDefinition"),
        ("update", "Dashboard"),
    }


def test_a_changed_threshold_updates_the_alarm_only(story: Story) -> None:
    """And nothing else."""
    assert done(story.steps["threshold"]) == {("update", "MetricAlarm"): 1}


def test_reordering_is_no_change(story: Story) -> None:
    """Packs, rules and e-mails in another order, and an address in another case, are nothing to do."""
    assert story.steps["order"] == []


def test_an_added_recipient_adds_its_subscriptions(story: Story) -> None:
    """One subscription on each topic that mails `emails`, and nothing else."""
    lines = story.steps["recipient"]

    assert set(done(lines)) == {("create", "TopicSubscription")}
    assert {line["inputs"]["endpoint"] for line in lines} == {"carla@example.com"}
    assert len({line["inputs"]["topic"] for line in lines}) == len(lines)


def test_a_removed_rule_deletes_what_it_had_and_updates_the_dashboard(story: Story) -> None:
    """Filter, alarm and saved query of that rule go; the dashboard no longer shows it."""
    touched = done(story.steps["fewer rules"])

    assert touched["delete", "LogMetricFilter"] == touched["delete", "MetricAlarm"] == 1
    assert touched["update", "Dashboard"] == 1
    assert {kind for action, kind in touched if action == "delete"} <= {
        "LogMetricFilter",
        "MetricAlarm",
        "QueryDefinition",
    }
    assert {kind for action, kind in touched if action != "delete"} == {"Dashboard"}


def test_no_address_stands_in_a_urn(story: Story) -> None:
    """URNs are printed by every preview; they hold no e-mail address."""
    assert not [line["urn"] for line in story.steps["first"] if "example" in line["urn"]]
