"""The trail or the log group that an account already has, read and not changed."""

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from guard.component.errors import refusal
from guard.component.place import where
from guard.errors import Fault
from guard.names import Where
from guard.policies import account_of
from guard.settings import Settings
from guard.settings.lengths import overlong

OF_AN_ORGANIZATION = (
    "trail.existing: the trail is an organization's, so an alarm may be of any account: set `organization: true`, "
    "and each mail says how to tell"
)


class Existing:
    """What an AuditTrail would give, of what is there; "" for what a log group alone does not tell."""

    trail_name: pulumi.Output[str]
    bucket: pulumi.Output[str]
    log_group: pulumi.Output[str]
    role_name: pulumi.Output[str]

    def __init__(self, name: str, wanted: Settings, parent: pulumi.Resource) -> None:
        self.name, self.rules = name, wanted.rules
        self.parent, self.wanted, self.organization = parent, wanted.trail, wanted.organization
        nothing = pulumi.Output.from_input("")
        self.trail_name, self.bucket, self.role_name = nothing, nothing, nothing
        named = self.trail(name) if self.wanted.existing else pulumi.Output.from_input(self.wanted.log_group)
        group = aws.cloudwatch.LogGroup.get(f"{name}-events", named, opts=pulumi.ResourceOptions(parent=parent))
        self.log_group = pulumi.Output.all(group.name, group.log_group_class).apply(lambda seen: standard(*seen))

    def trail(self, name: str) -> pulumi.Output[str]:
        """The trail's parts, and the name of its log group."""
        at = where(self.parent)
        arn = at.apply(lambda here: arn_of(self.wanted.existing, here))
        trail = aws.cloudtrail.Trail.get(f"{name}-trail", arn, opts=pulumi.ResourceOptions(parent=self.parent))
        self.trail_name, self.bucket = trail.name, trail.s3_bucket_name
        self.role_name = trail.cloud_watch_logs_role_arn.apply(lambda role: (role or "").rsplit("/", 1)[-1])
        seen = pulumi.Output.all(
            here=at,
            home=trail.home_region,
            multi_region=trail.is_multi_region_trail,
            organization=trail.is_organization_trail,
            group_arn=trail.cloud_watch_logs_group_arn,
        )
        return seen.apply(lambda found: self.log_group_of(Seen(**found)))

    def log_group_of(self, seen: "Seen") -> str:
        """The name of the trail's log group. Refuses, with every reason, where the rules cannot stand on it."""
        wrong = list(faults(seen, organization=self.organization))
        if wrong:
            raise refusal([Fault("trail.existing", f"the trail {why}", "") for why in wrong])
        group = seen.group_arn.split(":")[6]
        long = list(overlong("trail.existing", {"prefix": self.name, "logGroup": group}, self.rules))
        if long:
            raise refusal(long)
        if seen.organization and not self.organization:
            pulumi.log.warn(OF_AN_ORGANIZATION, self.parent)
        return group


def arn_of(trail: str, here: Where) -> str:
    """The ARN of a trail that is given by its ARN, or by its name where it is this account's and region's."""
    return trail if trail.startswith("arn:") else here.arn("cloudtrail", f"trail/{trail}")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a trail that is there says of itself, and where the guard is deployed."""

    here: Where
    home: str
    multi_region: bool
    organization: bool
    group_arn: str


def faults(seen: Seen, *, organization: bool) -> Iterator[str]:
    """Every reason why rules cannot stand on a trail; `organization`: it is said to be an organisation's."""
    if not seen.group_arn:
        yield "has no log group: give it one, or leave `trail` out"
    if not seen.multi_region:
        yield "is not multi-region: events of other regions would be missed"
    if seen.home != seen.here.region:
        yield f"lives in {seen.home}: deploy the guard there (aws:region)"
    if seen.group_arn and account_of(seen.group_arn) != seen.here.account:
        yield (
            f"writes to a log group of account {account_of(seen.group_arn)}, and metric filters stand beside it: "
            "deploy the guard there"
        )
    if organization and not seen.organization:
        yield "is no organization's: leave `organization` out"


def standard(group: str, kind: str | None) -> str:
    """The name of a log group of the Standard class; refuses one of another.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
    """
    if kind and kind != "STANDARD":
        what = f"the log group '{group}' is of the class {kind}, which takes no metric filters, and never changes"
        raise refusal([Fault("trail", what, "let the trail write to one of the Standard class")])
    return group
