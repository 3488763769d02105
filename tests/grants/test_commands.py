"""The policies of verify, drill and confirm against the calls that they make in the sandbox: all is allowed, and
nothing more.
"""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from guard import access
from guard.cli import confirm, drill, policy, verify
from guard.names import Names
from guard.sandbox.sandbox import Sandbox
from tests.account.live import CONFIG, HERE, other, shell, sign, told
from tests.grants.recorder import Called, recorded
from tests.sandbox.deployed import NAME, REGION, ROOT, RUN

NAMES = Names(NAME)
LOCKED = {**CONFIG, "account-guard:objectLock": {"mode": "GOVERNANCE", "days": 30}}
PLAIN = {**CONFIG, "account-guard:encryption": False}
THEIRS = {key: value for key, value in PLAIN.items() if key != "account-guard:archiveDays"}
ON_A_GROUP = {**THEIRS, "account-guard:trail": {"logGroup": "/mine"}}
SILENT = {"kms:Decrypt", "kms:GenerateDataKey"}  # what SNS does in the publisher's name


def project(folder: Path, config: Mapping[str, Any]) -> Path:
    """The folder of a stack `dev` with this config."""
    (folder / "Pulumi.yaml").write_text("name: mine\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text(json.dumps({"config": dict(config)}))
    return folder


def prepare(aws: Sandbox, config: Mapping[str, Any]) -> None:
    """A guard with somebody who has not confirmed, and a mute rule over an alarm of others."""
    if config is ON_A_GROUP:
        fed(aws, "/mine")
    aws.deploy(ROOT, "dev", config)
    aws.confirm("on-call@example.com")
    aws.play([RUN])
    aws.client("cloudwatch", REGION).put_alarm_mute_rule(
        Name="theirs",
        Rule={"Schedule": {"Expression": "cron(* * * * *)", "Duration": "PT4H"}},
        MuteTargets={"AlarmNames": ["theirs"]},
    )


def fed(aws: Sandbox, group: str) -> None:
    """A log group that a trail of somebody's writes to."""
    other(aws)
    logs, stream = aws.client("logs", REGION), f"{HERE.account}_CloudTrail_{REGION}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    event = {"timestamp": int(time.time() * 1000), "message": json.dumps(RUN)}
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])


def run(command: Any, *args: str) -> Any:
    """A command's result."""
    return CliRunner().invoke(command, args, catch_exceptions=False)


def printed(name: str) -> dict[str, Any]:
    """The policy that `guard policy` prints."""
    found: dict[str, Any] = told(run(policy.command, name, "--account", HERE.account))
    return found


def check(document: Mapping[str, Any], calls: list[Called], silent: frozenset[str] = frozenset()) -> None:
    """Every call is allowed; no action of the policy is unused but the silent ones."""
    needed = [one for one in calls if one.action]
    denied = [one for one in needed if not access.allowed([document], one.request(HERE))]
    assert denied == []
    granted = {action for statement in document["Statement"] for action in statement["Action"]}
    assert granted - silent == {one.action for one in needed}


@pytest.mark.parametrize("config", [LOCKED, PLAIN, ON_A_GROUP], ids=["locked", "no keys", "on a log group"])
def test_verify(config: Mapping[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a deployment, and after."""
    shell(monkeypatch)
    monkeypatch.chdir(project(tmp_path, config))
    with Sandbox() as aws, recorded(monkeypatch) as calls:
        if config is not ON_A_GROUP:
            run(verify.command, "--before")
        prepare(aws, config)
        assert "AccessDenied" not in run(verify.command).output
    check(printed("verify"), calls)


def test_verify_of_an_organization(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks for the organization's id."""
    shell(monkeypatch)
    monkeypatch.chdir(project(tmp_path, {**PLAIN, "account-guard:organization": True}))
    with Sandbox() as aws, recorded(monkeypatch) as calls:
        aws.client("organizations", REGION).create_organization(FeatureSet="ALL")
        aws.deploy(ROOT, "dev", {**PLAIN, "account-guard:organization": True})
        run(verify.command)
    assert "organizations:DescribeOrganization" in {one.action for one in calls}
    document = printed("verify")
    assert all(access.allowed([document], one.request(HERE)) for one in calls if one.action)


def test_drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a record, and by hand."""
    shell(monkeypatch)
    monkeypatch.chdir(project(tmp_path, CONFIG))
    with Sandbox() as aws:
        prepare(aws, CONFIG)
        sign(aws)
        with recorded(monkeypatch) as calls:
            assert run(drill.command, "root-usage", "--yes").exit_code == 0
            run(drill.command, "vpc-changes", "--fast", "--yes")
    check(printed("drill"), calls, frozenset(SILENT))


def test_confirm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One confirms, one looks."""
    shell(monkeypatch)
    monkeypatch.chdir(project(tmp_path, CONFIG))
    with Sandbox() as aws:
        prepare(aws, CONFIG)
        text = next(mail.text for mail in aws.world.mails if mail.token)
        address = next(word for word in text.split() if word.startswith("https://"))
        with recorded(monkeypatch) as calls:
            run(confirm.command, address)
            run(confirm.command, "--status")
    check(printed("confirm"), calls)


def test_calls_grow_with_pages_not_with_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred rules take a page more of filters and one more of alarms than thirteen."""
    rules = [
        {
            "id": f"rule-{number}",
            "title": "A call",
            "description": "Somebody called.",
            "severity": "low",
            "pattern": f'{{ $.eventName = "One{number}" }}',
            "first_step": "Look who called.",
            "examples": {"match": [{"eventName": f"One{number}"}], "no_match": [{"eventName": "Two"}]},
        }
        for number in range(87)
    ]
    counts = {}
    for many in (False, True):
        folder = tmp_path / str(many)
        folder.mkdir()
        config = {**CONFIG, "account-guard:rules": rules if many else []}
        shell(monkeypatch)
        monkeypatch.chdir(project(folder, config))
        with Sandbox() as aws:
            aws.deploy(ROOT, "dev", config)
            sign(aws)
            aws.play([RUN])
            with recorded(monkeypatch) as calls:
                assert run(verify.command).exit_code == 0
        counts[many] = len(calls)
    assert counts[True] - counts[False] <= 3
    assert counts[True] < 60
