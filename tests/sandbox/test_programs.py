"""Programs in the sandbox: several stacks, partitions, options, and what is refused."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from guard.errors import ConfigError
from guard.sandbox.resources import UnknownTypeError
from guard.sandbox.sandbox import BusyError, DeployError, Sandbox
from tests.sandbox.deployed import CONFIG, REGION, ROOT, RUN, happening


def test_two_stacks_fit_in_one_account_and_region() -> None:
    """Two stacks share no name; an event rings the alarms of both."""
    with Sandbox() as aws:
        first = aws.deploy(ROOT, "dev", CONFIG)
        second = aws.deploy(ROOT, "prod", CONFIG)
        assert not set(first.exports["alarmNames"]) & set(second.exports["alarmNames"])
        assert first.exports["bucket"] != second.exports["bucket"]
        aws.confirm()
        assert aws.play([RUN]) == 2
        rang = {mail.about for mail in aws.mails if mail.subject.startswith("ALARM")}
        assert rang == {"account-guard-dev/ec2-instance-changes", "account-guard-prod/ec2-instance-changes"}


@pytest.mark.parametrize("region", ["us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"])
def test_any_partition(region: str) -> None:
    """In the partitions of China, of the US government and of the EU an event rings too."""
    with Sandbox() as aws:
        deployed = aws.deploy(ROOT, "dev", {**CONFIG, "aws:region": region})
        aws.confirm()
        aws.play([RUN])
        assert "account-guard-dev/ec2-instance-changes" in {mail.about for mail in aws.mails}
        assert deployed.exports["topics"]["watchdog"].split(":")[3] == region


def test_an_exact_twin_hears_what_its_rule_leaves_out() -> None:
    """With keepExact an excluded event is mailed to `recipients.quiet` only, any other to both."""
    override = {"exclude": [{"source_ip": "198.51.100.*"}], "keepExact": True}
    config = {
        **CONFIG,
        "account-guard:packs": ["cis"],
        "account-guard:recipients": {"quiet": ["audit@example.com"]},
        "account-guard:overrides": {"cis-root-account-usage": override},
    }
    root = {"type": "Root", "arn": "arn:aws:iam::123456789012:root"}
    with Sandbox() as aws:
        aws.deploy(ROOT, "dev", config)
        aws.confirm()
        for address, heard in (
            ("198.51.100.7", {"audit@example.com"}),
            ("203.0.113.9", {"audit@example.com", "security@example.com"}),
        ):
            before = len(aws.mails)
            aws.play([happening("ListUsers", "iam.amazonaws.com", userIdentity=root, sourceIPAddress=address)])
            rang = [mail for mail in aws.mails[before:] if mail.subject.startswith("ALARM")]
            assert {mail.to for mail in rang if "cis-root-account-usage" in mail.about} == heard
            aws.advance(30)


FULL: Mapping[str, Any] = {
    **CONFIG,
    "account-guard:packs": ["essentials", "self-protection"],
    "account-guard:recipients": {"critical": ["on-call@example.com"]},
    "account-guard:archiveDays": 400,
    "account-guard:objectLock": {"mode": "GOVERNANCE", "days": 30},
    "account-guard:dataEvents": True,
    "account-guard:insights": True,
    "account-guard:notifyOk": True,
    "account-guard:permissionsBoundary": "arn:aws:iam::123456789012:policy/boundary",
    "account-guard:rolePath": "/security/",
}


def test_every_option_deploys() -> None:
    """All options at once are made, and it rings."""
    with Sandbox() as aws:
        deployed = aws.deploy(ROOT, "dev", FULL)
        aws.confirm()
        aws.play([RUN])
        assert "account-guard-dev/ec2-instance-changes" in {mail.about for mail in aws.mails}
        s3 = aws.client("s3", REGION)
        rules = s3.get_bucket_lifecycle_configuration(Bucket=deployed.exports["bucket"])["Rules"]
        assert {rule["ID"] for rule in rules} == {"abort-uploads", "expire"}
        lock = s3.get_object_lock_configuration(Bucket=deployed.exports["bucket"])["ObjectLockConfiguration"]
        assert lock["Rule"]["DefaultRetention"]["Days"] == 30


def project(folder: Path, program: str) -> Path:
    """A project with a program of its own."""
    (folder / "Pulumi.yaml").write_text("name: account-guard\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text("config: {}\n")
    (folder / "__main__.py").write_text(program)
    return folder


def test_an_unknown_type_is_named(tmp_path: Path) -> None:
    """A type that the sandbox cannot make is an error that names it."""
    program = "import pulumi_aws as aws\naws.dynamodb.Table('t', hash_key='id', attributes=[])\n"
    with Sandbox() as aws, pytest.raises((UnknownTypeError, DeployError), match="dynamodb/table:Table"):
        aws.deploy(project(tmp_path, program), "dev")


def test_what_aws_refuses_is_named(tmp_path: Path) -> None:
    """A trail whose bucket has no policy is refused as AWS refuses it."""
    program = (
        "import pulumi_aws as aws\nb = aws.s3.Bucket('b')\n"
        "aws.cloudtrail.Trail('t', name='t-1', s3_bucket_name=b.bucket)\n"
    )
    with Sandbox() as aws, pytest.raises(DeployError, match="InsufficientS3BucketPolicyException"):
        aws.deploy(project(tmp_path, program), "dev")


def test_bad_config_is_a_config_error() -> None:
    """What the program refuses comes out as it says it."""
    with Sandbox() as aws, pytest.raises(ConfigError, match="emails"):
        aws.deploy(ROOT, "dev", {"aws:region": REGION, "account-guard:emails": ["nobody"]})


def test_one_sandbox_at_a_time() -> None:
    """A second one in the process is refused, since both would be one AWS."""
    with Sandbox(), pytest.raises(BusyError), Sandbox():
        pass


def test_a_trail_that_is_not_there_is_named() -> None:
    """A stack that stands on another's trail finds it, or says that it is missing."""
    config = {**CONFIG, "account-guard:trail": {"existing": "theirs"}}
    with Sandbox() as aws, pytest.raises(DeployError, match="TrailNotFoundException"):
        aws.deploy(ROOT, "dev", config)


def test_a_stack_on_anothers_trail() -> None:
    """A second stack stands on the first one's trail and log group; one event rings both, delivered once."""
    with Sandbox() as aws:
        aws.deploy(ROOT, "dev", CONFIG)
        second = aws.deploy(ROOT, "prod", {**CONFIG, "account-guard:trail": {"existing": "account-guard-dev"}})
        assert second.exports["logGroup"] == "/account-guard-dev/cloudtrail"
        aws.confirm()
        assert aws.play([RUN]) == 1
        rang = {mail.about for mail in aws.mails if mail.subject.startswith("ALARM")}
        assert rang == {"account-guard-dev/ec2-instance-changes", "account-guard-prod/ec2-instance-changes"}
