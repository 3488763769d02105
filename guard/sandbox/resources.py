"""How each Pulumi type is made in the sandbox: the table from type to AWS calls."""

import json
from collections.abc import Mapping
from typing import Any

from guard.errors import GuardError
from guard.sandbox.recipe import Inputs, Made, Maker, Recipe, capital, generated, picked, tags, whole
from guard.sandbox.recipe_buckets import BUCKETS


class UnknownTypeError(GuardError):
    """A resource type that the sandbox cannot make."""


def make(maker: Maker, kind: str, name: str, inputs: Inputs) -> Made:
    """Make a resource; its id and what AWS adds to its inputs. Raises UnknownTypeError, ClientError."""
    if kind not in RECIPES:
        raise UnknownTypeError(
            f"the sandbox cannot make '{name}' of type {kind}: it knows {len(RECIPES)} types, those of the component"
        )
    return RECIPES[kind](maker, name, whole(inputs))


# --- KMS, IAM, Lambda ---


def kms_key(maker: Maker, name: str, inputs: Inputs) -> Made:  # noqa: ARG001 - a recipe's signature
    """A key with its policy, rotated if asked."""
    client = maker.client("kms")
    made = client.create_key(
        Description=inputs.get("description", ""), Policy=inputs["policy"], Tags=tags(inputs, "TagKey", "TagValue")
    )["KeyMetadata"]
    if inputs.get("enableKeyRotation"):
        client.enable_key_rotation(KeyId=made["KeyId"])
    return made["KeyId"], {"arn": made["Arn"], "keyId": made["KeyId"]}


def role(maker: Maker, name: str, inputs: Inputs) -> Made:
    """A role."""
    found = generated(name, inputs, "name", 64)
    given = picked(inputs, "path", "description", "permissionsBoundary", AssumeRolePolicyDocument="assumeRolePolicy")
    made = maker.client("iam").create_role(RoleName=found, Tags=tags(inputs), **given)["Role"]
    return found, {"name": found, "arn": made["Arn"]}


def role_policy(maker: Maker, name: str, inputs: Inputs) -> Made:
    """An inline policy of a role."""
    found = generated(name, inputs, "name", 128)
    maker.client("iam").put_role_policy(RoleName=inputs["role"], PolicyName=found, PolicyDocument=inputs["policy"])
    return f"{inputs['role']}:{found}", {"name": found}


def permission(maker: Maker, name: str, inputs: Inputs) -> Made:  # noqa: ARG001
    """A right on a function. The function is somebody else's and not in the sandbox, so nothing is called."""
    return str(inputs["statementId"]), {}


# --- SNS ---


def topic(maker: Maker, name: str, inputs: Inputs) -> Made:
    """A topic."""
    attributes = {"KmsMasterKeyId": inputs["kmsMasterKeyId"]} if inputs.get("kmsMasterKeyId") else {}
    found = generated(name, inputs, "name", 256)
    arn = maker.client("sns").create_topic(Name=found, Attributes=attributes, Tags=tags(inputs))["TopicArn"]
    return arn, {"name": found, "arn": arn}


def topic_policy(maker: Maker, name: str, inputs: Inputs) -> Made:  # noqa: ARG001
    """Who may publish."""
    maker.client("sns").set_topic_attributes(
        TopicArn=inputs["arn"], AttributeName="Policy", AttributeValue=inputs["policy"]
    )
    return str(inputs["arn"]), {}


