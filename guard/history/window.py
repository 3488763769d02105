"""The span of time that is read, and what a log file's path tells of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, TypeVar

SKIPPED = re.compile(r"/CloudTrail-(?:Digest|Insight|Aggregated)/|_CloudTrail-(?:Digest|Insight|Aggregated)_")
DATED = re.compile(r"/CloudTrail/[a-z0-9-]+/(\d{4})/(?:(\d{2})/(?:(\d{2})/)?)?")
Moment = TypeVar("Moment", bound=Any)  # numbers or times
LATE = timedelta(days=1)  # a file's path bears the day of its delivery, not of its events


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` up to, not including, `until`, both in UTC; None is open."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, *times: datetime) -> bool:
        """Whether all these times lie within."""
        low, high = self.since, self.until
        return (low is None or low <= min(times)) and (high is None or max(times) < high)

    def may_hold(self, path: str) -> bool:
        """Whether a file, or a folder of a year, month or day, can hold an event of the window."""
        if SKIPPED.search(path):
            return False
        found = DATED.search(path)
        if not found:
            return True
        year, month, day = found.groups()
        try:
            start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=timezone.utc)
        except ValueError:
            return True
        after = self.since is None or _end(start.date(), month, day) > self.since
        return after and (self.until is None or start - LATE < self.until)


def _end(start: date, month: str | None, day: str | None) -> datetime:
    """Where the year, month or day that starts there ends."""
    if day:
        end = start + timedelta(days=1)
    elif month:
        end = (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    else:
        end = start.replace(year=min(start.year + 1, date.max.year))
    return datetime(end.year, end.month, end.day, tzinfo=timezone.utc)


def stretched(low: Moment | None, high: Moment | None, more: Iterable[Moment]) -> tuple[Moment | None, Moment | None]:
    """A span that holds more moments too; None where it holds none."""
    known = [*more, *(one for one in (low, high) if one is not None)]
    return min(known, default=None), max(known, default=None)
