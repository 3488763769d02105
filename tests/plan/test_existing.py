"""The plan of a stack on what an account already has: no trail of its own, and no price of one."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from guard.errors import ConfigError
from guard.plan import Plan, make

ROOT = Path(__file__).parents[2]


def planned(folder: Path, **config: Any) -> Plan:
    """The plan of a stack with these keys."""
    for name in ("Pulumi.yaml", "__main__.py"):
        (folder / name).write_text((ROOT / name).read_text())
    own = {f"account-guard:{key}": value for key, value in {"emails": ["a@example.com"], **config}.items()}
    (folder / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": {"aws:region": "eu-west-1", **own}}))
    return make(folder, "dev", 1_000_000)


def items(plan: Plan) -> set[str]:
    """What costs."""
    return {line.item for line in plan.cost.lines}


@pytest.mark.parametrize("trail", [{"existing": "theirs"}, {"logGroup": "/theirs"}])
def test_what_is_there_costs_nothing_here(tmp_path: Path, trail: dict[str, str]) -> None:
    """No trail, no ingestion, no word of a second copy; filters are counted on the log group that is there."""
    plan = planned(tmp_path, trail=trail)
    own = planned(tmp_path)
    assert items(own) - items(plan) == {"Log ingestion", "Log storage", "Archive in S3"}
    assert "paid copy" in " ".join(own.warnings)
    assert "paid copy" not in " ".join(plan.warnings)
    assert not [kind for kind in plan.resources if kind.endswith(("Trail", "Bucket", "LogGroup", "Role"))]
    used = {quota.name: (quota.used, quota.what) for quota in plan.quotas}
    assert used["Trails of the region"][0] == 0
    assert "theirs" in used["Metric filters of a log group"][1]


def test_rules_that_a_log_group_cannot_fill_are_named(tmp_path: Path) -> None:
    """Each in a warning; none of them among the alarms."""
    plan = planned(tmp_path, trail={"logGroup": "/theirs"})
    assert [text.split("'")[1] for text in plan.warnings] == ["guard-bucket-changed", "guard-role-changed"]
    assert not [one.name for one in plan.alarms if one.rule in {"guard-bucket-changed", "guard-role-changed"}]


def test_who_hears_a_topic_of_others_is_theirs_to_say(tmp_path: Path) -> None:
    """It is named; no alarm on it is said to mail nobody."""
    plan = planned(tmp_path, topic="arn:aws:sns:eu-west-1:111122223333:on-call")
    [root] = [alarm for alarm in plan.alarms if alarm.rule == "root-usage"]
    assert plan.mailed(root) == ("topic on-call",)
    assert "mails nobody" not in " ".join(plan.warnings)


def test_an_organisations_second_trail(tmp_path: Path) -> None:
    """Its copies may be paid in every account."""
    assert "the organization's accounts" in " ".join(planned(tmp_path, organization=True).warnings)


def test_keys_without_effect_stop_the_plan(tmp_path: Path) -> None:
    """All at once."""
    with pytest.raises(ConfigError) as caught:
        planned(tmp_path, trail={"existing": "theirs"}, retentionDays=90, insights=True)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["retentionDays", "insights"]
