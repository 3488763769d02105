"""Prowler's own checks, with its own regular expressions, accept the filters of the rendered stack."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from guard import program, rules
from guard.rules.standards import STANDARDS

ROOT = Path(__file__).parents[2]
CONFIG = {
    "aws:region": "eu-west-1",
    "account-guard:emails": ["security@example.com"],
    "account-guard:packs": ["cis"],
}
PACK = rules.read_pack("cis").rules
Thing = Mapping[str, Any]


@pytest.fixture(scope="module")
def rendered() -> tuple[list[Thing], list[Thing]]:
    """The metric filters and the alarms of a stack with the cis pack, as Prowler knows them."""
    found = program.run(ROOT, "dev", config=CONFIG).resources
    filters = [one.inputs for one in found if one.type == "aws:cloudwatch/logMetricFilter:LogMetricFilter"]
    alarms = [one.inputs for one in found if one.type == "aws:cloudwatch/metricAlarm:MetricAlarm"]
    return [
        {
            "name": one["name"],
            "pattern": one["pattern"],
            "metric": one["metricTransformation"]["name"],
            "namespace": one["metricTransformation"]["namespace"],
        }
        for one in filters
    ], [{"metric": one["metricName"], "namespace": one["namespace"]} for one in alarms if one.get("metricName")]


Asked = tuple[Sequence[str], Sequence[Thing], Sequence[Thing]]


def statuses(prowler: Path, *asked: Asked) -> list[dict[str, str]]:
    """What Prowler's checks say of each lot of filters and alarms."""
    lots = [{"checks": checks, "filters": filters, "alarms": alarms} for checks, filters, alarms in asked]
    script = Path(__file__).with_name("checks.py")
    done = subprocess.run(
        [prowler / "python", script], input=json.dumps(lots), capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    answered: list[dict[str, str]] = json.loads(done.stdout.splitlines()[-1])
    return answered


def test_every_check_passes(prowler: Path, rendered: tuple[list[Thing], list[Thing]]) -> None:
    """All fifteen, over all filters of the stack."""
    checks = STANDARDS["prowler"].controls
    assert statuses(prowler, (checks, *rendered)) == [dict.fromkeys(checks, "PASS")]


def test_each_rule_passes_the_checks_that_it_names(prowler: Path, rendered: tuple[list[Thing], list[Thing]]) -> None:
    """By its own filters alone: no rule's check leans on another's text."""
    filters, alarms = rendered
    asked = [(rule.controls["prowler"], [one for one in filters if one["metric"] == rule.id], alarms) for rule in PACK]
    found = dict(zip((rule.id for rule in PACK), statuses(prowler, *asked), strict=True))
    assert found == {rule.id: dict.fromkeys(rule.controls["prowler"], "PASS") for rule in PACK}


def test_prowler_refuses_what_is_not_enough(prowler: Path, rendered: tuple[list[Thing], list[Thing]]) -> None:
    """So the tests above can fail: a text that lacks one event, and a metric that no alarm watches."""
    filters, alarms = rendered
    changes = "cloudwatch_log_metric_filter_aws_organizations_changes"
    root = "cloudwatch_log_metric_filter_root_usage"
    short = [{**one, "pattern": one["pattern"].replace("CancelHandshake", "AcceptHandshake")} for one in filters]
    found = statuses(prowler, ([changes], short, alarms), ([root], filters, []))
    assert found == [{changes: "FAIL"}, {root: "FAIL"}]
