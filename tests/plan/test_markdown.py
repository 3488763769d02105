"""A plan in a pull request."""

from dataclasses import replace

from guard.plan import markdown
from guard.plan.changes import Change, changes
from tests.plan.sample import ALARM, PLAN


def test_the_plan_shows_alarms_cost_and_warnings() -> None:
    """The alarm's row, the total, each warning."""
    text = markdown.write(PLAN)

    assert "| high | own | A \\| B was called | &gt;= 1 in 5 min |" in text
    assert "**$3.10 a month** at 1,000,000 events" in text
    assert "rule 'a' isn't deployed" in text


def test_no_text_of_a_rule_is_taken_for_markup() -> None:
    """A title cannot bring HTML, end its cell or mention a person."""
    text = markdown.write(replace(PLAN, alarms=(replace(ALARM, title="<b>|x\n@all `y`"),)))

    assert "&lt;b&gt;\\|x &#64;all \\`y\\`" in text


def test_changes_stand_in_a_diff_block() -> None:
    """Added, removed and changed have the signs that GitHub colours."""
    found = [
        Change("alarm", "added", "guard/new", ("high",)),
        Change("alarm", "changed", "guard/own", ('- $.a = "1"', '+ $.a = "2"')),
        Change("recipient", "removed", "a***@example.com", ("topic t",)),
    ]

    text = markdown.write_changes(PLAN, found)

    assert '+ guard/new\n    high\n! guard/own\n-   $.a = "1"\n+   $.a = "2"\n```' in text
    assert "- a***@example.com" in text


def test_no_change_is_said_in_words() -> None:
    """An empty comment would look like a failure."""
    assert "No alarm, recipient, setting or cost changes." in markdown.write_changes(PLAN, changes(PLAN, PLAN))


def test_a_fence_in_a_text_does_not_end_the_block() -> None:
    """Three backquotes in a title stay inside."""
    text = markdown.write_changes(PLAN, [Change("alarm", "added", "a", ("x ```\n# owned",))])

    assert text.count("```") == 2
