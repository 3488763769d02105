"""The same counts by Athena, over logs that are too many to read here: the query, and its answer.

https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from guard.errors import Fault, FaultsError
from guard.history.count import Tally
from guard.history.hits import MINUTE, Result, rang
from guard.history.run import Outcome
from guard.history.window import LATE, Window
from guard.pattern import parse
from guard.pattern.sql import quoted, statement
from guard.rules.drill import ID
from guard.rules.model import Rule

if TYPE_CHECKING:
    from botocore.client import BaseClient

TABLE = re.compile(r"(?:([A-Za-z_][A-Za-z0-9_]*)\.)?([A-Za-z_][A-Za-z0-9_]*)")
PRICE = 5.0  # US dollars for a TB scanned, in most regions: https://aws.amazon.com/athena/pricing/
TERABYTE = 1e12
LONGEST = 262_144  # bytes of a statement: https://docs.aws.amazon.com/athena/latest/ug/service-limits.html
PAUSE = 2.0  # seconds between two looks at a query
DAYS = "%Y/%m/%d"


class AthenaError(FaultsError):
    """A query that cannot be written, or that Athena did not answer."""


@dataclass(frozen=True, slots=True)
class Query:
    """The SQL; by rule id how true its count is, with the selectors that are not exact; the rules left out."""

    sql: str
    marks: Mapping[str, str]


def query(rules: Sequence[Rule], table: str, window: Window) -> Query:
    """One statement that counts the events of each rule by account and minute. Raises AthenaError."""
    asked, marks = [], {}
    for rule in rules:
        said = [statement(parse(text).root) for text in rule.patterns]
        marks[rule.id] = _mark([(one.mark, one.selectors) for one in said])
        if all(one.sql for one in said):
            condition = " OR ".join(one.sql for one in said)
            asked.append(f"    CASE WHEN {condition} THEN {quoted(rule.id)} END")
    if not asked:
        raise AthenaError([Fault(table, "no rule can be asked of this table", "choose other rules")])
    sql = "\n".join(
        (
            "SELECT rule, recipientaccountid AS account, substr(eventtime, 1, 16) AS minute,",
            "  count(DISTINCT eventid) AS hits",
            f"FROM {named(table)}",
            "CROSS JOIN UNNEST(ARRAY[",
            ",\n".join(asked),
            "  ]) AS matched (rule)",
            f"WHERE rule IS NOT NULL{''.join(_within(window))}",
            f"  AND coalesce(eventid, '') NOT LIKE {quoted(ID + '%')}",
            "GROUP BY 1, 2, 3",
        )
    )
    if len(sql.encode()) > LONGEST:
        what = f"the statement has {len(sql.encode()):,} bytes, of {LONGEST:,} allowed"
        raise AthenaError([Fault(table, what, "ask fewer rules at once: --pack or --rules")])
    return Query(sql, marks)


def _mark(said: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> str:
    """`wider ($.userIdentity.invokedBy)`, of all filters of a rule."""
    words = sorted({word for mark, _ in said for word in mark.split(" and ")} - {"exact"})
    words = ["impossible"] if "impossible" in words else words
    where = sorted({selector for _, selectors in said for selector, _ in selectors})
    return f"{' and '.join(words)} ({', '.join(where)})" if words else "exact"


def named(table: str) -> str:
    """A table's name, quoted. Raises AthenaError."""
    found = TABLE.fullmatch(table)
    if not found:
        raise AthenaError([Fault(f"--table {table}", "is no table's name", "write DATABASE.TABLE")])
    return ".".join(f'"{part.lower()}"' for part in found.groups() if part)


def _within(window: Window) -> Iterator[str]:
    """By the partition's day first: it is that of delivery, so that a day more is read at the end."""
    if window.since:
        yield f"\n  AND day >= '{window.since.astimezone(timezone.utc):{DAYS}}'"
        yield f" AND eventtime >= '{_iso(window.since)}'"
    if window.until:
        yield f"\n  AND day <= '{(window.until + LATE).astimezone(timezone.utc):{DAYS}}'"
        yield f" AND eventtime < '{_iso(window.until)}'"


