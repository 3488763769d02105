"""The bucket of the log files, and the one of its access logs."""

from typing import Any

import pulumi
import pulumi_aws as aws

from guard import policies
from guard.component.place import policy
from guard.names import access_logs_prefix, bucket_prefix
from guard.settings import Settings

ACCESS_LOG_DAYS = 365
ABORT_DAYS = 7


def waiting(keep: pulumi.ResourceOptions, *after: pulumi.Resource) -> pulumi.ResourceOptions:
    """The same options, once these are there."""
    return pulumi.ResourceOptions.merge(keep, pulumi.ResourceOptions(depends_on=list(after)))


def locked_down(
    keep: pulumi.ResourceOptions, name: str, bucket: aws.s3.Bucket, rules: pulumi.Input[str]
) -> list[pulumi.Resource]:
    """What every bucket of ours gets: no public access, no ACLs, its policy."""
    closed = aws.s3.BucketPublicAccessBlock(
        f"{name}-public-access",
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=keep,
    )
    owned = aws.s3.BucketOwnershipControls(
        f"{name}-ownership",
        bucket=bucket.bucket,
        rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
        opts=keep,
    )
    # S3 refuses two changes of one bucket's access at once (OperationAborted): one after the other.
    rights = aws.s3.BucketPolicy(
        f"{name}-policy",
        bucket=bucket.bucket,
        policy=rules,
        opts=waiting(keep, closed, owned),
    )
    return [closed, owned, rights]


class LogBucket:
    """The bucket that the trail writes to: `name`, and in `ready` what must be there before the trail."""

    def __init__(
        self,
        parent: pulumi.Resource,
        name: str,
        wanted: Settings,
        at: pulumi.Output[Any],
        trail_arn: pulumi.Output[str],
        organization: pulumi.Output[str],
        key: pulumi.Input[str] | None,
    ) -> None:
        self.name: pulumi.Input[str] = wanted.bucket or ""
        self.ready: list[pulumi.Resource] = []
        if wanted.bucket:
            return
        # What shuts a bucket is protected with it: a bucket that stays, stays shut.
        keep = pulumi.ResourceOptions(parent=parent, protect=wanted.protect)
        bucket = aws.s3.Bucket(
            f"{name}-logs",
            bucket=wanted.bucket_name or None,
            bucket_prefix=None if wanted.bucket_name else bucket_prefix(name),
            tags=wanted.tags,
            opts=keep,
        )
        self.name = bucket.bucket
        account = at.apply(lambda here: here.account)
        rules = policy(policies.log_bucket, bucket.arn, trail_arn, organization)
        self.ready = locked_down(keep, f"{name}-logs", bucket, rules)
        encrypted(keep, f"{name}-logs", bucket, key)
        kept(keep, f"{name}-logs", bucket, wanted)
        if wanted.access_logs:
            access_logs(keep, name, wanted, bucket, account)


def encrypted(keep: pulumi.ResourceOptions, name: str, bucket: aws.s3.Bucket, key: pulumi.Input[str] | None) -> None:
    """Default encryption: with the key, else S3's own."""
    default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
        sse_algorithm="aws:kms" if key else "AES256", kms_master_key_id=key
    )
    rule = aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
        apply_server_side_encryption_by_default=default,
        bucket_key_enabled=bool(key) or None,
        # S3 blocks customers' own keys on new buckets; unsaid, providers before 6.40 would unblock them each time.
        blocked_encryption_types=["SSE-C"],
    )
    aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        bucket=bucket.bucket,
        rules=[rule],
        opts=keep,
    )


def versioned(keep: pulumi.ResourceOptions, name: str, bucket: aws.s3.Bucket) -> aws.s3.BucketVersioning:
    """What is overwritten or deleted stays as an old version."""
    return aws.s3.BucketVersioning(
        f"{name}-versioning",
        bucket=bucket.bucket,
        versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
        opts=keep,
    )


def kept(keep: pulumi.ResourceOptions, name: str, bucket: aws.s3.Bucket, wanted: Settings) -> None:
    """Versions, the lock where one is wanted, and the lifecycle."""
    versioning = versioned(keep, name, bucket)
    if wanted.object_lock:
        # It locks a bucket that is there as well as a new one; `object_lock_enabled` of the bucket itself would
        # replace one that is there: https://github.com/hashicorp/terraform-provider-aws/issues/36529
        retention = aws.s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(
            mode=wanted.object_lock.mode, days=wanted.object_lock.days
        )
        aws.s3.BucketObjectLockConfiguration(
            f"{name}-lock",
            bucket=bucket.bucket,
            rule=aws.s3.BucketObjectLockConfigurationRuleArgs(default_retention=retention),
            opts=waiting(keep, versioning),
        )
    lifecycle(keep, name, bucket, wanted.archive_days, after=versioning)


def lifecycle(
    keep: pulumi.ResourceOptions, name: str, bucket: aws.s3.Bucket, days: int, *, after: pulumi.Resource
) -> None:
    """Broken uploads go after a week; with `days`, objects and their old versions go too."""
    rules = [
        aws.s3.BucketLifecycleConfigurationRuleArgs(
            id="abort-uploads",
            status="Enabled",
            filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
            abort_incomplete_multipart_upload=(
                aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                    days_after_initiation=ABORT_DAYS
                )
            ),
        )
    ]
    if days:
        rules.append(
            aws.s3.BucketLifecycleConfigurationRuleArgs(
                id="expire",
                status="Enabled",
                filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=days),
                noncurrent_version_expiration=(
                    aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(noncurrent_days=days)
                ),
            )
        )
    aws.s3.BucketLifecycleConfiguration(
        f"{name}-lifecycle",
        bucket=bucket.bucket,
        rules=rules,
        opts=waiting(keep, after),
    )


def access_logs(
    keep: pulumi.ResourceOptions,
    name: str,
    wanted: Settings,
    source: aws.s3.Bucket,
    account: pulumi.Output[str],
) -> None:
    """The bucket of the first one's access logs: S3's own encryption, since log delivery knows no other."""
    bucket = aws.s3.Bucket(
        f"{name}-access-logs",
        bucket_prefix=access_logs_prefix(name),
        tags=wanted.tags,
        opts=keep,
    )
    rules = policy(policies.access_log_bucket, bucket.arn, source.arn, account)
    ready = locked_down(keep, f"{name}-access-logs", bucket, rules)
    encrypted(keep, f"{name}-access-logs", bucket, None)
    versioning = versioned(keep, f"{name}-access-logs", bucket)
    lifecycle(keep, f"{name}-access-logs", bucket, ACCESS_LOG_DAYS, after=versioning)
    aws.s3.BucketLogging(
        f"{name}-logs-logging",
        bucket=source.bucket,
        target_bucket=bucket.bucket,
        target_prefix="access/",
        opts=waiting(keep, *ready),
    )
