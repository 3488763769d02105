"""What rules would have counted, and how often their alarms would have mailed."""

from datetime import datetime, timedelta, timezone
from typing import Any

from guard.history.reader import Record
from guard.history.run import principal, run
from guard.rules import load
from guard.rules.model import Rule

START = datetime(2026, 11, 2, tzinfo=timezone.utc)
ROLE = "arn:aws:iam::111122223333:role/ci"


def rules(**alarm: Any) -> list[Rule]:
    """The essentials, the EC2 rule's alarm set."""
    overrides = {"ec2-instance-changes": alarm} if alarm else {}
    return list(load(["essentials"], overrides=overrides).rules)


def record(minute: int, name: str = "RunInstances") -> Record:
    """An event so many minutes after the start."""
    session = {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"arn": ROLE}}, "arn": "session"}
    event = {"eventSource": "ec2.amazonaws.com", "eventName": name, "userIdentity": session}
    return Record(START + timedelta(minutes=minute), event)


def found(records: list[Record], **alarm: Any) -> tuple[int, int]:
    """Events and mails of the EC2 rule."""
    result = next(one for one in run(rules(**alarm), records) if one.rule.id == "ec2-instance-changes")
    return result.events, result.mails


def test_one_mail_a_burst() -> None:
    """Events close together ring once; apart, they ring again."""
    assert found([record(0), record(1), record(2)]) == (3, 1)
    assert found([record(0), record(60)]) == (2, 2)


def test_a_threshold_counts_within_the_period() -> None:
    """Three in five minutes ring at a threshold of three, three in an hour do not."""
    assert found([record(0), record(1), record(2)], threshold=3) == (3, 1)
    assert found([record(0), record(20), record(40)], threshold=3) == (3, 0)


def test_the_order_of_records_is_no_matter() -> None:
    """Files come in any order."""
    records = [record(60), record(0), record(30)]
    assert found(records) == found(records[::-1]) == (3, 3)


def test_who_is_the_role_of_a_session() -> None:
    """Sessions of one role are one principal; what names nobody is a question mark."""
    results = run(rules(), [record(0), record(1)])
    assert results[0].principals == {ROLE: 2}
    assert principal({}) == "?"
    assert principal({"userIdentity": {"invokedBy": "x.amazonaws.com"}}) == "x.amazonaws.com"


def test_no_events_are_no_hits() -> None:
    """An empty log is a result too."""
    assert {one.events for one in run(rules(), [])} == {0}
    assert len(run(rules(), [])) == len(rules())


def test_the_dispatch_loses_nothing() -> None:
    """As many hits as without it, rules without a finite set of names among them."""
    mine = load(["cis", "essentials"], overrides={}).rules
    records = [record(n, name) for n, name in enumerate(("RunInstances", "CreateVpc", "DeleteTrail", "Other"))]
    for result in run(mine, records):
        from guard.pattern import parse

        patterns = [parse(text) for text in result.rule.patterns]
        assert result.events == sum(any(one.matches(it.event) for one in patterns) for it in records)
