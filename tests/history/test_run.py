"""What rules would have counted, and how often their alarms would have mailed."""

import io
import json
import sys
from itertools import count
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any
from uuid import uuid1, uuid4

import pytest

from guard.history import count as counting
from guard.history import crew, tops
from guard.history import run as module
from guard.history.delay import fixed, typical
from guard.history.hits import Result, rang
from guard.history.run import run
from guard.history.seen import Seen
from guard.pattern import parse
from guard.rules import SAMPLE, fill, load
from guard.rules.drill import event_id
from guard.rules.model import Alarm
from tests.history.logs import ROLE, event, found, lines, rules
from tests.rules.simulated import rings, simulate

RULE = "ec2-instance-changes"
NUMBERS = count(1000)


def ec2(path: Path, *minutes: int, **alarm: Any) -> Result:
    """The EC2 rule's result over events at these minutes of a day."""
    lines(path / "log", *(event(next(NUMBERS), minute=minute) for minute in minutes))
    return next(one for one in found(path / "log", **alarm).results if one.rule.id == RULE)


def test_one_mail_a_burst(tmp_path: Path) -> None:
    """Events close together ring once; apart, they ring again."""
    assert (ec2(tmp_path, 0, 1, 2).events, ec2(tmp_path, 0, 1, 2).mails) == (3, 1)
    assert (ec2(tmp_path, 0, 60).events, ec2(tmp_path, 0, 60).mails) == (2, 2)


def test_a_threshold_counts_within_the_period(tmp_path: Path) -> None:
    """Three in five minutes ring at a threshold of three, three in an hour do not."""
    assert ec2(tmp_path, 0, 1, 2, threshold=3).mails == 1
    assert ec2(tmp_path, 0, 20, 40, threshold=3).mails == 0


def test_the_order_of_records_is_no_matter(tmp_path: Path) -> None:
    """Files come in any order."""
    assert ec2(tmp_path, 60, 0, 30).rang == ec2(tmp_path, 0, 30, 60).rang != ()


def test_mails_a_week_are_over_the_span(tmp_path: Path) -> None:
    """Of a day at least."""
    assert ec2(tmp_path, 0).mails_a_week == 7
    lines(tmp_path / "log", event(1, day=1, minute=0), event(2, day=15, minute=0))
    result = next(one for one in found(tmp_path / "log").results if one.rule.id == RULE)
    assert result.mails_a_week == pytest.approx(1.0, abs=0.001)


def test_who_is_the_role_of_a_session(tmp_path: Path) -> None:
    """Sessions of one role are one principal; what names nobody is a question mark."""
    who = [{}, {"invokedBy": "x.amazonaws.com"}, {"type": "Root"}, {"arn": "a", "type": "IAMUser"}]
    lines(tmp_path / "log", event(1), event(2), *(event(3 + n, userIdentity=one) for n, one in enumerate(who)))
    result = next(one for one in found(tmp_path / "log").results if one.rule.id == RULE)
    assert result.principals == {ROLE: 2, "?": 1, "Root": 1, "a": 1, "x.amazonaws.com": 1}
    assert result.sources == {"198.51.100.7": 6}
    assert result.names == {"RunInstances": 6}


def test_no_events_are_no_hits(tmp_path: Path) -> None:
    """An empty log is a result too."""
    (tmp_path / "log").touch()
    outcome = found(tmp_path)
    assert {one.events for one in outcome.results} == {0}
    assert len(outcome.results) == len(rules())


def test_names_that_no_rule_names(tmp_path: Path) -> None:
    """Counted, each event once."""
    one = event(1, eventName="DescribeInstances")
    lines(tmp_path / "log", one, one, event(2), event(3, eventName="DescribeInstances"), event(4, eventName=None))
    assert found(tmp_path).unseen == {"DescribeInstances": 2, "?": 1}


