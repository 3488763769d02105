"""The trail or the log group that an account already has, read and not changed."""

import pulumi
import pulumi_aws as aws

from guard.component.place import where
from guard.names import Where
from guard.settings import Settings


class Existing:
    """What an AuditTrail would give, of what is there: `trail_name`, `bucket`, `log_group`, `role_name`."""

    def __init__(self, name: str, wanted: Settings, parent: pulumi.Resource) -> None:
        nothing = pulumi.Output.from_input("")
        self.trail_name, self.bucket, self.role_name = nothing, nothing, nothing
        self.log_group = pulumi.Output.from_input(wanted.trail.log_group)
        if not wanted.trail.existing:
            return
        at = where(parent)
        arn = at.apply(lambda here: here.arn("cloudtrail", f"trail/{wanted.trail.existing}"))
        trail = aws.cloudtrail.Trail.get(f"{name}-trail", arn, opts=pulumi.ResourceOptions(parent=parent))
        seen = pulumi.Output.all(
            at,
            trail.home_region,
            trail.is_multi_region_trail,
            trail.cloud_watch_logs_group_arn,
        )
        self.trail_name = trail.name
        self.bucket = trail.s3_bucket_name
        self.role_name = trail.cloud_watch_logs_role_arn.apply(lambda role: (role or "").rsplit("/", 1)[-1])
        self.log_group = seen.apply(lambda found: log_group(wanted.trail.existing, *found))


def log_group(trail: str, here: Where, home: str | None, multi_region: object, group_arn: str | None) -> str:
    """The name of a trail's log group. Raises RunError where the rules cannot stand on it."""
    group = (group_arn or "").split(":")
    faults = {
        "has no log group: give it one, or leave `trail` out": not group_arn,
        "is not multi-region: events of other regions would be missed": multi_region is False,
        f"lives in {home}: deploy the guard there (aws:region)": bool(home) and home != here.region,
        f"writes to a log group of account {''.join(group[4:5])}: deploy the guard there": (
            len(group) > 4 and group[4] != here.account
        ),
    }
    wrong = [fault for fault, is_so in faults.items() if is_so]
    if wrong:
        raise pulumi.RunError("\n".join(f"trail.existing: the trail '{trail}' {fault}" for fault in wrong))
    return group[6]
