"""How much of AWS's quotas a plan uses."""

from guard.plan.quotas import count


def test_the_first_by_name_stands_for_equals() -> None:
    """A plan is the same whatever order the program's resources were registered in."""
    alarms = [{"name": name, "alarmActions": ["x"]} for name in ("b", "a", "c")]
    for order in (alarms, alarms[::-1]):
        [actions] = [one for one in count({"MetricAlarm": order}) if one.name == "Actions of an alarm"]
        assert (actions.used, actions.what) == (1, "a")
