"""Attacks on a guard in the sandbox, and who notices."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from guard.account.account import Account
from guard.account.verify import verify
from guard.names import Where
from guard.sandbox.sandbox import Sandbox
from guard.settings.stack import settings_of
from tests.sandbox.deployed import NAME, REGION, ROOT, happening

ADDRESS = "security@example.com"
CONFIG: Mapping[str, Any] = {
    "aws:region": REGION,
    "account-guard:emails": [ADDRESS],
    "account-guard:recipients": {one: [ADDRESS] for one in ("low", "medium", "high", "critical")},
}
ATTACKS: Mapping[str, Mapping[str, Any]] = {
    one["attack"]: one for one in yaml.safe_load(Path(__file__).with_name("attacks.yaml").read_text(encoding="utf-8"))
}
HOURS = 6  # the heartbeat's three, and what CloudWatch waits for more
PULSE = happening("DescribeInstances", readOnly=True)


class Guard:
    """A guard, everybody confirmed, at whose log events arrive."""

    def __init__(self, aws: Sandbox) -> None:
        self.aws = aws
        aws.deploy(ROOT, "dev", CONFIG)
        aws.confirm()
        self.hours(1)
        self.known: set[tuple[str, str]] = set()  # what verify fails already: of a whole guard nothing

    def client(self, service: str) -> Any:
        """A client in the guard's region."""
        return self.aws.client(service, REGION)

    def hours(self, count: int) -> None:
        """Time passes in an account that is used; alarms settle."""
        for _ in range(count):
            self.aws.world.clock.skip(3600)
            self.aws.play([PULSE])
            self.aws.tick()

    def values(self) -> dict[str, str]:
        """What an attacker knows of it."""
        topic = f"arn:aws:sns:{REGION}:{self.aws.world.account}:{NAME}"
        trail = self.client("cloudtrail").get_trail(Name=NAME)["Trail"]
        role = trail["CloudWatchLogsRoleArn"].rsplit("/", 1)[-1]
        attributes = self.client("sns").get_topic_attributes(TopicArn=f"{topic}-alerts")["Attributes"]
        subscriptions = self.client("sns").list_subscriptions()["Subscriptions"]
        return {
            "name": NAME,
            "trailArn": trail["TrailARN"],
            "bucket": trail["S3BucketName"],
            "logKey": trail["KmsKeyId"],
            "topicsKey": attributes["KmsMasterKeyId"],
            "role": role,
            "rolePolicy": self.client("iam").list_role_policies(RoleName=role)["PolicyNames"][0],
            "logGroup": f"/{NAME}/cloudtrail",
            "topic": topic,
            **{f"subscription-{one['TopicArn'].rsplit('-', 1)[-1]}": one["SubscriptionArn"] for one in subscriptions},
        }

    def suffer(self, attack: Mapping[str, Any]) -> None:
        """The attack's calls, and CloudTrail's records of them."""
        for step in filled(attack["steps"], self.values()):
            service, operation = step["call"].split(".")
            record = step["record"]
            events = [recorded(record)] if record else []
            if step.get("first"):
                self.aws.play(events)
            getattr(self.client(service), operation)(**step["with"])
            if not step.get("first"):
                self.aws.play(events)

    def mailed(self, since: int) -> list[str]:
        """The watch's alarms that were mailed, after so many mails."""
        alarms = [mail for mail in self.aws.mails[since:] if mail.subject.startswith("ALARM")]
        return [mail.about.split("/")[-1] for mail in alarms if mail.topic.endswith("-watchdog")]

    def failures(self) -> set[tuple[str, str]]:
        """What verify fails: check and subject."""
        where = Where("aws", REGION, self.aws.world.account)
        found = verify(Account(settings_of(CONFIG, "dev", ROOT), where, self.client))
        return {(one.check, one.subject) for one in found if one.status == "FAIL"}


def recorded(record: Mapping[str, Any]) -> dict[str, Any]:
    """CloudTrail's record of a call."""
    source = f"{record['source']}.amazonaws.com"
    return happening(record["name"], source, requestParameters=record["parameters"])


def filled(data: Any, values: Mapping[str, str]) -> Any:
    """The data with its `${...}` replaced."""
    if isinstance(data, str):
        return re.sub(r"\$\{([^}]+)\}", lambda found: values[found[1]], data)
    if isinstance(data, Mapping):
        return {key: filled(item, values) for key, item in data.items()}
    return [filled(item, values) for item in data] if isinstance(data, list) else data


def noticed(guard: Guard, attack: Mapping[str, Any]) -> None:
    """The attack is noticed by whom it says, and by no other alarm of the watch."""
    values, mails = guard.values(), len(guard.aws.mails)
    guard.suffer(attack)
    assert guard.mailed(mails) == attack.get("rings", [])
    found = guard.failures()
    new, guard.known = found - guard.known, found
    for check, subject in filled(attack["verify"], values).items():
        assert any(one == check and of.startswith(subject) for one, of in new), new
    mails = len(guard.aws.mails)
    guard.hours(HOURS if attack.get("silent") else 1)
    assert guard.mailed(mails) == (["watchdog-silent"] if attack.get("silent") else [])
