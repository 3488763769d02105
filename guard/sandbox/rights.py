"""What keeps a trail from writing: the policies of its bucket, key and role, and its log group."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from moto.backends import get_backend

from guard import needs
from guard.mocked import ORGANIZATION
from guard.sandbox import keys
from guard.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Target:
    """Where a trail writes, as CreateTrail and UpdateTrail name it."""

    arn: str
    region: str
    bucket: str
    prefix: str = ""
    key: str = ""
    group: str = ""
    role: str = ""
    organization: bool = False


def target(trail: Any) -> Target:
    """Of a trail that is there."""
    return Target(
        trail.arn,
        trail.region_name,
        trail.bucket_name,
        trail.s3_key_prefix or "",
        trail.kms_key_id or "",
        trail.cw_log_group_arn or "",
        trail.cw_role_arn or "",
        bool(trail.is_org_trail),
    )


def bucket_refusal(world: World, to: Target) -> str:
    """Why the bucket does not take the trail's files, "" where it does."""
    client = world.client("s3", to.region)
    try:
        policy = json.loads(client.get_bucket_policy(Bucket=to.bucket)["Policy"])
    except ClientError as error:
        return f"the bucket {to.bucket}: {error.response['Error']['Code']}"
    bucket = f"arn:{to.arn.split(':')[1]}:s3:::{to.bucket}"
    denied = needs.lacking([policy], needs.bucket(bucket, to.arn, to.prefix, [owner(to, world.account)]))
    actions = ", ".join(one.action for one in denied)
    return f"the policy of the bucket {to.bucket} does not allow {actions}" if denied else ""


def key_refusal(world: World, to: Target) -> str:
    """Why the trail may not encrypt with its key, "" where it may."""
    return keys.refusal(world, to.region, to.key or None, lambda key: needs.trail_key(key, to.arn))


def role_refusal(world: World, to: Target) -> str:
    """Why CloudTrail may not take the role, "" where it may."""
    try:
        trust = world.client("iam", to.region).get_role(RoleName=_name(to.role))["Role"]["AssumeRolePolicyDocument"]
    except ClientError:
        return f"the role {to.role} does not exist"
    denied = needs.lacking([trust], needs.role_trust(to.role))
    return f"the role {to.role} does not trust CloudTrail" if denied else ""


def group_refusal(world: World, to: Target) -> str:
    """Why the role may not write to the log group, "" where it may."""
    if not to.group.endswith(":*"):
        return f"the log group's ARN {to.group} does not end in ':*'"
    name = to.group.split(":")[6]
    if name not in get_backend("logs")[world.account][to.region].groups:
        return f"the log group {name} does not exist"
    denied = needs.lacking(_role_policies(world, to), needs.streams(to.role, to.group, [stream(to, world.account)]))
    actions = ", ".join(one.action for one in denied)
    return f"Access denied. The role {to.role} lacks {actions} on {denied[0].resource}" if denied else ""


def _role_policies(world: World, to: Target) -> list[Mapping[str, Any]]:
    client, role = world.client("iam", to.region), _name(to.role)
    try:
        names = client.list_role_policies(RoleName=role)["PolicyNames"]
    except ClientError:
        return []
    return [client.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]


def _name(role_arn: str) -> str:
    return role_arn.rsplit("/", 1)[-1]


def owner(to: Target, account: str) -> str:
    """Whose folder in the bucket an account's files go to: `o-.../ACCOUNT` of an organisation's trail.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
    """
    return f"{ORGANIZATION}/{account}" if to.organization else account


def stream(to: Target, account: str) -> str:
    """The log stream that CloudTrail writes an account's events to."""
    return f"{owner(to, account).replace('/', '_')}_CloudTrail_{to.region}"
