"""The component as a whole: names, orders, providers, partitions, secrets."""

import json
import re
import warnings
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.config import set_all_config
from pulumi.runtime.rpc import is_rpc_secret

from guard import program
from tests.component.rendered import REGION, guarded, of, one, render
from tests.engine.harness import ROOT
from tests.engine.names import FULL, SNAPSHOT

OWN = ("Trail", "Bucket", "LogGroup", "LogMetricFilter", "MetricAlarm", "Topic", "QueryDefinition", "Dashboard")


def names(resources: Any) -> set[tuple[str, str]]:
    """Type and logical name of each resource."""
    return {(it.type, it.name) for it in resources}


def test_resources_are_the_snapshots() -> None:
    """Each type and name of tests/engine/names.json is there still, and no other; a changed one wants an alias
    and a new snapshot.
    """
    config = {key if ":" in key else f"account-guard:{key}": value for key, value in FULL.items()}
    deployed = program.run(ROOT, "dev", config={"aws:region": REGION, **config})
    rows = [row for row in json.loads(SNAPSHOT.read_text()) if row["parent"]]
    assert {_typed(it.urn) for it in deployed.resources} == {_typed(row["urn"]) for row in rows}


def _typed(urn: str) -> tuple[str, str]:
    _, _, kinds, name = urn.split("::")
    return kinds.rsplit("$", 1)[-1], name


def test_order_is_no_matter(tmp_path: Path) -> None:
    """Packs, e-mails and their case in another order give the same resources with the same inputs."""
    first = guarded(tmp_path, emails=["a@example.com", "b@example.com"], packs=["essentials", "self-protection"])
    second = guarded(tmp_path, emails=["b@example.com", "a@example.com"], packs=["self-protection", "essentials"])
    assert {it.urn: it.inputs for it in first.resources} == {it.urn: it.inputs for it in second.resources}


def test_no_address_in_a_urn(tmp_path: Path) -> None:
    """Names of subscriptions are hashes, the same for every case of an address."""
    first = guarded(tmp_path, emails=["Anna@Example.com"])
    assert not [it.urn for it in first.resources if "nna" in it.urn]
    second = guarded(tmp_path, emails=["anna@example.com"])
    assert names(of(first, "TopicSubscription")) == names(of(second, "TopicSubscription"))


def test_two_components_share_no_name(tmp_path: Path) -> None:
    """Two instances in one program, account and region do not clash."""
    source = "\n".join(f"AccountGuard('{name}', {{'emails': ['a@example.com']}})" for name in ("one", "two"))
    deployed = render(tmp_path, source)
    for kind in OWN:
        found = [it.id for it in of(deployed, kind)]
        assert len(found) == len(set(found)), kind
    assert len(of(deployed, "Trail")) == 2


def test_every_child_is_the_components(tmp_path: Path) -> None:
    """Parents lead up to the one AccountGuard, through its parts."""
    deployed = guarded(tmp_path)
    by_urn = {it.urn: it for it in deployed.resources}
    top = one(deployed, "AccountGuard")
    for it in deployed.resources:
        climbed = it
        while climbed.parent in by_urn:
            climbed = by_urn[climbed.parent]
        assert climbed is top
    parts = {it.type for it in deployed.resources if it.component}
    assert parts == {
        f"guard:index:{part}" for part in ("AccountGuard", "AuditTrail", "Notifications", "RuleAlarms", "Watchdog")
    }


@pytest.mark.parametrize(
    ("region", "partition"),
    [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eusc-de-east-1", "aws-eusc")],
)
def test_every_arn_is_the_partitions(tmp_path: Path, region: str, partition: str) -> None:
    """No input holds an ARN of another partition."""
    deployed = guarded(tmp_path, region, packs=["essentials", "self-protection"], data_events=True)
    found = {arn for it in deployed.resources for arn in re.findall(r"arn:([a-z-]+):", str(it.inputs))}
    assert found == {partition}


def test_no_partition_is_written_in_the_code() -> None:
    """`arn:aws:` stands nowhere in the component and its policies."""
    files = [*(ROOT / "guard" / "component").glob("*.py"), ROOT / "guard" / "policies.py", ROOT / "guard" / "names.py"]
    assert [path.name for path in files if "arn:aws:" in path.read_text()] == []


def test_nothing_deprecated_is_used(tmp_path: Path) -> None:
    """Neither Pulumi nor its AWS package warns of an argument, with every option in use."""
    guarded(tmp_path)  # what the package's own modules say when they are imported comes first
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        deployed = guarded(
            tmp_path,
            packs=["essentials", "self-protection", "cis"],
            archive_days=10,
            object_lock={"mode": "COMPLIANCE", "days": 1},
            data_events=True,
            insights=True,
            organization=True,
        )
    assert not [text for text in deployed.messages if "deprecated" in text]


def test_secret_addresses_stay_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that is encrypted in the config is an encrypted endpoint."""
    (tmp_path / "__main__.py").write_text((ROOT / "__main__.py").read_text())
    everything = set_all_config
    monkeypatch.setattr(program, "set_all_config", lambda values, _: everything(values, ["account-guard:emails"]))
    deployed = program.run(tmp_path, "dev", config={"account-guard:emails": '["hidden@example.com"]'})
    endpoints = [it.inputs["endpoint"] for it in of(deployed, "TopicSubscription")]
    assert endpoints
    assert all(is_rpc_secret(it) for it in endpoints)


def test_the_exports_do_not_change_from_run_to_run() -> None:
    """Two runs export the same."""
    assert program.run(ROOT, "dev").exports == program.run(ROOT, "dev").exports


def test_a_topic_of_somebody_elses(tmp_path: Path) -> None:
    """Rules publish to it; no topic, policy or key of ours is made for them, and the watchdog needs no mail."""
    topic = "arn:aws:sns:eu-west-1:123456789012:theirs"
    deployed = guarded(tmp_path, topic=topic)
    assert one(deployed, "MetricAlarm", "guard-iam-policy-changes").inputs["alarmActions"] == [topic]
    assert {it.inputs["name"] for it in of(deployed, "Topic")} == {"guard-watchdog"}
