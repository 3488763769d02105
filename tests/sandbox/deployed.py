"""A guard in the sandbox's AWS, and events that happen there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from guard.sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
REGION = "eu-west-1"
NAME = "account-guard-dev"
CONFIG: Mapping[str, Any] = {
    "aws:region": REGION,
    "account-guard:emails": ["security@example.com"],
    "account-guard:packs": ["essentials"],
}


class Deployed:
    """A sandbox with one guard in it, its people confirmed."""

    def __init__(self, aws: Sandbox) -> None:
        self.aws = aws
        self.deployment = aws.deploy(ROOT, "dev", CONFIG)
        aws.confirm()

    def client(self, service: str) -> Any:
        """A client in the guard's region."""
        return self.aws.client(service, REGION)

    def exports(self) -> Mapping[str, Any]:
        """The stack's exports."""
        return self.deployment.exports

    def state(self, rule: str) -> str:
        """The state of an alarm."""
        found = self.client("cloudwatch").describe_alarms(AlarmNames=[f"{NAME}/{rule}"])["MetricAlarms"]
        return str(found[0]["StateValue"])

    def subjects(self) -> list[str]:
        """Which alarms mailed, in order, with their new state."""
        return [f"{mail.subject.split(':')[0]} {mail.about.split('/')[-1]}" for mail in self.aws.mails if mail.about]


def happening(name: str, source: str = "ec2.amazonaws.com", **more: Any) -> dict[str, Any]:
    """A CloudTrail event."""
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/eve", "userName": "eve"},
        "eventTime": "2026-11-02T03:00:00Z",
        "eventSource": source,
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "198.51.100.7",
        "eventID": "0f0f0f0f-0000-4000-8000-000000000000",
        "eventType": "AwsApiCall",
        "readOnly": False,
        "managementEvent": True,
        "eventCategory": "Management",
        **more,
    }


RUN = happening("RunInstances")
