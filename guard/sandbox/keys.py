"""KMS keys as others meet them: enabled, and with a policy that lets them."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from guard.access import Request
from guard.needs import lacking
from guard.sandbox.intercept import Call, Refused
from guard.sandbox.world import World


def disabled(world: World, region: str, key: str | None) -> str:
    """Why nobody can use a key, "" where one can, or where there is none."""
    if not key:
        return ""
    try:
        state: str = world.client("kms", region).describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    except ClientError:
        return f"the key {key} does not exist"
    return "" if state == "Enabled" else f"the key {key} is {state}"


def refusal(world: World, region: str, key: str | None, asked: Callable[[str], Iterable[Request]]) -> str:
    """Why the requests that are made of a key (its ARN is handed in) are refused, "" where none is, or where
    there is no key.
    """
    if not key:
        return ""
    if key == "alias/aws/sns":
        return "the key alias/aws/sns lets no AWS service publish"
    unusable = disabled(world, region, key)
    if unusable:
        return unusable
    client: Any = world.client("kms", region)
    arn = client.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    policy = json.loads(client.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    denied = ", ".join(one.action for one in lacking([policy], asked(arn)))
    return f"the policy of the key {key} does not allow {denied}" if denied else ""


def switch(world: World, call: Call) -> Mapping[str, Any]:  # noqa: ARG001 - a completion's signature
    """DisableKey and EnableKey, by id or by ARN."""
    key = call.backend.keys.get(call.params["KeyId"].rsplit("/", 1)[-1])
    if key is None:
        raise Refused("NotFoundException", f"Key '{call.params['KeyId']}' does not exist")
    key.enabled = call.operation == "EnableKey"
    key.key_state = "Enabled" if key.enabled else "Disabled"
    return {}
