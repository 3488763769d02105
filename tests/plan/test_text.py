"""A plan on a terminal."""

from io import StringIO

import pytest
from rich.console import Console, RenderableType

from guard.plan import text
from guard.plan.changes import Change
from tests.plan.sample import PLAN


def printed(what: RenderableType, width: int = 160) -> str:
    """What a terminal of so many columns shows, without colours."""
    out = StringIO()
    Console(file=out, width=width).print(what)
    return out.getvalue()


def test_the_plan_on_a_terminal() -> None:
    """Each alarm with who is mailed, quotas with their limits, the total, the warnings."""
    shown = printed(text.write(PLAN, 160))

    assert "Stack dev in eu-west-1: 1 alarm " in shown
    assert "anna@example.com" in shown
    assert "1 of 100" in shown
    assert "3.10" in shown
    assert "warning: rule 'a' isn't deployed" in shown


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_no_word_of_an_alarm_is_cut(width: int) -> None:
    """Where a table would cut a name, a title's word or an address, an alarm's facts stand one below the other."""
    alarm, shown = PLAN.alarms[0], printed(text.write(PLAN, width), width)

    words = (alarm.rule, *alarm.title.split(), alarm.condition, *PLAN.mailed(alarm))
    assert [word for word in words if word not in shown] == []


def test_changes_on_a_terminal() -> None:
    """One line a change, its details under it."""
    shown = printed(text.write_changes(PLAN, [Change("alarm", "added", "guard/[new]", ("high [red]",))]))

    assert "+ alarm guard/[new]\n    high [red]\n" in shown


def test_no_change_on_a_terminal() -> None:
    """Is said."""
    assert "No alarm, recipient, setting or cost changes." in printed(text.write_changes(PLAN, []))
