"""Trails as CloudTrail makes them: what it refuses, and what it says of itself."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from moto.backends import get_backend

from guard.names import Where, partition
from guard.sandbox.intercept import Call, Refused
from guard.sandbox.rights import Target, bucket_refusal, group_refusal, key_refusal, role_refusal, target
from guard.sandbox.selectors import DEFAULT
from guard.sandbox.world import World

CHECKS = (
    ("InsufficientS3BucketPolicyException", bucket_refusal, "bucket"),
    ("InsufficientEncryptionPolicyException", key_refusal, "key"),
    ("InvalidCloudWatchLogsRoleArnException", role_refusal, "group"),
    ("InvalidCloudWatchLogsLogGroupArnException", group_refusal, "group"),
)


def check(world: World, to: Target) -> None:
    """What CreateTrail and UpdateTrail refuse. Raises Refused."""
    if bool(to.group) != bool(to.role):
        raise Refused("InvalidCloudWatchLogsRoleArnException", "a log group and its role come together")
    for code, refusal, needed in CHECKS:
        wrong = refusal(world, to) if getattr(to, needed) else ""
        if wrong:
            raise Refused(code, wrong)


def create_trail(world: World, call: Call) -> Mapping[str, Any]:
    """What AWS checks before it makes a trail."""
    wanted = call.params
    if wanted["Name"] in call.backend.trails:
        raise Refused("TrailAlreadyExistsException", f"Trail {wanted['Name']} already exists")
    here = Where(partition(call.region), call.region, world.account)
    start = Target(here.arn("cloudtrail", f"trail/{wanted['Name']}"), call.region, "")
    check(world, _named(start, wanted))
    return call.read()


def update_trail(world: World, call: Call) -> Mapping[str, Any]:
    """The same checks, of what the trail would be."""
    check(world, _named(target(call.backend.get_trail(call.params["Name"])), call.params))
    return call.read()


NAMED = {
    "bucket": "S3BucketName",
    "prefix": "S3KeyPrefix",
    "key": "KmsKeyId",
    "group": "CloudWatchLogsLogGroupArn",
    "role": "CloudWatchLogsRoleArn",
    "organization": "IsOrganizationTrail",
}


def _named(before: Target, wanted: Mapping[str, Any]) -> Target:
    return replace(before, **{one: wanted[name] for one, name in NAMED.items() if wanted.get(name) is not None})


def delete_trail(world: World, call: Call) -> Mapping[str, Any]:  # noqa: ARG001 - a completion's signature
    """By name or by ARN."""
    trail = call.backend.get_trail(call.params["Name"])
    del call.backend.trails[trail.trail_name]
    return {}


def get_event_selectors(world: World, call: Call) -> Mapping[str, Any]:  # noqa: ARG001
    """A new trail has the default selector."""
    trail = call.backend.get_trail(call.params["TrailName"])
    if trail.advanced_event_selectors:
        return {"TrailARN": trail.arn, "AdvancedEventSelectors": trail.advanced_event_selectors}
    return {"TrailARN": trail.arn, "EventSelectors": trail.event_selectors or [DEFAULT]}


def put_event_selectors(world: World, call: Call) -> Mapping[str, Any]:
    """One kind replaces the other."""
    trail = call.backend.get_trail(call.params["TrailName"])
    trail.event_selectors = list(call.params.get("EventSelectors") or ())
    trail.advanced_event_selectors = list(call.params.get("AdvancedEventSelectors") or ())
    return get_event_selectors(world, call)


def put_insight_selectors(world: World, call: Call) -> Mapping[str, Any]:  # noqa: ARG001
    """The new ones replace the old."""
    trail = call.backend.get_trail(call.params["TrailName"])
    trail.insight_selectors = list(call.params["InsightSelectors"])
    return {"TrailARN": trail.arn, "InsightSelectors": trail.insight_selectors}


def get_trail_status(world: World, call: Call) -> Mapping[str, Any]:
    """With the deliveries to S3, to CloudWatch Logs and of digests as they went."""
    answer = call.read()
    trail = next(
        one
        for backend in _everywhere(call)
        for one in backend.trails.values()
        if call.params["Name"] in (one.trail_name, one.arn)
    )
    answer.pop("LatestDeliveryTime", None)
    return answer | world.regions[trail.region_name].deliveries[trail.arn]


def _everywhere(call: Call) -> list[Any]:
    return list(get_backend("cloudtrail")[call.backend.account_id].values())
