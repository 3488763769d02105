"""A guard in the sandbox for the commands on a live account, and who listens to the calls they make."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner, Result

from guard.account.account import Account
from guard.account.findings import Finding
from guard.cli.verify import command
from guard.names import Where
from guard.policies import log_bucket
from guard.sandbox.sandbox import Sandbox
from guard.settings import Settings
from guard.settings.stack import settings_of
from tests.sandbox.deployed import NAME, REGION, ROOT, RUN

CONFIG: Mapping[str, Any] = {
    "aws:region": REGION,
    "account-guard:emails": ["security@example.com"],
    "account-guard:packs": ["essentials", "self-protection"],
    "account-guard:recipients": {"critical": ["on-call@example.com"]},
    "account-guard:archiveDays": 400,
}
GROUP = f"/{NAME}/cloudtrail"
HERE = Where("aws", REGION, "123456789012")


@contextmanager
def guarded(config: Mapping[str, Any] = CONFIG) -> Iterator[Sandbox]:
    """A sandbox with a guard whose people have confirmed, signed, and an event that arrived."""
    with Sandbox() as aws:
        aws.deploy(ROOT, "dev", config)
        sign(aws)
        aws.play([RUN])
        yield aws


def sign(aws: Sandbox) -> None:
    """Confirm every subscription as `guard confirm` does."""
    for mail in [one for one in aws.world.mails if one.token]:
        sns = aws.client("sns", REGION)
        sns.confirm_subscription(TopicArn=mail.topic, Token=mail.token, AuthenticateOnUnsubscribe="true")
        aws.world.mails.remove(mail)


def settings(config: Mapping[str, Any] = CONFIG) -> Settings:
    """The settings of a config."""
    return settings_of(config, "dev", ROOT)


def account(aws: Sandbox, config: Mapping[str, Any] = CONFIG) -> Account:
    """The sandbox's account, to verify."""
    return Account(settings(config), HERE, lambda service: aws.client(service, REGION))


def found(findings: list[Finding], *statuses: str) -> dict[str, str]:
    """`check: subject` -> what was seen, of findings of these statuses; several of one subject joined."""
    seen: dict[str, str] = {}
    for one in findings:
        if one.status in statuses:
            name = f"{one.check}: {one.subject}".replace(f"{NAME}/", "").replace(f"{NAME}-", "")
            seen[name] = f"{seen[name]}; {one.seen}" if name in seen else one.seen
    return seen


def shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell in the stack's folder, with credentials."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")


def run(*args: str) -> Result:
    """`guard verify`."""
    return CliRunner().invoke(command, args)


def told(result: Result) -> Any:
    """The JSON that a command printed."""
    return json.loads(result.stdout)


def other(aws: Sandbox) -> None:
    """Another trail of the account's, with a bucket that lets it write."""
    s3, trail = aws.client("s3", REGION), HERE.arn("cloudtrail", "trail/another")
    s3.create_bucket(Bucket="another", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_policy(Bucket="another", Policy=json.dumps(log_bucket("arn:aws:s3:::another", trail)))
    aws.client("cloudtrail", REGION).create_trail(Name="another", S3BucketName="another", IsMultiRegionTrail=True)
