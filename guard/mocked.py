"""What AWS adds to a resource, for programs that run without it: ids, generated names, computed outputs."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from guard.names import Where, partition

ARN = "arn:{partition}:"
HERE = "{region}:{account}"
ORGANIZATION = "o-exampleorgid"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
# Pulumi type -> (the input that names the thing, the id, computed outputs); {serial} is one for each name.
KINDS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "aws:cloudtrail/trail:Trail": (
        "name",
        f"{ARN}cloudtrail:{HERE}:trail/{{name}}",
        {"arn": f"{ARN}cloudtrail:{HERE}:trail/{{name}}", "homeRegion": "{region}"},
    ),
    "aws:cloudwatch/dashboard:Dashboard": (
        "dashboardName",
        "{dashboardName}",
        {"dashboardArn": f"{ARN}cloudwatch::{{account}}:dashboard/{{dashboardName}}"},
    ),
    LOG_GROUP: ("name", "{name}", {"arn": f"{ARN}logs:{HERE}:log-group:{{name}}"}),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": ("name", "{name}", {}),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        "name",
        "{name}",
        {"arn": f"{ARN}cloudwatch:{HERE}:alarm:{{name}}"},
    ),
    "aws:cloudwatch/queryDefinition:QueryDefinition": ("name", "{serial}", {"queryDefinitionId": "{serial}"}),
    "aws:iam/role:Role": ("name", "{name}", {"arn": f"{ARN}iam::{{account}}:role{{path}}{{name}}"}),
    "aws:kms/key:Key": ("", "{serial}", {"arn": f"{ARN}kms:{HERE}:key/{{serial}}", "keyId": "{serial}"}),
    "aws:s3/bucket:Bucket": ("bucket", "{bucket}", {"arn": f"{ARN}s3:::{{bucket}}"}),
    "aws:sns/topic:Topic": ("name", f"{ARN}sns:{HERE}:{{name}}", {"arn": f"{ARN}sns:{HERE}:{{name}}"}),
    "aws:sns/topicSubscription:TopicSubscription": ("", "{topic}:{serial}", {"arn": "{topic}:{serial}"}),
}


class Places:
    """Where a program's providers deploy: the default one, and others in the regions that they name."""

    def __init__(self, where: Where) -> None:
        self.where = where
        self.regions: dict[str, str] = {}

    def note(self, kind: str, name: str, inputs: Mapping[str, Any]) -> None:
        """Keep the region of a resource that is a provider with one."""
        if kind == "pulumi:providers:aws" and inputs.get("region"):
            self.regions[name] = str(inputs["region"])

    def of(self, provider: str | None) -> Where:
        """The place of a provider, named as the engine names it: its URN, `::`, its id; "" is the default one."""
        region = self.regions.get(provider.split("::")[-2]) if provider else None
        return replace(self.where, region=region, partition=partition(region)) if region else self.where


def outputs(kind: str, name: str, inputs: Mapping[str, Any], where: Where) -> tuple[str, dict[str, Any]]:
    """The id and the outputs of a resource with these inputs."""
    named, id_form, computed = KINDS.get(kind, ("", "{serial}", {}))
    serial = hashlib.sha256(f"{kind} {name}".encode()).hexdigest()[:16]
    known: dict[str, Any] = {"path": "/", **inputs}
    if named and not known.get(named):
        known[named] = f"{known.get(f'{named}Prefix', known.get('namePrefix', name))}{serial[:8]}"
    values = {
        **known,
        "serial": serial,
        "partition": where.partition,
        "region": where.region,
        "account": where.account,
    }
    made: dict[str, Any] = {key: form.format_map(values) for key, form in computed.items()}
    if kind.endswith(":TopicSubscription"):
        made["pendingConfirmation"] = inputs.get("protocol") == "email"
    return id_form.format_map(values), {**known, **made}


def found(kind: str, resource: str, where: Where) -> dict[str, Any]:
    """What a read of a trail (by ARN) or a log group gives, where nobody can be asked: one that rules can stand on."""
    if kind == LOG_GROUP:
        return {"name": resource, "logGroupClass": "STANDARD"}
    if kind == "pulumi:pulumi:StackReference":
        return {"name": resource, "outputs": {}, "secretOutputNames": []}
    name = resource.rsplit("/", 1)[-1]
    return {
        "name": name,
        "arn": resource,
        "homeRegion": where.region,
        "isMultiRegionTrail": True,
        "isOrganizationTrail": False,
        "s3BucketName": f"bucket-of-{name}",
        "cloudWatchLogsGroupArn": where.arn("logs", f"log-group:log-group-of-{name}:*"),
        "cloudWatchLogsRoleArn": f"arn:{where.partition}:iam::{where.account}:role/role-of-{name}",
    }


def answer(token: str, where: Where) -> dict[str, Any]:
    """What an invoke of the provider answers; {} for one that is not known."""
    answers: Mapping[str, dict[str, Any]] = {
        "aws:index/getPartition:getPartition": {"partition": where.partition},
        "aws:index/getRegion:getRegion": {"region": where.region, "name": where.region},
        "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": where.account},
        "aws:organizations/getOrganization:getOrganization": {
            "id": ORGANIZATION,
            "masterAccountId": where.account,
        },
    }
    return answers.get(token, {})
