"""How a resource that others made is read in the sandbox: the table from type to AWS call."""

from collections.abc import Callable, Mapping

from guard.errors import GuardError
from guard.mocked import LOG_GROUP
from guard.sandbox.recipe import Made, Maker
from guard.sandbox.resources import UnknownTypeError

TRAIL = {
    "name": "Name",
    "arn": "TrailARN",
    "s3BucketName": "S3BucketName",
    "isMultiRegionTrail": "IsMultiRegionTrail",
    "isOrganizationTrail": "IsOrganizationTrail",
    "cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn",
    "cloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
}


class AbsentError(GuardError):
    """A resource that is to be read and is not there."""


def read(maker: Maker, kind: str, resource: str) -> Made:
    """A resource of others; its id and what AWS says of it. Raises UnknownTypeError, AbsentError, ClientError."""
    if kind not in READS:
        raise UnknownTypeError(f"the sandbox cannot read a {kind}: it reads {', '.join(READS)}")
    return READS[kind](maker, resource)


def trail(maker: Maker, arn: str) -> Made:
    """A trail by its ARN; it may live in another region, which moto leaves out of its answer."""
    home = arn.split(":")[3]
    found = maker.world.client("cloudtrail", home).get_trail(Name=arn)["Trail"]
    return found["TrailARN"], {"homeRegion": home, **{key: found.get(api) for key, api in TRAIL.items()}}


def log_group(maker: Maker, name: str) -> Made:
    """A log group by its name."""
    pages = maker.client("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    for one in (group for page in pages for group in page["logGroups"] if group["logGroupName"] == name):
        return name, {"name": name, "arn": one["logGroupArn"], "logGroupClass": one["logGroupClass"]}
    raise AbsentError(f"resource '{name}' does not exist")


READS: Mapping[str, Callable[[Maker, str], Made]] = {"aws:cloudtrail/trail:Trail": trail, LOG_GROUP: log_group}