def test_drills_are_no_hits(tmp_path: Path) -> None:
    """By their eventID alone, which AWS gives: whoever acts writes the user agent, and may choose the address."""
    forged = [event(1, sourceIPAddress="192.0.2.1"), event(2, userAgent="guard-drill")]
    lines(tmp_path / "log", *forged, event(3), event(4, eventID=event_id()))
    outcome = found(tmp_path)
    assert (outcome.tally.drills, sum(one.events for one in outcome.results)) == (1, 3)


def test_drills_are_no_events(tmp_path: Path) -> None:
    """Whether a rule matches them or not; one that stands twice is a duplicate."""
    drill = event(1, eventID=event_id(), eventName="DescribeInstances")
    lines(tmp_path / "log", drill, drill, event(2, eventID=event_id()), event(3))
    outcome = found(tmp_path)
    tally = outcome.tally
    assert (tally.events, tally.drills, tally.duplicates, dict(outcome.unseen)) == (1, 2, 1, {})


def test_a_name_that_is_a_number_is_no_name(tmp_path: Path) -> None:
    """However its file is read."""
    (tmp_path / "log").write_text(json.dumps({"events": [{"message": json.dumps(event(1, eventName=7))}]}))
    lines(tmp_path / "lines", event(2, eventName=7))
    assert found(tmp_path).unseen == {"?": 2}


def test_an_alarm_of_several_periods_is_watched_to_its_end(tmp_path: Path) -> None:
    """Two breaching periods of three, that the last events make when they have left the latest period."""
    alarm = {"threshold": 2, "evaluation_periods": 3, "datapoints_to_alarm": 2}
    result = ec2(tmp_path, 0, 2, 6, 6, **alarm)
    wanted = simulate(result.rule.alarm, result.minutes, result.start, result.end + 100, "OK", filled=True)
    assert [*result.rang] == rings(wanted)
    assert result.mails == 2


def test_a_delay_moves_what_the_alarm_counts(tmp_path: Path) -> None:
    """By minutes; the event's own time stays."""
    lines(tmp_path / "log", event(1, minute=0))
    plain, late = (run(rules(), [str(tmp_path)], delay=fixed(seconds)).results for seconds in (0, 150))
    assert [b - a for one, two in zip(plain, late, strict=True) for a, b in zip(one.rang, two.rang, strict=True)] == [2]
    assert [one.first for one in plain] == [one.first for one in late]


def test_the_typical_delay_is_that_of_a_real_tree() -> None:
    """A median of 191 s, 95 % within 455 s; the same for the same event."""
    drawn = [typical(number.to_bytes(16, "big")) for number in range(0, 2**32, 2**20)]
    assert median(drawn) == pytest.approx(191, rel=0.01)
    assert quantiles(drawn, n=20)[-1] == pytest.approx(455, rel=0.02)
    assert typical(b"x" * 16) == typical(b"x" * 16)


def test_processes_count_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several, with duplicates over files, faults in order, progress told to the end. Here they are no copies."""
    monkeypatch.setattr(crew, "THREADS", tmp_path / "none")
    for number in range(6):
        lines(tmp_path / f"log{number}", event(number), event(99), event(200 + number, minute=10 * number))
        with (tmp_path / f"log{number}").open("a") as log:
            log.write("\n{\n" * 6)
    alone = run(rules(), [str(tmp_path)])
    monkeypatch.setattr(module, "SMALL", 0)
    monkeypatch.setattr(crew, "BATCH", 1)
    told: list[tuple[int, int]] = []
    shared = run(rules(), [str(tmp_path)], jobs=2, progress=lambda done, total: told.append((done, total)))
    assert (shared.tally, shared.unseen) == (alone.tally, alone.unseen)
    assert [one.place.rsplit(":", 1)[-1] for one in shared.tally.faults[:6]] == ["4", "6", "8", "10", "12", "14"]
    assert [(one.events, one.rang, one.principals) for one in shared.results] == [
        (one.events, one.rang, one.principals) for one in alone.results
    ]
    assert told[-1][0] == told[-1][1] > 0


def test_rules_that_match_together_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many sets of them there are, a rule counts each event that one of its filters matches once."""
    several = [fill(rule, SAMPLE) for rule in load(["essentials", "cis", "self-protection"]).rules]
    examples = [dict(one) for rule in several for one in (*rule.examples.match, *rule.examples.no_match)]
    events = [{**event(number, minute=number), **one, "eventID": f"e{number}"} for number, one in enumerate(examples)]
    lines(tmp_path / "log", *events)
    for groups in (counting.GROUPS, 2):
        monkeypatch.setattr(counting, "GROUPS", groups)
        for one in run(several, [str(tmp_path)]).results:
            filters = [parse(text) for text in one.rule.patterns]
            assert one.events == sum(any(each.matches(event) for each in filters) for event in events) > 0
            assert sum(one.minutes.values()) == sum(each.matches(event) for each in filters for event in events)


