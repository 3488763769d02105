"""What `guard verify`, `guard drill` and `guard confirm` call; tests compare it with the calls that they make."""

from collections.abc import Mapping

from guard.grants.grant import Grant

VERIFY = (
    Grant("any", "sts", ("GetCallerIdentity",)),
    Grant("trail", "cloudtrail", ("GetTrail", "GetTrailStatus"), "a trail"),
    Grant("trails", "cloudtrail", ("GetEventSelectors",)),
    Grant("any", "cloudtrail", ("DescribeTrails",)),
    Grant("any", "logs", ("DescribeLogGroups",)),
    Grant("group", "logs", ("DescribeMetricFilters", "DescribeLogStreams", "FilterLogEvents")),
    Grant("streams", "logs", ("GetLogEvents",)),
    Grant("every alarm", "cloudwatch", ("DescribeAlarms", "DescribeAlarmHistory")),
    Grant("mute rules", "cloudwatch", ("GetAlarmMuteRule",)),
    Grant("any", "cloudwatch", ("GetMetricData", "ListAlarmMuteRules")),
    Grant("buckets", "s3", ("GetBucketPolicy",), "own trail"),
    Grant(
        "buckets",
        "s3",
        ("GetPublicAccessBlock", "GetBucketVersioning", "GetBucketLifecycleConfiguration"),
        "own bucket",
    ),
    Grant("buckets", "s3", ("GetObjectLockConfiguration",), "lock"),
    Grant("keys", "kms", ("DescribeKey", "GetKeyPolicy"), "keys"),
    Grant("role", "iam", ("GetRole", "ListRolePolicies", "GetRolePolicy"), "own trail"),
    Grant("topics", "sns", ("GetTopicAttributes", "ListSubscriptionsByTopic")),
    Grant("any", "sns", ("GetSubscriptionAttributes",)),
    Grant("any", "organizations", ("DescribeOrganization",), "organization"),
)
DRILL = (
    Grant("any", "sts", ("GetCallerIdentity",)),
    Grant("trail", "cloudtrail", ("GetTrail",), "a trail"),
    Grant("any", "cloudtrail", ("DescribeTrails",), "shared trail"),
    Grant("group", "logs", ("DescribeMetricFilters",)),
    Grant("drill stream", "logs", ("CreateLogStream", "PutLogEvents")),
    Grant("every alarm", "cloudwatch", ("DescribeAlarms", "DescribeAlarmHistory")),
    Grant("alarms", "cloudwatch", ("SetAlarmState",)),
    Grant("mute rules", "cloudwatch", ("GetAlarmMuteRule",)),
    Grant("any", "cloudwatch", ("GetMetricData", "ListAlarmMuteRules")),
    Grant("topics", "sns", ("Publish",)),
    # Whoever publishes to an encrypted topic uses its key, which no call of the drill's own shows.
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    Grant(
        "keys",
        "kms",
        ("GenerateDataKey", "Decrypt"),
        "keys",
        {"StringLike": {"kms:ViaService": "sns.{region}.amazonaws.*"}},
    ),
)
CONFIRM = (
    Grant("any", "sts", ("GetCallerIdentity",)),
    Grant("own topics", "sns", ("ConfirmSubscription", "ListSubscriptionsByTopic")),
    Grant("any", "sns", ("GetSubscriptionAttributes",)),
)
COMMANDS: Mapping[str, tuple[Grant, ...]] = {"verify": VERIFY, "drill": DRILL, "confirm": CONFIRM}
