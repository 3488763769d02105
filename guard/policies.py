"""Policy documents: pure functions from names and ARNs to what IAM, S3, KMS and SNS read."""

from collections.abc import Iterator, Mapping
from typing import Any

from guard.names import Where

Document = dict[str, Any]
Statement = dict[str, Any]
CLOUDTRAIL = "cloudtrail.amazonaws.com"
CLOUDWATCH = "cloudwatch.amazonaws.com"
# Of CloudWatch Logs where it is not amazonaws.com: hashicorp/terraform-provider-aws,
# internal/service/meta/service_principal_data_source.go
SUFFIX = {"aws-cn": "amazonaws.com.cn", "aws-iso": "c2s.ic.gov", "aws-iso-b": "sc2s.sgov.gov"}


def document(*statements: Statement) -> Document:
    """A policy of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def service(name: str) -> Document:
    """An AWS service as a principal."""
    return {"Service": name}


def logs(where: Where) -> Document:
    """CloudWatch Logs of the region, as a principal."""
    return service(f"logs.{where.region}.{SUFFIX.get(where.partition, 'amazonaws.com')}")


def root(where: Where) -> Statement:
    """The account's root with every right on the key, first, so that nobody is locked out."""
    return {
        "Sid": "EnableRoot",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{where.partition}:iam::{where.account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }


def tls_only(bucket_arn: str) -> Iterator[Statement]:
    """No plain HTTP, and TLS 1.2 at the least."""
    conditions: tuple[tuple[str, Document], ...] = (
        ("DenyInsecureTransport", {"Bool": {"aws:SecureTransport": "false"}}),
        ("DenyOldTls", {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
    )
    for sid, condition in conditions:
        yield {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket_arn, f"{bucket_arn}/*"],
            "Condition": condition,
        }


def log_bucket(bucket_arn: str, trail_arn: str, organization: str = "") -> Document:
    """CloudTrail of this trail may look and write, for the trail's account and, where there is one, the
    organisation. The ARN names the account: of an organisation's trail the management account, whoever made it.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """
    owners = [account_of(trail_arn), *([organization] if organization else [])]
    source = {"aws:SourceArn": trail_arn}
    check = {
        "Sid": "CloudTrailAclCheck",
        "Effect": "Allow",
        "Principal": service(CLOUDTRAIL),
        "Action": "s3:GetBucketAcl",
        "Resource": bucket_arn,
        "Condition": {"StringEquals": source},
    }
    write = {
        "Sid": "CloudTrailWrite",
        "Effect": "Allow",
        "Principal": service(CLOUDTRAIL),
        "Action": "s3:PutObject",
        "Resource": [f"{bucket_arn}/AWSLogs/{owner}/*" for owner in owners],
        "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", **source}},
    }
    return document(*tls_only(bucket_arn), check, write)


def access_log_bucket(bucket_arn: str, source_arn: str, account: str) -> Document:
    """S3's log delivery may write the access logs of one bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    write = {
        "Sid": "AccessLogWrite",
        "Effect": "Allow",
        "Principal": service("logging.s3.amazonaws.com"),
        "Action": "s3:PutObject",
        "Resource": f"{bucket_arn}/*",
        "Condition": {
            "ArnLike": {"aws:SourceArn": source_arn},
            "StringEquals": {"aws:SourceAccount": account},
        },
    }
    return document(*tls_only(bucket_arn), write)


def account_of(arn: str) -> str:
    """The account that an ARN names."""
    return arn.split(":")[4]


def log_key(where: Where, trail_arn: str, log_group: str) -> Document:
    """The trail may encrypt, and the log group's service both ways.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    source = {"aws:SourceArn": trail_arn}
    trails = f"arn:{where.partition}:cloudtrail:*:{account_of(trail_arn)}:trail/*"
    encrypt = {
        "Sid": "CloudTrailEncrypt",
        "Effect": "Allow",
        "Principal": service(CLOUDTRAIL),
        "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
        "Resource": "*",
        "Condition": {
            "StringEquals": source,
            "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails},
        },
    }
    describe = {
        "Sid": "CloudTrailDescribe",
        "Effect": "Allow",
        "Principal": service(CLOUDTRAIL),
        "Action": "kms:DescribeKey",
        "Resource": "*",
        "Condition": {"StringEquals": source},
    }
    return document(root(where), encrypt, describe, log_group_statement(where, log_group))


def log_group_statement(where: Where, log_group: str) -> Statement:
    """CloudWatch Logs of the region may use the key, for this log group."""
    group = where.arn("logs", f"log-group:{log_group}")
    return {
        "Sid": "CloudWatchLogs",
        "Effect": "Allow",
        "Principal": logs(where),
        "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        "Resource": "*",
        "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": group}},
    }


def from_alarms(where: Where, alarm_prefix: str) -> Document:
    """The condition that a call comes from an alarm of this account, region and prefix."""
    return {
        "StringEquals": {"aws:SourceAccount": where.account},
        "ArnLike": {"aws:SourceArn": where.arn("cloudwatch", f"alarm:{alarm_prefix}*")},
    }


def topics_key(where: Where, alarm_prefix: str) -> Document:
    """The component's alarms may publish through the key."""
    publish = {
        "Sid": "AlarmsPublish",
        "Effect": "Allow",
        "Principal": service(CLOUDWATCH),
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": from_alarms(where, alarm_prefix),
    }
    return document(root(where), publish)


def topic(where: Where, topic_arn: str, alarm_prefix: str) -> Document:
    """The component's alarms may publish to the topic; the account's own identities as IAM lets them."""
    publish = {
        "Sid": "AlarmsPublish",
        "Effect": "Allow",
        "Principal": service(CLOUDWATCH),
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": from_alarms(where, alarm_prefix),
    }
    return document(publish)


def role_trust() -> Document:
    """CloudTrail may take the role; of which trail, it cannot be asked: see guard.needs."""
    return document(
        {"Effect": "Allow", "Principal": service(CLOUDTRAIL), "Action": "sts:AssumeRole"},
    )


def role(where: Where, log_group: str, organization: str = "") -> Document:
    """CloudTrail's role may write the streams that CloudTrail names, and no other.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
    """
    streams = [
        f"{where.account}_CloudTrail_{where.region}*",
        *([f"{organization}_*"] if organization else []),
    ]
    write = {
        "Sid": "WriteStreams",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [where.arn("logs", f"log-group:{log_group}:log-stream:{stream}") for stream in streams],
    }
    return document(write)


def same(one: Any, other: Any) -> bool:
    """Whether two documents say the same: neither order counts, nor a list around a single value."""
    return _canonical(one) == _canonical(other)


def _canonical(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{_canonical(value[key])}" for key in sorted(value)) + "}"
    items = value if isinstance(value, list) else [value]
    return "[" + ",".join(sorted(_canonical(one) if isinstance(one, Mapping) else str(one) for one in items)) + "]"