def test_of_equals_the_same_is_named() -> None:
    """In whatever order processes counted them."""
    for names in (("a", "b", "c"), ("c", "b", "a")):
        talkers = tops.Talkers()
        talkers.add(names, (1, 2, 3))
        assert [*tops.busiest([(talkers, 1)], 2, 1)] == ["a", "b"]


def test_standard_input_is_read_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside files that other processes read."""
    lines(tmp_path / "log", event(1))
    monkeypatch.setattr(module, "SMALL", 0)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(event(2)).encode())))
    assert run(rules(), ["-", str(tmp_path)], jobs=2).tally.events == 2


def test_an_event_is_known_by_all_of_its_id() -> None:
    """Also where ids are numbered by time, and differ in their first bytes alone; and within one page."""
    key = [uuid1().bytes for _ in range(50)]
    seen = Seen()
    assert seen.again(b"".join([*key, key[3]])) == {50}
    assert seen.again(b"".join([uuid4().bytes, key[7], *(b"%016d" % number for number in range(99))])) == {1}
    assert seen.again(b"") == frozenset()


def test_many_names_are_counted_as_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frequent ones stay, and nothing is lost; who is followed by the minute is complete, or not there."""
    monkeypatch.setattr(tops, "MOST", 10)
    monkeypatch.setattr(tops, "PAIRS", 20)
    names = [name for number in range(50) for name in ("often", f"rare{number}")]
    counted, talkers = tops.Tops(), tops.Talkers()
    for minute, name in enumerate(names):
        counted.add([name])
        talkers.add([name], [minute])
    ranked = counted.ranked()
    assert (ranked["often"], sum(ranked.values()), list(ranked)[-1]) == (50, 100, tops.OTHERS)
    assert len(tops.busiest([(talkers, 1)], 3, 1)["often"]) == 50
    other = tops.Talkers()
    other.add(["often", "else", None], [1000, 1, 2])
    apart = tops.busiest([(talkers, 1), (other, 2)], 3, 1)
    assert (len(apart["often"]), apart["often"][1000], "else" in apart) == (51, 2, False)
    talkers.merge(other)
    assert tops.busiest([(talkers, 1)], 3, 1)["often"].keys() == {*range(0, 100, 2), 1000}
    assert "else" not in tops.busiest([(talkers, 1)], 3, 1)


@pytest.mark.parametrize("period", [60, 300, 900])
def test_a_plain_alarm_is_judged_as_it_is_simulated(period: int) -> None:
    """By the pauses between its hits."""
    chance = Random(period)  # noqa: S311 - no secret
    for _ in range(50):
        minutes = {100 + chance.randrange(200): chance.randrange(1, 4) for _ in range(chance.randrange(20))}
        alarm = Alarm(period=period)
        assert [*rang(alarm, minutes, 100, 300)] == rings(simulate(alarm, minutes, 100, 400, "OK", filled=True))
