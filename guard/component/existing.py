"""The trail or the log group that an account already has, read and not changed."""

from collections.abc import Iterator

import pulumi
import pulumi_aws as aws

from guard.component.place import where
from guard.names import Where
from guard.policies import account_of
from guard.settings import Settings


class Existing:
    """What an AuditTrail would give, of what is there; "" for what a log group alone does not tell."""

    trail_name: pulumi.Output[str]
    bucket: pulumi.Output[str]
    log_group: pulumi.Output[str]
    role_name: pulumi.Output[str]
    organization: pulumi.Output[bool]

    def __init__(self, name: str, wanted: Settings, parent: pulumi.Resource) -> None:
        self.parent, self.wanted = parent, wanted.trail
        nothing = pulumi.Output.from_input("")
        self.trail_name, self.bucket, self.role_name = nothing, nothing, nothing
        self.organization = pulumi.Output.from_input(False)  # noqa: FBT003 - a value, no flag
        group = self.trail(name) if self.wanted.existing else pulumi.Output.from_input(self.wanted.log_group)
        self.log_group = self.of_the_standard_class(group)

    def trail(self, name: str) -> pulumi.Output[str]:
        """The trail's parts, and the name of its log group."""
        at = where(self.parent)
        arn = at.apply(lambda here: arn_of(self.wanted.existing, here))
        trail = aws.cloudtrail.Trail.get(f"{name}-trail", arn, opts=pulumi.ResourceOptions(parent=self.parent))
        self.trail_name, self.bucket = trail.name, trail.s3_bucket_name
        self.role_name = trail.cloud_watch_logs_role_arn.apply(lambda role: (role or "").rsplit("/", 1)[-1])
        self.organization = trail.is_organization_trail.apply(bool)
        seen = pulumi.Output.all(at, trail.home_region, trail.is_multi_region_trail, trail.cloud_watch_logs_group_arn)
        return seen.apply(lambda found: log_group(self.wanted.existing, *found))

    def of_the_standard_class(self, group: pulumi.Output[str]) -> pulumi.Output[str]:
        """The log group's name, once it is known to take metric filters."""
        opts = pulumi.InvokeOutputOptions(parent=self.parent)
        found = aws.cloudwatch.get_log_group_output(name=group, opts=opts)
        return pulumi.Output.all(group, found.log_group_class).apply(lambda seen: standard(*seen))


def arn_of(trail: str, here: Where) -> str:
    """The ARN of a trail that is given by its ARN, or by its name where it is this account's and region's."""
    return trail if trail.startswith("arn:") else here.arn("cloudtrail", f"trail/{trail}")


def log_group(trail: str, here: Where, home: str | None, multi_region: bool | None, arn: str | None) -> str:  # noqa: FBT001
    """The name of a trail's log group. Raises RunError, with every reason, where the rules cannot stand on it."""
    wrong = list(_faults(here, home or here.region, arn or "", multi_region=multi_region is not False))
    if wrong:
        raise pulumi.RunError("\n".join(f"trail.existing: the trail '{trail}' {fault}" for fault in wrong))
    return str(arn).split(":")[6]


def _faults(here: Where, home: str, group_arn: str, *, multi_region: bool) -> Iterator[str]:
    if not group_arn:
        yield "has no log group: give it one, or leave `trail` out"
    if not multi_region:
        yield "is not multi-region: events of other regions would be missed"
    if home != here.region:
        yield f"lives in {home}: deploy the guard there (aws:region)"
    if group_arn and account_of(group_arn) != here.account:
        yield (
            f"writes to a log group of account {account_of(group_arn)}, and metric filters stand in the log group's "
            "account: deploy the guard there"
        )


def standard(group: str, kind: str | None) -> str:
    """The name of a log group of the Standard class. Raises RunError.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
    """
    if kind and kind != "STANDARD":
        raise pulumi.RunError(
            f"trail: the log group '{group}' is of the class {kind}, which takes no metric filters, and a class "
            "cannot be changed: let the trail write to one of the Standard class"
        )
    return group
