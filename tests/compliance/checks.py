"""Prowler's own checks of metric filters over filters and alarms given as JSON; runs in Prowler's environment.

In: [{"checks": [...], "filters": [{"name", "pattern", "metric", "namespace"}], "alarms": [{"metric", "namespace"}]}].
Out: for each, {check: "PASS" | "FAIL"}.
"""

import importlib
import json
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

SERVICES = "prowler.providers.aws.services"
REGION = "eu-west-1"
GROUP = SimpleNamespace(name="trail", arn="arn:aws:logs:eu-west-1:111122223333:log-group:trail", region=REGION, tags=[])


def stand_in(service: str, client: str, **found: Any) -> Any:
    """A client of Prowler's that has found these things in the account."""
    module = ModuleType(f"{SERVICES}.{service}.{client}")
    unavailable = {f"{what}_unavailable": False for what in ("trails", "log_groups", "metric_filters", "metric_alarms")}
    known = {"region": REGION, "audited_account": "111122223333", "log_group_arn_template": GROUP.arn, **unavailable}
    made = SimpleNamespace(**known, **found)
    setattr(module, client, made)
    sys.modules[module.__name__] = module
    return made


def in_log_group(one: dict[str, str]) -> Any:
    """A metric filter as Prowler knows it."""
    known = {"metric": one["metric"], "metric_namespace": one["namespace"], "log_group": GROUP, "region": REGION}
    return SimpleNamespace(name=one["name"], pattern=one["pattern"], **known)


def status(name: str) -> str:
    """What a check says."""
    check = getattr(importlib.import_module(f"{SERVICES}.cloudwatch.{name}.{name}"), name)
    return str(check().execute()[0].status)


def main() -> None:
    """Run the checks that are asked for."""
    stand_in("cloudtrail", "cloudtrail_client", trails={"trail": SimpleNamespace(log_group_arn=f"{GROUP.arn}:*")})
    cloudwatch, logs = stand_in("cloudwatch", "cloudwatch_client"), stand_in("cloudwatch", "logs_client")
    answers = []
    for asked in json.load(sys.stdin):
        logs.metric_filters = [in_log_group(one) for one in asked["filters"]]
        cloudwatch.metric_alarms = [
            SimpleNamespace(metric=one["metric"], name_space=one["namespace"], region=REGION) for one in asked["alarms"]
        ]
        answers.append({name: status(name) for name in asked["checks"]})
    json.dump(answers, sys.stdout)


main()