def subscription(maker: Maker, name: str, inputs: Inputs) -> Made:  # noqa: ARG001
    """A subscription; an address must confirm it."""
    client = maker.client("sns")
    arn = client.subscribe(
        TopicArn=inputs["topic"],
        Protocol=inputs["protocol"],
        Endpoint=inputs["endpoint"],
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    waits = client.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["PendingConfirmation"] == "true"
    return arn, {"arn": arn, "pendingConfirmation": waits}


# --- CloudWatch and its logs ---


def log_group(maker: Maker, name: str, inputs: Inputs) -> Made:
    """A log group."""
    found = generated(name, inputs, "name", 512)
    client = maker.client("logs")
    client.create_log_group(
        logGroupName=found,
        deletionProtectionEnabled=bool(inputs.get("deletionProtectionEnabled")),
        tags=inputs.get("tags") or {},
        **{key: inputs[key] for key in ("kmsKeyId", "logGroupClass") if inputs.get(key)},
    )
    if inputs.get("retentionInDays"):
        client.put_retention_policy(logGroupName=found, retentionInDays=inputs["retentionInDays"])
    return found, {"name": found, "arn": maker.where.arn("logs", f"log-group:{found}")}


def metric_filter(maker: Maker, name: str, inputs: Inputs) -> Made:
    """A metric filter."""
    to = inputs["metricTransformation"]
    made = {
        "metricName": to["name"],
        "metricNamespace": to["namespace"],
        "metricValue": to["value"],
        **({"defaultValue": float(to["defaultValue"])} if "defaultValue" in to else {}),
        **({"unit": to["unit"]} if "unit" in to else {}),
    }
    found = generated(name, inputs, "name", 512)
    maker.client("logs").put_metric_filter(
        filterName=found,
        filterPattern=inputs["pattern"],
        logGroupName=inputs["logGroupName"],
        metricTransformations=[made],
    )
    return found, {"name": found}


def query(maker: Maker, name: str, inputs: Inputs) -> Made:  # noqa: ARG001
    """A saved query."""
    found = maker.client("logs").put_query_definition(
        **{key: inputs[key] for key in ("name", "queryString", "logGroupNames") if key in inputs}
    )["queryDefinitionId"]
    return found, {"queryDefinitionId": found}


ALARM = (
    *("alarmDescription", "namespace", "metricName", "statistic", "comparisonOperator", "threshold", "period"),
    *("evaluationPeriods", "datapointsToAlarm", "treatMissingData", "actionsEnabled", "alarmActions"),
)


def alarm(maker: Maker, name: str, inputs: Inputs) -> Made:
    """An alarm on a metric or on metric math."""
    found = generated(name, inputs, "name", 255)
    given = picked(inputs, *ALARM, OKActions="okActions", InsufficientDataActions="insufficientDataActions")
    if inputs.get("dimensions"):
        given["Dimensions"] = dimensions(inputs["dimensions"])
    if inputs.get("metricQueries"):
        given["Metrics"] = [metric_query(one) for one in inputs["metricQueries"]]
    maker.client("cloudwatch").put_metric_alarm(AlarmName=found, Tags=tags(inputs), **given)
    return found, {"name": found, "arn": maker.where.arn("cloudwatch", f"alarm:{found}")}


def dimensions(given: Mapping[str, str]) -> list[dict[str, str]]:
    """Dimensions as the API takes them."""
    return [{"Name": key, "Value": value} for key, value in given.items()]


def metric_query(inputs: Inputs) -> dict[str, Any]:
    """One query of metric math."""
    made = picked(inputs, "id", "expression", "label", "returnData")
    if "metric" not in inputs:
        return made
    metric = inputs["metric"]
    named = picked(metric, "namespace", "metricName") | {"Dimensions": dimensions(metric.get("dimensions") or {})}
    return made | {"MetricStat": {"Metric": named, **picked(metric, "period", "stat")}}


def dashboard(maker: Maker, name: str, inputs: Inputs) -> Made:  # noqa: ARG001
    """A dashboard."""
    found, body = inputs["dashboardName"], inputs["dashboardBody"]
    json.loads(body)
    maker.client("cloudwatch").put_dashboard(DashboardName=found, DashboardBody=body)
    return str(found), {
        "dashboardArn": f"arn:{maker.where.partition}:cloudwatch::{maker.where.account}:dashboard/{found}"
    }


# --- CloudTrail ---

TRAIL = {
    "S3BucketName": "s3BucketName",
    "S3KeyPrefix": "s3KeyPrefix",
    "IncludeGlobalServiceEvents": "includeGlobalServiceEvents",
    "IsMultiRegionTrail": "isMultiRegionTrail",
    "IsOrganizationTrail": "isOrganizationTrail",
    "EnableLogFileValidation": "enableLogFileValidation",
    "CloudWatchLogsLogGroupArn": "cloudWatchLogsGroupArn",
    "CloudWatchLogsRoleArn": "cloudWatchLogsRoleArn",
    "KmsKeyId": "kmsKeyId",
}


def trail(maker: Maker, name: str, inputs: Inputs) -> Made:
    """A trail: made, then logging, then its selectors, in the provider's order."""
    client, found = maker.client("cloudtrail"), generated(name, inputs, "name", 128)
    client.create_trail(Name=found, TagsList=tags(inputs), **picked(inputs, **TRAIL))
    if inputs.get("enableLogging", True):
        client.start_logging(Name=found)
    if inputs.get("eventSelectors"):
        client.put_event_selectors(TrailName=found, EventSelectors=capital(inputs["eventSelectors"]))
    if inputs.get("insightSelectors"):
        client.put_insight_selectors(TrailName=found, InsightSelectors=capital(inputs["insightSelectors"]))
    arn = maker.where.arn("cloudtrail", f"trail/{found}")
    return arn, {"name": found, "arn": arn, "homeRegion": maker.where.region}


RECIPES: Mapping[str, Recipe] = {
    **BUCKETS,
    "aws:cloudtrail/trail:Trail": trail,
    "aws:cloudwatch/dashboard:Dashboard": dashboard,
    "aws:cloudwatch/logGroup:LogGroup": log_group,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": metric_filter,
    "aws:cloudwatch/metricAlarm:MetricAlarm": alarm,
    "aws:cloudwatch/queryDefinition:QueryDefinition": query,
    "aws:iam/role:Role": role,
    "aws:iam/rolePolicy:RolePolicy": role_policy,
    "aws:kms/key:Key": kms_key,
    "aws:lambda/permission:Permission": permission,
    "aws:sns/topic:Topic": topic,
    "aws:sns/topicPolicy:TopicPolicy": topic_policy,
    "aws:sns/topicSubscription:TopicSubscription": subscription,
}
