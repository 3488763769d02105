"""The checks' judgements of what AWS may answer, case by case: no sandbox is needed for them."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from guard.account import alarms, bucket, filters, quotas, rang, recipients, selectors, topics, trail
from guard.account.account import Account, ago
from guard.account.findings import unread
from guard.account.subscriptions import Recipient
from guard.account.verify import verify
from tests.account.live import CONFIG, HERE, settings

NOW = datetime(2026, 11, 28, 6, tzinfo=timezone.utc)
MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}


def account(config: Mapping[str, Any] = CONFIG, clients: Mapping[str, Any] | None = None) -> Account:
    """An account whose clients answer as told."""
    return Account(settings(config), HERE, lambda service: (clients or {})[service], NOW)


def hours(count: float) -> datetime:
    """So many hours ago."""
    return NOW - timedelta(hours=count)


def advanced(*selectors: list[dict[str, Any]]) -> dict[str, Any]:
    """GetEventSelectors' answer with advanced selectors."""
    return {"AdvancedEventSelectors": [{"FieldSelectors": fields} for fields in selectors]}


READ_ONLY, WRITE_ONLY = ({"Field": "readOnly", "Equals": [value]} for value in ("true", "false"))
SELECTORS: Mapping[str, tuple[dict[str, Any], str]] = {
    "the default": ({"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]}, "PASS"),
    "reads and writes apart": (
        {"EventSelectors": [{"ReadWriteType": "ReadOnly"}, {"ReadWriteType": "WriteOnly"}]},
        "PASS",
    ),
    "data events alone": ({"EventSelectors": [{"IncludeManagementEvents": False}]}, "FAIL"),
    "no KMS": ({"EventSelectors": [{"ExcludeManagementEventSources": ["kms.amazonaws.com"]}]}, "FAIL"),
    "no selector": ({}, "FAIL"),
    "advanced, all": (advanced([MANAGEMENT]), "PASS"),
    "advanced, besides data": (advanced([{"Field": "eventCategory", "Equals": ["Data"]}], [MANAGEMENT]), "PASS"),
    "advanced, data alone": (advanced([{"Field": "eventCategory", "Equals": ["Data"]}]), "FAIL"),
    "advanced, writes alone": (advanced([MANAGEMENT, WRITE_ONLY]), "FAIL"),
    "advanced, reads and writes apart": (advanced([MANAGEMENT, WRITE_ONLY], [MANAGEMENT, READ_ONLY]), "PASS"),
    "advanced, no KMS": (advanced([MANAGEMENT, {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}]), "FAIL"),
    "advanced, as AWS answers": (advanced([{**MANAGEMENT, "NotEquals": [], "StartsWith": []}]), "PASS"),
}


@pytest.mark.parametrize("case", SELECTORS)
def test_selectors(case: str) -> None:
    """All management events, read and write, or what is left out."""
    answer, status = SELECTORS[case]
    assert selectors.whole(answer).status == status


DELIVERIES: Mapping[str, tuple[dict[str, Any], str]] = {
    "recent": ({"LatestDeliveryTime": hours(1)}, "PASS"),
    "with an error": ({"LatestDeliveryTime": hours(1), "LatestDeliveryError": "AccessDenied"}, "FAIL"),
    "an error that is over": ({"LatestDeliveryTime": hours(1), "LatestDeliveryError": ""}, "PASS"),
    "long ago": ({"LatestDeliveryTime": hours(4)}, "FAIL"),
    "none yet, of a young trail": ({"StartLoggingTime": hours(0.5)}, "WARN"),
    "none, of an old trail": ({"StartLoggingTime": hours(50)}, "FAIL"),
    "never logged": ({}, "FAIL"),
    "a naive time": ({"LatestDeliveryTime": hours(1).replace(tzinfo=None)}, "PASS"),
}


@pytest.mark.parametrize("case", DELIVERIES)
def test_deliveries(case: str) -> None:
    """Recent is within the hours that the watchdog waits."""
    answer, status = DELIVERIES[case]
    assert trail.delivery(account(), "delivery to S3", answer).status == status


LIFECYCLES: Mapping[str, tuple[dict[str, Any], int, str]] = {
    "none": ({}, 0, "PASS"),
    "as the stack says": (
        {"Expiration": {"Days": 400}, "NoncurrentVersionExpiration": {"NoncurrentDays": 400}},
        400,
        "PASS",
    ),
    "longer": ({"Expiration": {"Days": 500}}, 400, "PASS"),
    "shorter": ({"Expiration": {"Days": 30}}, 400, "FAIL"),
    "old versions shorter": ({"NoncurrentVersionExpiration": {"NoncurrentDays": 1}}, 400, "FAIL"),
    "some, where nothing is to go": ({"Expiration": {"Days": 4000}}, 0, "FAIL"),
    "a date": ({"Expiration": {"Date": NOW}}, 400, "FAIL"),
    "switched off": ({"Expiration": {"Days": 1}, "Status": "Disabled"}, 400, "PASS"),
    "uploads alone": ({"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}, 0, "PASS"),
    "another class": ({"Transitions": [{"Days": 1, "StorageClass": "GLACIER_IR"}]}, 0, "PASS"),
}


@pytest.mark.parametrize("case", LIFECYCLES)
def test_lifecycles(case: str) -> None:
    """Nothing goes before its time."""
    rule, days, status = LIFECYCLES[case]
    found = {"Rules": [{"ID": "x", "Status": "Enabled", **rule}]} if rule else {}
    assert bucket.lifecycle(days, found).status == status


STUCK: Mapping[str, tuple[str, float, bool, list[str]]] = {
    "just rings": ("ALARM", 1, False, []),
    "rings for days": ("ALARM", 30, False, ["WARN"]),
    "the watchdog rings": ("ALARM", 0.1, True, ["FAIL"]),
    "is new": ("INSUFFICIENT_DATA", 1, False, []),
    "has no data for days": ("INSUFFICIENT_DATA", 30, False, ["WARN"]),
    "is fine for long": ("OK", 3000, False, []),
}


@pytest.mark.parametrize("case", STUCK)
def test_states(case: str) -> None:
    """An alarm that rings for long tells nobody of what comes next."""
    state, since, watchdog, statuses = STUCK[case]
    one = alarms.Expected("a", {}, (), (), watchdog)
    found = {"StateValue": state, "StateTransitionedTimestamp": hours(since)}
    assert [finding.status for finding in alarms.stuck(account(), one, found)] == statuses


def item(summary: str, ago: float, kind: str = "Action", alarm: str = "account-guard-dev/root-usage") -> dict[str, Any]:
    """An item of an alarm's history."""
    return {"AlarmName": alarm, "HistoryItemType": kind, "HistorySummary": summary, "Timestamp": hours(ago)}


class Paged:
    """A client whose every paginator gives these pages."""

    def __init__(self, *pages: Mapping[str, Any]) -> None:
        self.pages = pages

    def get_paginator(self, _: str) -> "Paged":
        """The paginator."""
        return self

    def paginate(self, **_: Any) -> list[Mapping[str, Any]]:
        """The pages."""
        return list(self.pages)


FAILED, DONE = (f"{said} arn:aws:sns:eu-west-1:123456789012:t" for said in (rang.FAILED, rang.DONE))
HISTORIES: Mapping[str, tuple[list[dict[str, Any]], list[str]]] = {
    "an action failed": ([item(FAILED, 1)], ["FAIL", "PASS"]),
    "it works again": ([item(FAILED, 5), item(DONE, 1)], ["WARN", "PASS"]),
    "it worked before": ([item(DONE, 5), item(FAILED, 1)], ["FAIL", "PASS"]),
    "another guard's": ([item(FAILED, 1, alarm="other/root-usage")], ["PASS"]),
    "nothing": ([], ["PASS"]),
}


@pytest.mark.parametrize("case", HISTORIES)
def test_histories(case: str) -> None:
    """A failed action means that nobody was told; a later one that ran, that it is mended."""
    items, statuses = HISTORIES[case]
    here = account(clients={"cloudwatch": Paged({"AlarmHistoryItems": items})})
    assert [one.status for one in rang.check(here)] == statuses


def test_when_alarms_last_rang() -> None:
    """How often, and when last."""
    rings = [
        item(f"Alarm updated from OK to {to}", ago, "StateUpdate")
        for to, ago in (("ALARM", 9), ("OK", 8), ("ALARM", 5))
    ]
    here = account(clients={"cloudwatch": Paged({"AlarmHistoryItems": rings})})
    (found,) = rang.check(here)
    assert found.seen == "root-usage 2x, last 5 h ago (2026-11-28 01:00 UTC)"


def test_a_history_without_end_is_not_read_to_its_end() -> None:
    """And that is said."""
    here = account(clients={"cloudwatch": Paged(*[{"AlarmHistoryItems": []}] * 500)})
    assert [one.status for one in rang.check(here)] == ["WARN", "PASS"]


@pytest.mark.parametrize(
    ("published", "delivered", "failed", "status"),
    [(0, 0, 0, "PASS"), (3, 6, 0, "PASS"), (3, 5, 1, "WARN"), (3, 0, 0, "WARN"), (3, 0, 3, "WARN")],
)
def test_topic_deliveries(published: float, delivered: float, failed: float, status: str) -> None:
    """Whether somebody or nobody was told, it is worth a look: the watchdog rings where it lasts."""
    counts = ({NOW: count} for count in (published, delivered, failed))
    assert topics.delivered("t", *counts).status == status


@pytest.mark.parametrize(("count", "status"), [(13, "PASS"), (90, "PASS"), (91, "WARN"), (100, "WARN"), (101, "FAIL")])
def test_quotas(count: int, status: str) -> None:
    """Nearly full is worth a look."""
    assert quotas.used("filters", count, 100).status == status


def test_a_clause_that_is_repeated_changes_no_pattern() -> None:
    """Nor does another order; another joiner does."""
    assert filters.same("{ $.a = 1 && ($.b = 1 || $.b = 1) }", "{ $.b = 1 && $.a = 1 }")
    assert filters.same("{ $.a = 1 || $.a = 1 }", "{ $.a = 1 }")
    assert not filters.same("{ $.a = 1 || $.b = 1 }", "{ $.a = 1 && $.b = 1 }")


def test_a_lapsed_invitation() -> None:
    """48 hours are over."""
    assert recipients.remaining(account(), hours(47)) == "1 h left"
    assert recipients.remaining(account(), hours(49)) == "lapsed"


def test_addresses_that_cannot_be_read_are_taken_to_be_wanted() -> None:
    """Encrypted in the config: nobody who is subscribed is a stranger then."""
    assert recipients.judge(Recipient("t", "a@example.com", "confirmed", wanted=True), {}).status == "PASS"
    assert recipients.judge(Recipient("t", "a@example.com", "confirmed", wanted=False), {}).status == "WARN"


def test_ago() -> None:
    """In the largest unit that says something."""
    said = [ago(account(), hours(count)).split(" ago")[0] for count in (0.1, 1.9, 2, 47.9, 48, 300)]
    assert said == ["6 min", "114 min", "2 h", "47 h", "2 days", "12 days"]


class Denied:
    """A client that may nothing."""

    def __getattr__(self, operation: str) -> Any:
        def call(*_: Any, **__: Any) -> Any:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)

        return call


def test_denied_calls_are_findings() -> None:
    """Of each check its own; none passes unseen, and none is a crash."""
    here = Account(settings(), HERE, lambda _: Denied(), NOW)
    found = verify(here)
    assert {one.status for one in found} == {"FAIL"}
    assert {one.check for one in found} >= {"trail", "filters", "alarms", "topics", "recipients", "quotas", "bucket"}
    assert all("AccessDenied" in one.seen for one in found)
    assert all("guard policy verify" in one.fix for one in found)


def test_what_is_another_accounts_is_only_worth_a_look() -> None:
    """A topic of others that cannot be read from here."""
    theirs = "arn:aws:sns:eu-west-1:999999999999:theirs"
    here = Account(settings({**CONFIG, "account-guard:topic": theirs}), HERE, lambda _: Denied(), NOW)
    error = ClientError({"Error": {"Code": "AuthorizationError", "Message": "no"}}, "GetTopicAttributes")
    assert unread("topics", error, "theirs", here.judges(theirs)).status == "WARN"
    assert next(one for one in topics.check(here) if one.subject == "theirs").status == "WARN"


class Trail:
    """CloudTrail with a trail that has no log group, and no other service."""

    def get_trail(self, **_: Any) -> dict[str, Any]:
        """The trail."""
        return {"Trail": {"TrailARN": HERE.arn("cloudtrail", "trail/theirs")}}

    def get_paginator(self, _: str) -> Paged:
        """Nothing comes of it."""
        return Paged()

    def __getattr__(self, operation: str) -> Any:
        return getattr(Denied(), operation)


def test_a_trail_of_others_without_a_log_group_is_told_in_words() -> None:
    """Each check that reads it says so, and none asks AWS for a group without a name."""
    config = {key: value for key, value in CONFIG.items() if key != "account-guard:archiveDays"}
    here = Account(settings({**config, "account-guard:trail": {"existing": "theirs"}}), HERE, lambda _: Trail(), NOW)
    said = {one.check: one.seen for one in verify(here) if "has no log group" in one.seen}
    assert {"filters", "arriving", "log group", "quotas", "topics"} <= said.keys()


def test_an_organizations_trail_is_asked_for_by_its_arn() -> None:
    """It is the management account's, and a delegated administrator's own account has none of that name."""
    named = account({**CONFIG, "account-guard:organization": True}).settings.names.trail
    arn = f"arn:aws:cloudtrail:eu-west-1:210987654321:trail/{named}"
    listed = {"trailList": [{"Name": named, "TrailARN": arn, "IsOrganizationTrail": True}]}
    clients = {"cloudtrail": SimpleNamespace(describe_trails=lambda **_: listed)}
    assert account({**CONFIG, "account-guard:organization": True}, clients).trail_name == arn
