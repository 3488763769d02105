"""The alarm's state machine: AWS's own tables on missing data, sliding periods, mails on change only."""

import random

import pytest

from guard.rules import alarm as alarm_module
from guard.rules.alarm import Metric, State, evaluate, rings, simulate, state_at
from guard.rules.model import Alarm, MissingData

POINTS = {"0": 0.0, "X": 1.0, "-": None}
KEEP = "keep"
TREATMENTS: tuple[MissingData, ...] = ("missing", "ignore", "breaching", "notBreaching")

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html: the points of
# an evaluation range of 5, oldest first; datapoints to alarm of 3 periods; the state by treatment.
TABLE = [
    ("0 - X - X", 3, ("OK", "OK", "OK", "OK")),
    ("0 - - - -", 3, ("OK", "OK", "OK", "OK")),
    ("- - - - -", 3, ("INSUFFICIENT_DATA", KEEP, "ALARM", "OK")),
    ("0 X X - X", 3, ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("- - X - -", 3, ("ALARM", KEEP, "ALARM", "OK")),
    ("0 - X - X", 2, ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("0 0 X 0 X", 2, ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("0 - X - -", 2, ("OK", "OK", "ALARM", "OK")),
    ("- - - - 0", 2, ("OK", "OK", "ALARM", "OK")),
    ("- - - X -", 2, ("ALARM", KEEP, "ALARM", "OK")),
]


@pytest.mark.parametrize(("points", "datapoints", "states"), TABLE)
def test_states_are_those_of_the_tables(points: str, datapoints: int, states: tuple[str, ...]) -> None:
    """Each row of AWS's two tables on missing data comes out as printed there, from any state before."""
    before: tuple[State, ...] = ("OK", "ALARM", "INSUFFICIENT_DATA")
    for treatment, expected in zip(TREATMENTS, states, strict=True):
        alarm = Alarm(300, 1, 3, datapoints, treatment)
        for state in before:
            found = evaluate([POINTS[word] for word in points.split()], alarm, state)
            assert found == (state if expected == KEEP else expected), treatment


def test_one_hit_rings_once_and_clears_when_it_has_left_the_range() -> None:
    """A sparse metric keeps the alarm ringing for the whole evaluation range, three periods."""
    changes = simulate(Alarm(), Metric.of({100: 1}), 90, 200)

    assert [(c.minute, c.old, c.new) for c in changes] == [
        (90, "INSUFFICIENT_DATA", "OK"),
        (101, "OK", "ALARM"),
        (116, "ALARM", "OK"),
    ]


def test_zeros_clear_the_alarm_after_one_period() -> None:
    """With a default value the alarm is OK again when the hit has left the newest period."""
    changes = simulate(Alarm(), Metric.of({100: 1}, filled=True), 90, 200)

    assert [(c.minute, c.new) for c in changes] == [(90, "OK"), (101, "ALARM"), (106, "OK")]


def test_a_second_hit_while_ringing_mails_nothing() -> None:
    """Actions run on a change of state only: a burst is one mail."""
    burst = simulate(Alarm(), Metric.of({100: 1, 103: 5, 110: 1}), 90, 400)
    apart = simulate(Alarm(), Metric.of({100: 1, 160: 1}), 90, 400)

    assert [len(rings(burst)), len(rings(apart))] == [1, 2]


def test_periods_slide_by_the_minute() -> None:
    """Five hits over a border of the clock's five minutes still sum up in one period."""
    hits = Metric.of(dict.fromkeys(range(98, 103), 1), filled=True)

    assert [c.minute for c in rings(simulate(Alarm(threshold=5), hits, 90, 200))] == [103]


def test_a_threshold_that_is_not_reached_stays_quiet() -> None:
    """Sum below the threshold is OK."""
    assert rings(simulate(Alarm(threshold=3), Metric.of({100: 2}), 90, 200)) == ()


def test_datapoints_of_several_periods() -> None:
    """2 of 3 periods must breach."""
    alarm = Alarm(300, 1, 3, 2)

    assert rings(simulate(alarm, Metric.of({100: 1}, filled=True), 90, 200)) == ()
    assert len(rings(simulate(alarm, Metric.of({100: 1, 107: 1}, filled=True), 90, 200))) == 1


def test_a_heartbeat_rings_when_nothing_comes() -> None:
    """`LessThanThreshold` 1 with missing data breaching: three silent hours ring, the next event clears."""
    alarm = Alarm(3600, 1, 3, 3, "breaching", "LessThanThreshold")
    metric = Metric.of({0: 4, 600: 1})

    changes = simulate(alarm, metric, 10, 700)

    assert [c.new for c in changes] == ["OK", "ALARM", "OK"]


def test_no_data_at_all() -> None:
    """A rule that never hits is OK from the first evaluation."""
    assert [c.new for c in simulate(Alarm(), Metric.of({}), 0, 100_000)] == ["OK"]


@pytest.mark.parametrize("dense", [0, alarm_module.DENSE, 10**6])
def test_turning_points_lose_nothing(dense: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Evaluating at turning points only gives the same changes as evaluating each minute; so do sums of all."""
    monkeypatch.setattr(alarm_module, "DENSE", dense)
    chance = random.Random(7)  # noqa: S311 - no secret
    for _ in range(60):
        hits = {chance.randrange(300): float(chance.randrange(4)) for _ in range(chance.randrange(12))}
        alarm = Alarm(
            chance.choice((60, 300)), chance.randrange(1, 4), periods := chance.randrange(1, 4),
            chance.randrange(1, periods + 1), chance.choice(TREATMENTS),
        )  # fmt: skip
        metric = Metric.of(hits, filled=chance.random() < 0.3)
        state: State = "INSUFFICIENT_DATA"
        slow = []
        for minute in range(400):
            new = state_at(alarm, metric, minute, state)
            if new != state:
                slow.append((minute, state, new))
            state = new

        assert [(c.minute, c.old, c.new) for c in simulate(alarm, metric, 0, 400)] == slow
