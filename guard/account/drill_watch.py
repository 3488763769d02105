"""Watches drills: what metrics and alarm histories say that they did not say before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TypeAlias

from guard.account import metrics
from guard.account.account import Account
from guard.account.drill import Drill

BEFORE = timedelta(minutes=15)  # how long before the start they are read, to know what is new
# The leg that did not come -> what that says, and where to look.
ADVICE: Mapping[str, str] = {
    "metric": "no metric filter has counted the record; guard verify looks at the filters",
    "alarm": "the alarm did not ring; guard verify compares its settings with the rule's",
    "action": "the alarm's history names no action; guard verify looks at actions and mute rules",
}
Item: TypeAlias = tuple[str, str, str, str]  # alarm, time, kind, summary


@dataclass(slots=True)
class Run:
    """How far a drill came: seconds from its start by leg (metric, alarm, action), which actions ran, and why
    others failed.
    """

    drill: Drill
    began: float | None = None
    legs: dict[str, float] = field(default_factory=dict)
    ran: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The legs of the way."""
        return ("metric", "alarm", "action") if self.drill.records else ("alarm", "action")

    @property
    def missing(self) -> list[str]:
        """The legs that have not come."""
        return [leg for leg in self.wanted if leg not in self.legs]

    @property
    def proven(self) -> bool:
        """Whether all of it came, and every action ran."""
        return not self.wrong

    @property
    def wrong(self) -> list[str]:
        """What is not as it should be: the first leg that did not come, and each action that failed."""
        return [*(ADVICE[leg] for leg in self.missing[:1]), *self.failed.values()]

    def came(self, leg: str, now: float) -> None:
        """A leg came, for the first time."""
        if self.began is not None:
            self.legs.setdefault(leg, round(now - self.began, 1))


class Watch:
    """What metrics and alarm history say that they did not say before."""

    def __init__(self, account: Account, runs: Sequence[Run], timeout: float) -> None:
        self.account, self.runs, self.timeout = account, runs, timedelta(seconds=timeout)
        self.since = datetime.now(timezone.utc) - BEFORE
        self.by_alarm = {run.drill.alarm: run for run in runs}
        self.sums_before = self.sums(runs)
        self.items_before: frozenset[Item] = frozenset()
        self.items_before = frozenset(self.items())

    def look(self, now: float) -> None:
        """Note the legs that have come."""
        begun = [run for run in self.runs if run.began is not None]
        for alarm, sums in self.sums([run for run in begun if "metric" in run.missing]).items():
            run, before = self.by_alarm[alarm], self.sums_before[alarm]
            if sum(max(value - before.get(at, 0.0), 0.0) for at, value in sums.items()) >= run.drill.needed:
                run.came("metric", now)
        for alarm, _, kind, summary in self.items() if any(run.missing for run in begun) else ():
            self.note(self.by_alarm[alarm], kind, summary, now)

    def note(self, run: Run, kind: str, summary: str, now: float) -> None:
        """Of one item of an alarm's history, what it says of the drill."""
        if kind == "StateUpdate" and summary.endswith("to ALARM"):
            run.came("alarm", now)
        action = (
            max((arn for arn in run.drill.actions if arn in summary), key=len, default="") if kind == "Action" else ""
        )
        if action and summary.startswith("Successfully"):
            run.ran.add(action)
        elif action:
            run.failed[action] = summary
        if run.ran | run.failed.keys() >= set(run.drill.actions):
            run.came("action", now)

    def sums(self, runs: Sequence[Run]) -> dict[str, dict[datetime, float]]:
        """By alarm: minute -> what its metric counted, of the time in which the drill can be."""
        wanted = {metrics.Wanted(*run.drill.metric): run.drill.alarm for run in runs if run.drill.records}
        now = datetime.now(timezone.utc)
        since, until = now - BEFORE - self.timeout, now + timedelta(minutes=5)
        found = metrics.sums(self.account, list(wanted), since, metrics.MINUTE, until)
        return {alarm: found[one] for one, alarm in wanted.items()}

    def items(self) -> Iterator[Item]:
        """What our alarms' histories say that they did not say before."""
        of_one = {"AlarmName": self.runs[0].drill.alarm} if len(self.runs) == 1 else {}
        pages = (
            self.account.client("cloudwatch")
            .get_paginator("describe_alarm_history")
            .paginate(StartDate=self.since, ScanBy="TimestampAscending", **of_one)
        )
        for one in (one for page in pages for one in page["AlarmHistoryItems"]):
            item = (one["AlarmName"], str(one["Timestamp"]), one["HistoryItemType"], one["HistorySummary"])
            if item[0] in self.by_alarm and item not in self.items_before:
                yield item
