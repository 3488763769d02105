"""A plan on a terminal."""

from io import StringIO

from rich.console import Console, RenderableType

from guard.plan import text
from guard.plan.changes import Change
from tests.plan.sample import PLAN


def printed(what: RenderableType) -> str:
    """What a terminal of 160 columns shows, without colours."""
    out = StringIO()
    Console(file=out, width=160).print(what)
    return out.getvalue()


def test_the_plan_on_a_terminal() -> None:
    """Each alarm with who is mailed, quotas with their limits, the total, the warnings."""
    shown = printed(text.write(PLAN))

    assert "Stack dev in eu-west-1: 1 alarms" in shown
    assert "anna@example.com" in shown
    assert "1 of 100" in shown
    assert "3.10" in shown
    assert "warning: rule 'a' isn't deployed" in shown


def test_changes_on_a_terminal() -> None:
    """One line a change, its details under it."""
    shown = printed(text.write_changes(PLAN, [Change("alarm", "added", "guard/[new]", ("high [red]",))]))

    assert "+ alarm guard/[new]\n    high [red]\n" in shown


def test_no_change_on_a_terminal() -> None:
    """Is said."""
    assert "No alarm, recipient, setting or cost changes." in printed(text.write_changes(PLAN, []))
