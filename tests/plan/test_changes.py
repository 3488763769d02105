"""What differs between two plans."""

from dataclasses import replace

from guard.plan.changes import Change, changes
from tests.plan.sample import ALARM, COST, PLAN


def test_a_plan_does_not_differ_from_itself() -> None:
    """Nothing is said."""
    assert changes(PLAN, PLAN) == ()


def test_an_added_alarm_is_shown_with_its_pattern() -> None:
    """Severity, title, when it rings, and what it counts."""
    (found,) = changes(replace(PLAN, alarms=()), PLAN)

    assert (found.subject, found.kind, found.name) == ("alarm", "added", "guard/own")
    assert found.details == ("high, A | B was called, >= 1 in 5 min", *ALARM.filters)


def test_a_removed_alarm() -> None:
    """Is named."""
    (found,) = changes(PLAN, replace(PLAN, alarms=()))

    assert (found.kind, found.name) == ("removed", "guard/own")


def test_a_changed_alarm_names_what_changed() -> None:
    """Before and after."""
    other = replace(ALARM, condition=">= 3 in 5 min", threshold=3, severity="low", topics=())

    (found,) = changes(PLAN, replace(PLAN, alarms=(other,)))

    assert found.kind == "changed"
    assert found.details == (
        "severity: high -> low",
        "condition: >= 1 in 5 min -> >= 3 in 5 min",
        "topics: guard-alerts -> none",
    )


def test_recipients_are_compared_topic_by_topic() -> None:
    """An exchanged address is one that went and one that came."""
    other = replace(PLAN, topics={"guard-alerts": ("anna@example.com", "carla@example.org")})

    assert changes(PLAN, other) == (
        Change("recipient", "added", "carla@example.org", ("topic guard-alerts",)),
        Change("recipient", "removed", "ben@example.org", ("topic guard-alerts",)),
    )


def test_settings_and_cost() -> None:
    """Each changed key, and each line of the cost that moved."""
    dearer = replace(COST, lines=(replace(COST.lines[0], amount=2.10), COST.lines[1]))

    assert changes(PLAN, replace(PLAN, settings={"retentionDays": 90, "dashboard": True}, cost=dearer)) == (
        Change("setting", "changed", "retentionDays", ("365 -> 90",)),
        Change("cost", "changed", "$3.10 -> $4.10 a month", ("Alarms: $1.10 -> $2.10",)),
    )


def test_a_changed_pattern_is_shown_clause_by_clause() -> None:
    """The clause that stays is not repeated."""
    other = replace(ALARM, filters=('{ ($.eventName = "A") || ($.eventName = "C") }',))

    (found,) = changes(PLAN, replace(PLAN, alarms=(other,)))

    assert found.details == ('- || $.eventName = "B"', '+ || $.eventName = "C"')


def test_a_pattern_written_otherwise_is_no_change() -> None:
    """Spaces and brackets that mean nothing."""
    other = replace(ALARM, filters=('{$.eventName="A"||$.eventName="B"}',))

    assert changes(PLAN, replace(PLAN, alarms=(other,))) == ()
