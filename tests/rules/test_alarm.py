"""The alarm's state machine: AWS's own tables on missing data, sliding periods, mails on change only."""

import random

import pytest

from guard.rules import alarm as alarm_module
from guard.rules.alarm import Metric, State, Windows, evaluate
from guard.rules.model import Alarm, MissingData
from tests.rules.simulated import rings, simulate

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
    assert simulate(Alarm(), {100: 1}, 90, 200) == [(90, "OK"), (101, "ALARM"), (116, "OK")]


def test_zeros_clear_the_alarm_after_one_period() -> None:
    """With a default value the alarm is OK again when the hit has left the newest period."""
    assert simulate(Alarm(), {100: 1}, 90, 200, filled=True) == [(90, "OK"), (101, "ALARM"), (106, "OK")]


@pytest.mark.parametrize(
    ("alarm", "hits", "rung"),
    [
        pytest.param(Alarm(), {100: 1, 103: 5, 107: 1}, [101], id="a second hit while it rings mails nothing"),
        pytest.param(Alarm(), {100: 1, 160: 1}, [101, 161], id="one after it was OK does"),
        pytest.param(Alarm(threshold=5), dict.fromkeys(range(98, 103), 1), [103], id="periods slide by the minute"),
        pytest.param(Alarm(threshold=3), {100: 2}, [], id="a sum below the threshold is OK"),
        pytest.param(Alarm(300, 1, 3, 2), {100: 1}, [], id="one period of three, where two must breach"),
        pytest.param(Alarm(300, 1, 3, 2), {100: 1, 107: 1}, [108], id="two of three"),
    ],
)
def test_mails_are_changes_to_alarm(alarm: Alarm, hits: dict[int, float], rung: list[int]) -> None:
    """Of a metric with a default value: evaluated each minute, and as a back-test looks at it."""
    assert rings(simulate(alarm, hits, 90, 400, "OK", filled=True)) == rung
    assert [*Windows.of(alarm, Metric.of(hits), 90, 400).rings(alarm)] == rung


def test_a_heartbeat_rings_when_nothing_comes() -> None:
    """`LessThanThreshold` 1 with missing data breaching: three silent hours ring, the next event clears."""
    alarm = Alarm(3600, 1, 3, 3, "breaching", "LessThanThreshold")
    assert [new for _, new in simulate(alarm, {0: 4, 600: 1}, 10, 700)] == ["OK", "ALARM", "OK"]


def test_no_data_at_all() -> None:
    """A rule that never hits is OK from the first evaluation."""
    assert simulate(Alarm(), {}, 0, 1000) == [(0, "OK")]


@pytest.mark.parametrize("dense", [0, alarm_module.DENSE, 10**6])
def test_turning_points_lose_nothing(dense: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at turning points only gives the same rings as evaluating each minute; so do sums of all."""
    monkeypatch.setattr(alarm_module, "DENSE", dense)
    chance = random.Random(7)  # noqa: S311 - no secret
    for _ in range(100):
        hits = {chance.randrange(300): float(chance.randrange(4)) for _ in range(chance.randrange(12))}
        alarm = Alarm(
            chance.choice((60, 300)), chance.randrange(1, 4), periods := chance.randrange(1, 4),
            chance.randrange(1, periods + 1), chance.choice(TREATMENTS),
        )  # fmt: skip
        slow = rings(simulate(alarm, hits, 0, 400, "OK", filled=True))
        assert [*Windows.of(alarm, Metric.of(hits), 0, 400).rings(alarm)] == slow