def _iso(at: datetime) -> str:
    return f"{at.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A query's rows, and the bytes that it scanned."""

    rows: Sequence[Mapping[str, str]]
    scanned: int

    @property
    def price(self) -> float:
        """In US dollars, by PRICE."""
        return self.scanned / TERABYTE * PRICE


def client() -> "BaseClient":
    """Athena in the shell's region. Raises AthenaError."""
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        made: BaseClient = boto3.client("athena")
    except BotoCoreError as error:
        raise AthenaError([Fault("athena", str(error), "set AWS_REGION, and look at AWS_PROFILE")]) from None
    return made


def ask(client: "BaseClient", sql: str, workgroup: str, follow: Callable[[str, int], None]) -> Answer:
    """Run a statement to its end; `follow` is told its state and the bytes scanned so far. Raises AthenaError."""
    from botocore.exceptions import BotoCoreError, ClientError

    api: Any = client
    try:
        started = api.start_query_execution(QueryString=sql, WorkGroup=workgroup)["QueryExecutionId"]
        scanned = _followed(api, started, follow)
        return Answer(_rows(api, started), scanned)
    except (BotoCoreError, ClientError) as error:
        fix = "look at the credentials and their rights, the workgroup, and its place for results"
        raise AthenaError([Fault("athena", str(error), fix)]) from None


def _followed(api: Any, started: str, follow: Callable[[str, int], None]) -> int:
    """The bytes that it scanned, when it is done; it is stopped where nobody waits for it any more."""
    try:
        while True:
            found = api.get_query_execution(QueryExecutionId=started)["QueryExecution"]
            state, scanned = found["Status"]["State"], found.get("Statistics", {}).get("DataScannedInBytes", 0)
            follow(state, scanned)
            if state == "SUCCEEDED":
                return int(scanned)
            if state in ("FAILED", "CANCELLED"):
                what = found["Status"].get("StateChangeReason", state.lower())
                raise AthenaError([Fault(f"athena {started}", what, "look at the query in the Athena console")])
            time.sleep(PAUSE)
    except KeyboardInterrupt:
        api.stop_query_execution(QueryExecutionId=started)
        raise


def _rows(api: Any, started: str) -> list[dict[str, str]]:
    rows = [
        [cell.get("VarCharValue", "") for cell in row["Data"]]
        for page in api.get_paginator("get_query_results").paginate(QueryExecutionId=started)
        for row in page["ResultSet"]["Rows"]
    ]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]] if rows else []


def outcome(rules: Sequence[Rule], answer: Answer, window: Window, marks: Mapping[str, str]) -> Outcome:
    """The report of the counts, and how true they are. The span is the one asked for, or that of the hits; who it
    was are the accounts.
    """
    minutes: dict[str, Counter[int]] = {rule.id: Counter() for rule in rules}
    accounts: dict[str, Counter[str]] = {rule.id: Counter() for rule in rules}
    for row in answer.rows:
        at = datetime.fromisoformat(f"{row['minute']}:00+00:00")
        minutes[row["rule"]][int(at.timestamp()) // MINUTE] += int(row["hits"])
        accounts[row["rule"]][f"account {row['account'] or '?'}"] += int(row["hits"])
    known = [minute for several in minutes.values() for minute in several]
    start = int(window.since.timestamp()) // MINUTE if window.since else min(known, default=0)
    end = int(window.until.timestamp()) // MINUTE if window.until else max(known, default=0) + 1
    results = [
        Result(
            rule=rule,
            events=sum(minutes[rule.id].values()),
            rang=rang(rule.alarm, minutes[rule.id], start, end),
            start=start,
            end=end,
            minutes=minutes[rule.id],
            principals=dict(accounts[rule.id].most_common()),
            first=_moment(min(minutes[rule.id], default=None)),
            last=_moment(max(minutes[rule.id], default=None)),
        )
        for rule in rules
    ]
    return Outcome(tuple(results), Tally(), Counter(), marks)


def _moment(minute: int | None) -> datetime | None:
    return None if minute is None else datetime.fromtimestamp(0, timezone.utc) + timedelta(minutes=minute)
