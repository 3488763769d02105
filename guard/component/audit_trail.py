"""The trail, and what it writes to: bucket, log group, key and role."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

from guard import policies
from guard.component import hooks
from guard.component.args import AuditTrailArgs
from guard.component.bucket import LogBucket
from guard.component.errors import checked
from guard.component.place import at_home, policy, where
from guard.names import ROLE_PREFIX
from guard.settings import TRAIL, Settings

DELETION_WINDOW = 30  # days, the longest there is: a key that is gone takes the log with it


class AuditTrail(pulumi.ComponentResource):
    """A CloudTrail trail with all management events of all regions, its bucket, log group, key and role."""

    trail_name: pulumi.Output[str]
    """The trail's name."""
    trail_arn: pulumi.Output[str]
    """The trail's ARN."""
    bucket: pulumi.Output[str]
    """The name of the bucket that the log files go to."""
    log_group: pulumi.Output[str]
    """The name of the log group that the events go to."""
    role_name: pulumi.Output[str]
    """The name of the role by which CloudTrail writes to the log group."""

    def __init__(self, name: str, args: AuditTrailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guard:index:AuditTrail", name, None, opts)
        self.build(name, checked(args, name, Path.cwd(), shape=TRAIL))

    def build(self, name: str, wanted: Settings) -> None:
        """Create everything, in the order in which it depends on each other."""
        at = where(self)
        # The trail's name is fixed first: policies that read its ARN from the trail would wait for what
        # waits for them. https://github.com/aws/aws-cdk/issues/31400
        organization, owner = pulumi.Output.from_input(""), at.apply(lambda here: here.account)
        if wanted.organization:
            organization, owner = _organization(self)
        trail_arn = pulumi.Output.all(at, owner).apply(
            lambda found: replace(found[0], account=found[1]).arn("cloudtrail", f"trail/{wanted.names.trail}")
        )
        key, key_parts = self.key(name, wanted, at, trail_arn)
        logs = LogBucket(self, name, wanted, at, trail_arn, organization, key)
        group = self.group(name, wanted, key, key_parts)
        role, role_policy = self.role(name, wanted, at, organization)
        to = {
            "s3_bucket_name": logs.name,
            "kms_key_id": key,
            # CloudTrail wants the stream wildcard, which the log group's ARN lacks.
            "cloud_watch_logs_group_arn": pulumi.Output.concat(group.arn, ":*"),
            "cloud_watch_logs_role_arn": role.arn,
        }
        trail = self.trail(name, wanted, at, to, [*logs.ready, *key_parts, role_policy])
        self.trail_name, self.trail_arn = trail.name, trail.arn
        self.bucket = pulumi.Output.from_input(logs.name)
        self.log_group, self.role_name = group.name, role.name
        self.register_outputs(
            {
                "trail_name": self.trail_name,
                "trail_arn": self.trail_arn,
                "bucket": self.bucket,
                "log_group": self.log_group,
                "role_name": self.role_name,
            }
        )

    def group(
        self, name: str, wanted: Settings, key: pulumi.Input[str] | None, key_parts: Sequence[pulumi.Resource]
    ) -> aws.cloudwatch.LogGroup:
        """The log group, once its key is there."""
        return aws.cloudwatch.LogGroup(
            f"{name}-events",
            name=wanted.names.log_group,
            retention_in_days=wanted.retention_days,
            kms_key_id=key,
            log_group_class="STANDARD",  # metric filters work on no other class
            deletion_protection_enabled=wanted.protect,
            tags=wanted.tags,
            opts=pulumi.ResourceOptions(parent=self, protect=wanted.protect, depends_on=[*key_parts]),
        )

    def trail(
        self,
        name: str,
        wanted: Settings,
        at: pulumi.Output[Any],
        to: Mapping[str, Any],
        after: Sequence[pulumi.Resource],
    ) -> aws.cloudtrail.Trail:
        """The trail. `to`: where it writes, as arguments of its own; `after`: what must be there before."""
        return aws.cloudtrail.Trail(
            f"{name}-trail",
            name=wanted.names.trail,
            is_multi_region_trail=True,
            include_global_service_events=True,
            is_organization_trail=wanted.organization,
            enable_log_file_validation=True,
            enable_logging=True,
            # A selector of all management events alone is read back as none, and would differ for ever:
            # https://github.com/hashicorp/terraform-provider-aws/issues/3697
            event_selectors=at.apply(lambda here: [_selector(here.partition)]) if wanted.data_events else None,
            insight_selectors=_insights() if wanted.insights else None,
            tags=wanted.tags,
            # Names alone draw no edge to the policies without which CreateTrail fails.
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*after],
                hooks=hooks.retrying(f"{name}-trail-retry", hooks.TRAIL, operation="CreateTrail"),
            ),
            **to,
        )

    def key(
        self, name: str, wanted: Settings, at: pulumi.Output[Any], trail_arn: pulumi.Output[str]
    ) -> tuple[pulumi.Input[str] | None, list[pulumi.Resource]]:
        """The ARN of the key for bucket and log group, and what must be there before it is used."""
        if wanted.key:
            return at_home(at, "key", wanted.key), []
        if not wanted.encryption:
            return None, []
        key = aws.kms.Key(
            f"{name}-log-key",
            description=f"Account Guard {name}: the trail's log files and the log group",
            enable_key_rotation=True,
            deletion_window_in_days=DELETION_WINDOW,
            policy=policy(policies.log_key, at, trail_arn, wanted.names.log_group),
            tags=wanted.tags,
            opts=pulumi.ResourceOptions(parent=self, protect=wanted.protect),
        )
        return key.arn, [key]

    def role(
        self, name: str, wanted: Settings, at: pulumi.Output[Any], organization: pulumi.Output[str]
    ) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        """The role by which CloudTrail writes to the log group, and its policy."""
        role = aws.iam.Role(
            f"{name}-role",
            name_prefix=ROLE_PREFIX,
            path=wanted.role_path,
            description=f"Account Guard {name}: CloudTrail writes to {wanted.names.log_group}",
            assume_role_policy=policy(policies.role_trust),
            permissions_boundary=wanted.permissions_boundary,
            tags=wanted.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        role_policy = aws.iam.RolePolicy(
            f"{name}-role-policy",
            name="write-log-streams",
            role=role.name,
            policy=policy(policies.role, at, wanted.names.log_group, organization),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return role, role_policy


def _organization(parent: pulumi.Resource) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
    """The id (`o-...`) of the organisation that the provider's account is in, and its management account, which
    owns the trail even where a delegated administrator makes it.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-delegated-administrator.html
    """
    found = aws.organizations.get_organization_output(opts=pulumi.InvokeOutputOptions(parent=parent))
    return found.id, found.master_account_id


def _selector(partition: str) -> aws.cloudtrail.TrailEventSelectorArgs:
    """All management events, read and write, and all objects and function calls."""
    kinds = {"AWS::S3::Object": "s3", "AWS::Lambda::Function": "lambda"}
    return aws.cloudtrail.TrailEventSelectorArgs(
        read_write_type="All",
        include_management_events=True,
        data_resources=[
            aws.cloudtrail.TrailEventSelectorDataResourceArgs(type=kind, values=[f"arn:{partition}:{service}"])
            for kind, service in kinds.items()
        ],
    )


def _insights() -> list[aws.cloudtrail.TrailInsightSelectorArgs]:
    kinds = ("ApiCallRateInsight", "ApiErrorRateInsight")
    return [aws.cloudtrail.TrailInsightSelectorArgs(insight_type=kind) for kind in kinds]
