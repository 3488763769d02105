"""What AWS adds to a resource: per Pulumi type its id, its generated name, its computed outputs, and the
inputs that it cannot change in place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from guard.names import Where

State = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """How the stand-in makes one type.

    `name` is the input that names the thing in AWS ("" where AWS numbers it); where a program leaves it
    out the provider generates one. `id` and each of `computed` are templates over the inputs,
    `{account}`, `{region}`, `{partition}`, `{dns}` and `{serial}` (the same for the same URN).
    """

    name: str = ""
    id: str = "{serial}"
    computed: Mapping[str, str] = field(default_factory=dict)
    fixed: tuple[str, ...] = ()


ARN = "arn:{partition}:"
HERE = "{region}:{account}"

KINDS: Mapping[str, Kind] = {
    "aws:cloudtrail/trail:Trail": Kind(
        "name",
        f"{ARN}cloudtrail:{HERE}:trail/{{name}}",
        {"arn": f"{ARN}cloudtrail:{HERE}:trail/{{name}}", "homeRegion": "{region}"},
        ("name",),
    ),
    "aws:cloudwatch/dashboard:Dashboard": Kind(
        "dashboardName",
        "{dashboardName}",
        {"dashboardArn": f"{ARN}cloudwatch::{{account}}:dashboard/{{dashboardName}}"},
        ("dashboardName",),
    ),
    "aws:cloudwatch/logGroup:LogGroup": Kind(
        "name", "{name}", {"arn": f"{ARN}logs:{HERE}:log-group:{{name}}"}, ("name", "logGroupClass")
    ),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": Kind("name", "{name}", {}, ("name", "logGroupName")),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Kind(
        "name", "{name}", {"arn": f"{ARN}cloudwatch:{HERE}:alarm:{{name}}"}, ("name",)
    ),
    "aws:cloudwatch/queryDefinition:QueryDefinition": Kind("", "{serial}", {"queryDefinitionId": "{serial}"}),
    "aws:iam/role:Role": Kind(
        "name",
        "{name}",
        {"arn": f"{ARN}iam::{{account}}:role{{path}}{{name}}", "uniqueId": "AROA{serial}"},
        ("name", "path"),
    ),
    "aws:iam/rolePolicy:RolePolicy": Kind("name", "{role}:{name}", {}, ("name", "role")),
    "aws:kms/alias:Alias": Kind("name", "{name}", {"arn": f"{ARN}kms:{HERE}:{{name}}"}, ("name",)),
    "aws:kms/key:Key": Kind("", "{serial}", {"arn": f"{ARN}kms:{HERE}:key/{{serial}}", "keyId": "{serial}"}),
    "aws:kms/keyPolicy:KeyPolicy": Kind("", "{keyId}", {}, ("keyId",)),
    "aws:lambda/permission:Permission": Kind("statementId", "{statementId}", {}, ("statementId", "function")),
    "aws:s3/bucket:Bucket": Kind(
        "bucket",
        "{bucket}",
        {"arn": f"{ARN}s3:::{{bucket}}", "bucketDomainName": "{bucket}.s3.{dns}", "bucketRegion": "{region}"},
        ("bucket", "bucketPrefix", "objectLockEnabled"),
    ),
    **{
        f"aws:s3/{name[0].lower()}{name[1:]}:{name}": Kind("", "{bucket}", {}, ("bucket",))
        for name in (
            "BucketLifecycleConfiguration",
            "BucketLogging",
            "BucketObjectLockConfiguration",
            "BucketOwnershipControls",
            "BucketPolicy",
            "BucketPublicAccessBlock",
            "BucketServerSideEncryptionConfiguration",
            "BucketVersioning",
        )
    },
    "aws:sns/topic:Topic": Kind("name", f"{ARN}sns:{HERE}:{{name}}", {"arn": f"{ARN}sns:{HERE}:{{name}}"}, ("name",)),
    "aws:sns/topicPolicy:TopicPolicy": Kind("", "{arn}", {"owner": "{account}"}, ("arn",)),
    "aws:sns/topicSubscription:TopicSubscription": Kind(
        "",
        "{topic}:{endpoint}",  # SNS subscribes an address once, and answers with what is there
        {"arn": "{topic}:{endpoint}", "pendingConfirmation": "true"},
        ("topic", "protocol", "endpoint"),
    ),
}

DNS = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}


def partition(region: str) -> str:
    """The partition that a region is in."""
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(region.rsplit("-", 2)[0], "aws")


def fill(kind: Kind, inputs: State, where: Where, serial: str) -> tuple[str, dict[str, Any]]:
    """The id and the computed outputs of a resource with these inputs."""
    values = {
        "account": where.account,
        "region": where.region,
        "partition": where.partition,
        "dns": DNS[where.partition],
        "serial": serial,
        "path": "/",
        **inputs,
    }
    computed: dict[str, Any] = {name: text.format_map(values) for name, text in kind.computed.items()}
    if "pendingConfirmation" in computed:
        computed["pendingConfirmation"] = inputs.get("protocol") == "email"
    return kind.id.format_map(values), computed


def answer(token: str, where: Where) -> dict[str, Any]:
    """What an invoke of the provider gives."""
    user = {"accountId": where.account, "id": where.account, "userId": "AIDASTANDIN"}
    answers: dict[str, dict[str, Any]] = {
        "aws:index/getCallerIdentity:getCallerIdentity": {
            **user,
            "arn": f"arn:{where.partition}:iam::{where.account}:user/deployer",
        },
        "aws:index/getPartition:getPartition": {
            "partition": where.partition,
            "id": where.partition,
            "dnsSuffix": DNS[where.partition],
            "reverseDnsPrefix": ".".join(reversed(DNS[where.partition].split("."))),
        },
        "aws:index/getRegion:getRegion": {
            "region": where.region,
            "name": where.region,
            "id": where.region,
            "description": where.region,
            "endpoint": f"ec2.{where.region}.{DNS[where.partition]}",
        },
    }
    return answers[token]
