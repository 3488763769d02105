"""Writes down every call that a command makes, with the ARN of what it is made on."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from guard.access import Request
from guard.account import connect
from guard.grants.actions import action
from guard.names import Where

ME = {"AWS": "arn:aws:iam::123456789012:role/somebody"}


@dataclass(frozen=True)
class Called:
    """A call, as botocore names it."""

    service: str
    operation: str
    params: Mapping[str, Any]

    @property
    def action(self) -> str:
        """The IAM action it needs, "" where none."""
        return action(self.service, self.operation)

    def request(self, here: Where) -> Request:
        """What IAM judges."""
        return Request(ME, self.action, RESOURCES.get(self.service, anything)(self, here))


@contextmanager
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Called]]:
    """The calls of every session that a command opens."""
    calls: list[Called] = []
    own = connect.session

    def session(*args: Any, **more: Any) -> Any:
        found = own(*args, **more)
        found.events.register("provide-client-params", note)
        return found

    def note(params: Mapping[str, Any], model: Any, **_: Any) -> None:
        calls.append(Called(model.service_model.service_name, model.name, dict(params)))

    monkeypatch.setattr(connect, "session", session)
    yield calls
    monkeypatch.setattr(connect, "session", own)


def anything(call: Called, here: Where) -> str:
    """Of an operation that is made on nothing."""
    return "*"


def cloudtrail(call: Called, here: Where) -> str:
    """A trail, by name or ARN."""
    name = str(call.params.get("Name") or call.params.get("TrailName") or "")
    return "*" if not name else name if name.startswith("arn:") else here.arn("cloudtrail", f"trail/{name}")


def logs(call: Called, here: Where) -> str:
    """A log group, or a stream of it."""
    if "logGroupName" not in call.params:
        return "*"
    stream = call.params.get("logStreamName")
    name = f"log-group:{call.params['logGroupName']}"
    return here.arn("logs", f"{name}:log-stream:{stream}" if stream else name)


def cloudwatch(call: Called, here: Where) -> str:
    """An alarm; asked without a name, every alarm."""
    if call.operation in ("DescribeAlarms", "DescribeAlarmHistory"):
        return here.arn("cloudwatch", "alarm:*")
    if call.operation == "GetAlarmMuteRule":
        return here.arn("cloudwatch", f"alarm-mute-rule:{call.params['AlarmMuteRuleName']}")
    return here.arn("cloudwatch", f"alarm:{call.params['AlarmName']}") if "AlarmName" in call.params else "*"


def kms(call: Called, here: Where) -> str:
    """A key, by id or ARN."""
    key = str(call.params["KeyId"])
    return key if key.startswith("arn:") else here.arn("kms", f"key/{key}")


RESOURCES: Mapping[str, Callable[[Called, Where], str]] = {
    "cloudtrail": cloudtrail,
    "logs": logs,
    "cloudwatch": cloudwatch,
    "kms": kms,
    "s3": lambda call, here: f"arn:{here.partition}:s3:::{call.params['Bucket']}",
    "iam": lambda call, here: f"arn:{here.partition}:iam::{here.account}:role/{call.params['RoleName']}",
    "sns": lambda call, _: str(call.params.get("TopicArn", "*")),
}
