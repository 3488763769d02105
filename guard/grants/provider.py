"""What the AWS provider calls for each resource type: to read it (`pulumi preview --refresh`), and to write it.

These calls were read in the provider's source, hashicorp/terraform-provider-aws, at the paths named here; they
were not run against an account. `pulumi up` with them may meet a denied call that was overlooked: AWS names it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guard.grants.grant import Grant


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of a type: the file in the provider's `internal/service`, `read` and `write` of them."""

    source: str
    read: tuple[Grant, ...]
    write: tuple[Grant, ...]


def of_bucket(source: str, read: str, write: tuple[str, ...], when: str = "own bucket") -> Calls:
    """A part of a bucket: one call reads it."""
    return Calls(f"s3/{source}.go", (Grant("buckets", "s3", (read,), when),), (Grant("buckets", "s3", write, when),))


TAGS = ("ListTagsForResource",)
TAG = ("TagResource", "UntagResource")
TYPES: Mapping[str, Calls] = {
    "aws:cloudtrail/trail:Trail": Calls(
        "cloudtrail/trail.go",
        (
            Grant("any", "cloudtrail", ("DescribeTrails",), "a trail"),
            Grant(
                "trail",
                "cloudtrail",
                ("GetTrailStatus", "GetEventSelectors", "GetInsightSelectors", "ListTags"),
                "a trail",
            ),
        ),
        (
            Grant(
                "trail",
                "cloudtrail",
                (
                    *("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
                    *("PutEventSelectors", "AddTags", "RemoveTags"),
                ),
                "own trail",
            ),
            Grant("trail", "cloudtrail", ("PutInsightSelectors",), "insights"),
            Grant(
                "role",
                "iam",
                ("PassRole",),
                "own trail",
                {"StringEquals": {"iam:PassedToService": "cloudtrail.amazonaws.com"}},
            ),
            # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-an-organizational-trail-prepare.html
            Grant("any", "organizations", ("EnableAWSServiceAccess",), "organization"),
            Grant(
                "any",
                "iam",
                ("CreateServiceLinkedRole",),
                "organization",
                {"StringEquals": {"iam:AWSServiceName": "cloudtrail.amazonaws.com"}},
            ),
        ),
    ),
    "aws:cloudwatch/dashboard:Dashboard": Calls(
        "cloudwatch/dashboard.go",
        (Grant("dashboard", "cloudwatch", ("GetDashboard",), "dashboard"),),
        (Grant("dashboard", "cloudwatch", ("PutDashboard", "DeleteDashboards"), "dashboard"),),
    ),
    "aws:cloudwatch/logGroup:LogGroup": Calls(
        "logs/group.go",
        (
            Grant("any", "logs", ("DescribeLogGroups",), "own trail"),
            Grant("group", "logs", TAGS, "own trail"),
        ),
        (
            Grant(
                "group",
                "logs",
                (
                    *("CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "DeleteRetentionPolicy"),
                    *("AssociateKmsKey", "DisassociateKmsKey", "PutLogGroupDeletionProtection", *TAG),
                ),
                "own trail",
            ),
        ),
    ),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": Calls(
        "logs/metric_filter.go",
        (Grant("group", "logs", ("DescribeMetricFilters",)),),
        (Grant("group", "logs", ("PutMetricFilter", "DeleteMetricFilter")),),
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Calls(
        "cloudwatch/metric_alarm.go",
        (Grant("alarms", "cloudwatch", ("DescribeAlarms", *TAGS)),),
        (Grant("alarms", "cloudwatch", ("PutMetricAlarm", "DeleteAlarms", *TAG)),),
    ),
    "aws:cloudwatch/queryDefinition:QueryDefinition": Calls(
        "logs/query_definition.go",
        (Grant("any", "logs", ("DescribeQueryDefinitions",)),),
        (Grant("any", "logs", ("PutQueryDefinition", "DeleteQueryDefinition")),),
    ),
    "aws:iam/role:Role": Calls(
        "iam/role.go",
        (
            Grant(
                "role",
                "iam",
                ("GetRole", "ListRolePolicies", "GetRolePolicy", "ListAttachedRolePolicies", "ListRoleTags"),
                "own trail",
            ),
        ),
        (
            Grant(
                "role",
                "iam",
                (
                    *("CreateRole", "UpdateRole", "UpdateRoleDescription", "UpdateAssumeRolePolicy", "DeleteRole"),
                    *("ListInstanceProfilesForRole", "TagRole", "UntagRole"),
                ),
                "own trail",
            ),
            Grant("role", "iam", ("PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary"), "boundary"),
        ),
    ),
    "aws:iam/rolePolicy:RolePolicy": Calls(
        "iam/role_policy.go",
        (Grant("role", "iam", ("GetRolePolicy",), "own trail"),),
        (Grant("role", "iam", ("PutRolePolicy", "DeleteRolePolicy"), "own trail"),),
    ),
    "aws:kms/key:Key": Calls(
        "kms/key.go",
        (
            Grant(
                "keys", "kms", ("DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags"), "own keys"
            ),
        ),
        (
            Grant("any", "kms", ("CreateKey",), "own keys"),
            Grant(
                "keys",
                "kms",
                (
                    *("PutKeyPolicy", "EnableKeyRotation", "DisableKeyRotation", "EnableKey", "UpdateKeyDescription"),
                    *("ScheduleKeyDeletion", *TAG),
                ),
                "own keys",
            ),
        ),
    ),
    "aws:lambda/permission:Permission": Calls(
        "lambda/permission.go",
        (Grant("functions", "lambda", ("GetPolicy",), "functions"),),
        (Grant("functions", "lambda", ("AddPermission", "RemovePermission"), "functions"),),
    ),
    "aws:s3/bucket:Bucket": Calls(
        "s3/bucket.go",
        (
            Grant(
                "buckets",
                "s3",
                (
                    *("HeadBucket", "GetBucketPolicy", "GetBucketAcl", "GetBucketCors", "GetBucketWebsite"),
                    *("GetBucketVersioning", "GetBucketAccelerateConfiguration", "GetBucketRequestPayment"),
                    *("GetBucketLogging", "GetBucketLifecycleConfiguration", "GetBucketReplication"),
                    *("GetBucketEncryption", "GetObjectLockConfiguration", "GetBucketTagging"),
                    *TAGS,  # newer providers read a bucket's tags through S3 Control
                ),
                "own bucket",
            ),
        ),
        (
            Grant(
                "buckets",
                "s3",
                ("CreateBucket", "DeleteBucket", "PutBucketTagging", "DeleteBucketTagging", *TAG),
                "own bucket",
            ),
        ),
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": of_bucket(
        "bucket_lifecycle_configuration",
        "GetBucketLifecycleConfiguration",
        ("PutBucketLifecycleConfiguration", "DeleteBucketLifecycle"),
    ),
    "aws:s3/bucketLogging:BucketLogging": of_bucket(
        "bucket_logging", "GetBucketLogging", ("PutBucketLogging",), "access logs"
    ),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": of_bucket(
        "bucket_object_lock_configuration", "GetObjectLockConfiguration", ("PutObjectLockConfiguration",), "lock"
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": of_bucket(
        "bucket_ownership_controls",
        "GetBucketOwnershipControls",
        ("PutBucketOwnershipControls", "DeleteBucketOwnershipControls"),
    ),
    "aws:s3/bucketPolicy:BucketPolicy": of_bucket(
        "bucket_policy", "GetBucketPolicy", ("PutBucketPolicy", "DeleteBucketPolicy")
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": of_bucket(
        "bucket_public_access_block", "GetPublicAccessBlock", ("PutPublicAccessBlock", "DeletePublicAccessBlock")
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": of_bucket(
        "bucket_server_side_encryption_configuration",
        "GetBucketEncryption",
        ("PutBucketEncryption", "DeleteBucketEncryption"),
    ),
    "aws:s3/bucketVersioning:BucketVersioning": of_bucket(
        "bucket_versioning", "GetBucketVersioning", ("PutBucketVersioning",)
    ),
    "aws:sns/topic:Topic": Calls(
        "sns/topic.go",
        (Grant("own topics", "sns", ("GetTopicAttributes", *TAGS)),),
        (Grant("own topics", "sns", ("CreateTopic", "SetTopicAttributes", "DeleteTopic", *TAG)),),
    ),
    "aws:sns/topicPolicy:TopicPolicy": Calls(
        "sns/topic_policy.go",
        (Grant("own topics", "sns", ("GetTopicAttributes",)),),
        (Grant("own topics", "sns", ("SetTopicAttributes",)),),
    ),
    "aws:sns/topicSubscription:TopicSubscription": Calls(
        "sns/topic_subscription.go",
        (Grant("any", "sns", ("GetSubscriptionAttributes",)),),
        (
            Grant("own topics", "sns", ("Subscribe",)),
            Grant("any", "sns", ("SetSubscriptionAttributes", "Unsubscribe")),
        ),
    ),
}
# What the program asks and reads by itself, besides what needs no right: organizations/organization_data_source.go and
# logs/group.go, of a log group that others made.
INVOKES = (
    Grant(
        "any",
        "organizations",
        ("DescribeOrganization", "ListAccounts", "ListRoots", "ListAWSServiceAccessForOrganization"),
        "organization",
    ),
    Grant("any", "logs", ("DescribeLogGroups",), "their trail"),
    Grant("group", "logs", TAGS, "their trail"),
)


def preview() -> Iterator[Grant]:
    """What `pulumi preview --refresh` calls."""
    yield from INVOKES
    for calls in TYPES.values():
        yield from calls.read


def deploy() -> Iterator[Grant]:
    """What `pulumi up` and `pulumi destroy` call."""
    yield from preview()
    for calls in TYPES.values():
        yield from calls.write
