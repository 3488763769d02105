"""What would quiet a noisy rule: the exclusion, or the threshold, that takes most mails away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from guard.history.event import KINDS
from guard.history.hits import Result, windows, without
from guard.rules.conditions import ConditionError, clauses

NOISY = 2.0  # mails a week
FEW = 3  # mails in all that are no noise yet
SINGLE = ("high", "critical")  # severities of which one act is enough
TRIED = 3  # of a kind: hardly more than two can each take half of the mails away
THRESHOLDS = (2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An override of a rule; the mails and the events matched that are left with it."""

    rule: str
    override: Mapping[str, Any]
    mails: int
    matches: int

    @property
    def document(self) -> dict[str, Any]:
        """As the stack's config holds it."""
        return {"overrides": {self.rule: dict(self.override)}}


def suggestion(result: Result) -> Suggestion | None:
    """For a rule that mails NOISY times a week or more: an exclusion where one takes at least half of the mails
    away, else a threshold that does; None where neither does. A threshold also hides single acts, so it comes
    second, and not for a rule that a single act is to ring.
    """
    if result.mails < FEW or result.mails_a_week < NOISY:
        return None
    enough = result.mails / 2
    exclusions = [one for one in _exclusions(result) if one.mails <= enough]
    if exclusions:
        return min(exclusions, key=lambda one: one.mails)  # of equals the first: principals before addresses
    if result.rule.severity in SINGLE:
        return None
    return next((one for one in _thresholds(result) if one.mails <= enough), None)


def _exclusions(result: Result) -> Iterator[Suggestion]:
    """Of what has enough minutes to take half of the mails away. Root is never left out."""
    for kind in KINDS:
        for value, minutes in result.busiest(kind, TRIED, result.mails / 2).items():
            item = {kind: value}
            if "*" not in value and not value.endswith(":root") and _compiles(item):
                override = {"exclude": [*map(dict, result.rule.exclude), item]}
                left = result.events - result.events_of(kind, value)
                yield Suggestion(result.rule.id, override, without(result, minutes), left)


def _compiles(item: Mapping[str, str]) -> bool:
    try:
        return bool(clauses([item]))
    except ConditionError:
        return False


def _thresholds(result: Result) -> Iterator[Suggestion]:
    alarm = result.rule.alarm
    seen = windows(alarm, result.minutes, result.start, result.end)
    for threshold in THRESHOLDS:
        if threshold > alarm.threshold:
            mails = len(seen.rings(replace(alarm, threshold=threshold)))
            yield Suggestion(result.rule.id, {"threshold": threshold}, mails, result.events)
