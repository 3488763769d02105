"""What AWS's services ask for, for the wire to hold: the requests that the policies on the way must allow."""

from collections.abc import Iterable

from guard.access import Document, Request, allowed
from guard.names import Where
from guard.policies import CLOUDTRAIL, CLOUDWATCH, logs, service

TRAIL = service(CLOUDTRAIL)
ALARM = service(CLOUDWATCH)
TLS = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}


def lacking(documents: Iterable[Document], needs: Iterable[Request]) -> list[Request]:
    """The requests that the documents do not allow. Raises PolicyError."""
    every = list(documents)
    return [one for one in needs if not allowed(every, one)]


def of_account(arn: str) -> dict[str, str]:
    """What a service tells of the resource that it acts for."""
    return {"aws:SourceArn": arn, "aws:SourceAccount": arn.split(":")[4]}


def bucket(bucket_arn: str, trail_arn: str, prefix: str = "", owners: Iterable[str] = ()) -> list[Request]:
    """CloudTrail looks at the bucket, and writes the files of the owners (account, organisation)."""
    source = of_account(trail_arn) | TLS
    start = f"{bucket_arn}/{prefix}/" if prefix else f"{bucket_arn}/"
    region = trail_arn.split(":")[3]
    upload = source | {"s3:x-amz-acl": "bucket-owner-full-control"}
    places = [f"{start}AWSLogs/{owner}/CloudTrail/{region}/x.json.gz" for owner in owners]
    look = Request(TRAIL, "s3:GetBucketAcl", bucket_arn, source)
    return [look, *(Request(TRAIL, "s3:PutObject", place, upload) for place in places)]


def trail_key(key_arn: str, trail_arn: str) -> list[Request]:
    """CloudTrail encrypts log files."""
    context = of_account(trail_arn) | {"kms:EncryptionContext:aws:cloudtrail:arn": trail_arn}
    return [Request(TRAIL, action, key_arn, context) for action in ("kms:GenerateDataKey", "kms:DescribeKey")]


def group_key(key_arn: str, where: Where, log_group: str) -> list[Request]:
    """CloudWatch Logs encrypts and decrypts the log group's events."""
    context = {"kms:EncryptionContext:aws:logs:arn": where.arn("logs", f"log-group:{log_group}")}
    return [Request(logs(where), action, key_arn, context) for action in ("kms:Decrypt", "kms:GenerateDataKey")]


def role_trust(role_arn: str) -> list[Request]:
    """CloudTrail takes the role, and does not tell for which trail or account: a policy that asks refuses it.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
    """
    return [Request(TRAIL, "sts:AssumeRole", role_arn)]


def streams(role_arn: str, group_arn: str, streams: Iterable[str]) -> list[Request]:
    """The role writes the streams of the log group."""
    start = group_arn.removesuffix(":*")
    return [
        Request({"AWS": role_arn}, action, f"{start}:log-stream:{stream}")
        for stream in streams
        for action in ("logs:CreateLogStream", "logs:PutLogEvents")
    ]


def topic(topic_arn: str, alarm_arn: str) -> list[Request]:
    """An alarm publishes."""
    context = of_account(alarm_arn) | {"aws:SourceOwner": alarm_arn.split(":")[4]}
    return [Request(ALARM, "sns:Publish", topic_arn, context)]


def topic_key(key_arn: str, alarm_arn: str) -> list[Request]:
    """An alarm publishes through the topic's key."""
    context = of_account(alarm_arn)
    return [Request(ALARM, action, key_arn, context) for action in ("kms:Decrypt", "kms:GenerateDataKey")]
