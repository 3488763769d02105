"""What a deployment costs, against the worked example of AWS's list prices."""

import json
from pathlib import Path
from typing import Any

import pytest

from guard.plan.cost import estimate
from guard.plan.model import Cost
from guard.prices import PRICES
from tests.plan.test_existing import planned

Inputs = dict[str, Any]


def metric(number: int, default: str | None) -> Inputs:
    """A filter with a metric of its own."""
    transformation = {"namespace": "n", "name": f"m{number}", "value": "1"}
    return {"metricTransformation": {**transformation, **({"defaultValue": default} if default else {})}}


def twenty(default: str | None = "0", **more: list[Inputs]) -> dict[str, list[Inputs]]:
    """20 rules and a heartbeat, a trail and its log group."""
    return {
        "LogMetricFilter": [metric(number, default) for number in range(20)],
        "MetricAlarm": [{}] * 21,
        "Trail": [{}],
        "LogGroup": [{"retentionInDays": 30}],
        "Dashboard": [{}],
        **more,
    }


def amount(cost: Cost, item: str) -> float:
    """The dollars of one line; none where there is no such line."""
    return sum(line.amount for line in cost.lines if line.item == item)


def full(cost: Cost, item: str) -> float:
    """The same where the free tier is used up."""
    return sum(line.without_free_tier for line in cost.lines if line.item == item)


@pytest.mark.parametrize(("events", "ingestion"), [(100_000, 0), (1_000_000, 0), (5_000_000, 0.72)])
def test_the_worked_example(events: int, ingestion: float) -> None:
    """21 alarms, 20 metrics with zeros, ingestion over 5 GB."""
    cost = estimate(twenty(), events)

    assert amount(cost, "Alarms") == 1.10
    assert amount(cost, "Metrics") == 3.00
    assert amount(cost, "Log ingestion") == ingestion
    assert amount(cost, "Dashboards") == 0


def test_without_the_free_tier() -> None:
    """Another $1 of alarms, $3 of metrics, $0.64 a million events."""
    cost = estimate(twenty(), 1_000_000)

    assert full(cost, "Alarms") == 2.10
    assert full(cost, "Metrics") == 6.00
    assert full(cost, "Log ingestion") == 0.64


def test_an_alarm_of_two_metrics_is_two() -> None:
    """AWS bills the metrics that alarms look at; the result of metric math is none."""
    queries = [{"id": "a", "metric": {}}, {"id": "b", "metric": {}}, {"id": "lost", "expression": "a - b"}]
    cost = estimate({"MetricAlarm": [{"metricQueries": queries}, {"metricName": "m"}]}, 0)

    assert full(cost, "Alarms") == 0.30


def test_metrics_that_report_no_zeros_cost_next_to_nothing() -> None:
    """They are billed by the hour, and only in hours with a hit."""
    cost = estimate(twenty(default=None), 1_000_000)

    assert amount(cost, "Metrics") == 0
    assert full(cost, "Metrics") == pytest.approx(0.01)


def test_filters_of_one_metric_are_one_metric() -> None:
    """A rule with two filters pays once."""
    filters = [metric(1, "0"), metric(1, "0")]

    assert full(estimate({"LogMetricFilter": filters}, 0), "Metrics") == 0.30


@pytest.mark.parametrize(("metrics", "dollars"), [(50, 0), (51, 3)])
def test_a_large_dashboard_is_not_free(metrics: int, dollars: float) -> None:
    """The three free ones draw 50 metrics each at most."""
    body = json.dumps({"widgets": [{"type": "text"}, {"properties": {"metrics": [["n", "m"]] * metrics}}]})
    cost = estimate({"Dashboard": [{"dashboardBody": body}]}, 0)

    assert amount(cost, "Dashboards") == dollars
    assert full(cost, "Dashboards") == 3


def test_a_dashboard_that_cannot_be_read() -> None:
    """One of a program's own, whose body AWS completes, is a dashboard like others."""
    assert full(estimate({"Dashboard": [{"dashboardBody": "{None"}, {"dashboardBody": None}]}, 0), "Dashboards") == 6


def test_a_key_that_rotates_costs_more_later() -> None:
    """A dollar more after each of its first two rotations, which the line says."""
    (line,) = estimate({"Key": [{"enableKeyRotation": True}]}, 0).lines

    assert (line.amount, "rotation" in line.note) == (1, True)


def test_keys() -> None:
    """A dollar each."""
    assert amount(estimate(twenty(Key=[{}, {}]), 0), "Customer-managed keys") == 2


@pytest.mark.parametrize(
    "trail",
    [
        {"eventSelectors": [{"dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}]}]},
        {"advancedEventSelectors": [{"fieldSelectors": [{"field": "eventCategory", "equals": ["Data"]}]}]},
    ],
)
def test_data_events_are_priced_and_stored_too(trail: Inputs) -> None:
    """$0.10 for 100,000, and as much log again."""
    plain, data = estimate(twenty(), 1_000_000), estimate(twenty(Trail=[trail]), 1_000_000)

    assert amount(data, "Data events") == 1.00
    assert full(data, "Log ingestion") == pytest.approx(2 * full(plain, "Log ingestion"), abs=0.011)


def test_insights() -> None:
    """$0.35 for 100,000 events, for each kind."""
    trail = {"insightSelectors": [{"insightType": "ApiCallRateInsight"}, {"insightType": "ApiErrorRateInsight"}]}

    assert amount(estimate(twenty(Trail=[trail]), 1_000_000), "Insights") == 7.00


@pytest.mark.parametrize(
    ("config", "months"),
    [
        ({}, "12"),
        ({"archiveDays": 30}, "2"),
        ({"archiveDays": 30, "accessLogs": False}, "2"),
        ({"archiveDays": 30, "objectLock": {"mode": "GOVERNANCE", "days": 91}}, "3"),
        ({"archiveDays": 3000, "objectLock": {"mode": "GOVERNANCE", "days": 91}}, "12"),
        ({"objectLock": {"mode": "GOVERNANCE", "days": 91}}, "12"),
    ],
)
def test_log_files_stay_until_they_go(config: Inputs, months: str, tmp_path: Path) -> None:
    """For archiveDays, as long again as old versions, and while they are locked; access logs do not count."""
    lines = planned(tmp_path, **config).cost.lines
    assert [line.note for line in lines if line.item == "Archive in S3"] == [f"months kept: {months}"]


@pytest.mark.parametrize(("days", "months"), [(30, "1"), (365, "12"), (3650, "12"), (0, "12"), (None, "12")])
def test_storage_is_counted_after_a_year(days: int | None, months: str) -> None:
    """A longer retention, or none, is a year's by then."""
    cost = estimate(twenty(LogGroup=[{"retentionInDays": days}]), 100_000_000)

    assert [line.note for line in cost.lines if line.item == "Log storage"] == [f"months kept: {months}"]


def test_rules_on_a_trail_of_another_pay_no_delivery() -> None:
    """Ingestion and storage are on that trail's bill."""
    resources = twenty()
    del resources["Trail"]

    assert amount(estimate(resources, 10**9), "Log ingestion") == 0


def test_each_price_has_its_source() -> None:
    """A page of AWS's own."""
    assert {price.source.startswith("https://aws.amazon.com/") for price in PRICES.values()} == {True}
