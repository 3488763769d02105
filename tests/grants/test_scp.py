"""The service control policy: what it keeps off, from whom, and from what not."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from guard.access import Request, decide
from guard.cli.policy import command
from guard.grants.place import Place
from guard.grants.scp import LONGEST, scp
from guard.names import Where
from tests.account.live import HERE, shell
from tests.grants.test_provider import FULL, place
from tests.sandbox.deployed import NAME, REGION

DEPLOYER, EVE = (f"arn:aws:iam::123456789012:role/{name}" for name in ("deploy", "eve"))
EXEMPT = ["arn:aws:iam::*:role/deploy"]
KEY = f"arn:aws:kms:{REGION}:123456789012:key/1"
GROUP = HERE.arn("logs", f"log-group:/{NAME}/cloudtrail")
KEPT_OFF = {
    "cloudtrail:StopLogging": HERE.arn("cloudtrail", f"trail/{NAME}"),
    "cloudtrail:PutEventSelectors": HERE.arn("cloudtrail", f"trail/{NAME}"),
    "s3:PutBucketPolicy": f"arn:aws:s3:::{NAME}-0123",
    "s3:PutLifecycleConfiguration": f"arn:aws:s3:::{NAME}-0123",
    "s3:DeleteObject": f"arn:aws:s3:::{NAME}-0123/AWSLogs/x.json.gz",
    "kms:DisableKey": KEY,
    "logs:DeleteLogGroup": GROUP,
    "logs:PutMetricFilter": GROUP,
    "logs:DeleteLogStream": f"{GROUP}:log-stream:x",
    "cloudwatch:DisableAlarmActions": HERE.arn("cloudwatch", f"alarm:{NAME}/root-usage"),
    "cloudwatch:PutAlarmMuteRule": HERE.arn("cloudwatch", f"alarm:{NAME}/root-usage"),
    "sns:SetTopicAttributes": HERE.arn("sns", f"{NAME}-watchdog"),
    "iam:PutRolePolicy": "arn:aws:iam::123456789012:role/CloudTrail_CloudWatchLogs_0123",
}
LET = {
    "cloudtrail:StopLogging": HERE.arn("cloudtrail", "trail/other"),
    "s3:PutObject": f"arn:aws:s3:::{NAME}-0123/AWSLogs/x.json.gz",
    "logs:PutLogEvents": f"{GROUP}:log-stream:x",
    "cloudwatch:PutMetricAlarm": HERE.arn("cloudwatch", "alarm:mine"),
    "iam:PutRolePolicy": "arn:aws:iam::123456789012:role/mine",
    "kms:DisableKey": f"arn:aws:kms:{REGION}:123456789012:key/2",
}


def verdict(who: str, action: str, resource: str) -> str:
    """What the policy says."""
    document = scp(Place(place(FULL).settings, HERE, (KEY,)), EXEMPT)
    return decide([document], Request({"AWS": who}, action, resource, {"aws:PrincipalArn": who}))


@pytest.mark.parametrize("action", KEPT_OFF)
def test_it_keeps_hands_off(action: str) -> None:
    """Everybody's but the deployer's."""
    assert verdict(EVE, action, KEPT_OFF[action]) == "deny"
    assert verdict(DEPLOYER, action, KEPT_OFF[action]) == "implicit"


@pytest.mark.parametrize("action", LET)
def test_it_lets_the_rest_be(action: str) -> None:
    """What is not the guard's, and what CloudTrail does."""
    assert verdict(EVE, action, LET[action]) == "implicit"


def test_it_fits() -> None:
    """With every part, the longest names, two keys and two roles."""
    settings = place(FULL).settings
    long = replace(settings, component="x" * 63)
    made = scp(Place(long, Where("aws-us-gov", "us-gov-west-1", "123456789012"), (KEY, KEY)), EXEMPT * 2)
    assert len(json.dumps(made, separators=(",", ":"))) <= LONGEST


def test_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials; it says how long it is, and that keys have to be named; the exempt role is a must."""
    shell(monkeypatch)
    found = CliRunner().invoke(command, ["scp", "--deploy-role", EXEMPT[0]])
    assert "HandsOffTrail" in {one["Sid"] for one in json.loads(found.stdout)["Statement"]}
    assert "name them with --key" in found.stderr
    assert CliRunner().invoke(command, ["scp"]).exit_code == 2
    wrong = CliRunner().invoke(command, ["verify", "--account", "12"])
    assert "write its 12 digits" in str(wrong.exception)
    wrong = CliRunner().invoke(command, ["verify", "--region", "eu-west1"])
    assert "--region: 'eu-west1' is no region" in str(wrong.exception)
    assert CliRunner().invoke(command, ["verify", "--region", "*"]).exit_code == 0


@pytest.mark.parametrize("role", ["", "x", "*", "arn:aws:iam::*:*", "guard-deploy", "arn:aws:iam::1:role/deploy"])
def test_who_may_is_a_role(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    """Or a user, or a pattern: what else is named would hold off the deployer, or nobody; all faults are told."""
    shell(monkeypatch)
    error = str(CliRunner().invoke(command, ["scp", "--deploy-role", role, "--key", "alias/x"]).exception)
    assert f"--deploy-role: '{role}' is no ARN of a role" in error
    assert "--key: 'alias/x' is no key's ARN" in error
