"""The checks, as plain functions: what is wrong with a resource, or with resources together, in words.

Properties are named as Pulumi's engine names them (camelCase). None of this needs pulumi-policy.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

ARN = "arn:"
PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov", "eusc-de": "aws-eusc"}
AWS_KEY = "alias/aws/sns"
# Types of arguments that hold a text which is no ARN though it may look like one: a mail, a widget's title.
PROSE = {"description", "alarmDescription", "dashboardBody"}


class Resource(Protocol):
    """What the checks of several resources read of one."""

    resource_type: str
    urn: str
    props: Mapping[str, Any]
    property_dependencies: Mapping[str, Any]


def trail(props: Mapping[str, Any]) -> Iterator[str]:
    """A trail records every region, is on, and its files can be validated."""
    if props.get("isMultiRegionTrail") is not True:
        yield "The trail sees one region only: set isMultiRegionTrail."
    if props.get("enableLogging") is False:
        yield "The trail does not log: leave enableLogging on."
    if props.get("enableLogFileValidation") is not True:
        yield "Nobody could tell whether its files were altered: set enableLogFileValidation."


def topics(resources: Iterable[Resource]) -> Iterator[tuple[str, str]]:
    """A topic that an alarm publishes to is not encrypted with AWS's own key: (URN, message).

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    found = list(resources)
    used, arns = set(), set()
    for alarm in _of(found, "MetricAlarm", "CompositeAlarm"):
        for name in ("alarmActions", "okActions", "insufficientDataActions"):
            arns |= {arn for arn in _items(alarm.props, name) if isinstance(arn, str)}
            used |= {one.urn for one in alarm.property_dependencies.get(name) or ()}
    for topic in _of(found, "Topic"):
        key = str(topic.props.get("kmsMasterKeyId") or "")
        if key.endswith(AWS_KEY) and (topic.urn in used or topic.props.get("arn") in arns):
            yield (
                topic.urn,
                f"CloudWatch may not use {AWS_KEY}, so the alarm's mail is lost: use a key of your own.",
            )


def alarms(resources: Iterable[Resource]) -> Iterator[tuple[str, str]]:
    """An alarm on what a metric filter counts takes missing data for fine: (URN, message)."""
    found = list(resources)
    counted = {
        (one.get("namespace"), one.get("name"))
        for metric_filter in _of(found, "LogMetricFilter")
        if isinstance(one := metric_filter.props.get("metricTransformation"), Mapping)
    }
    for alarm in _of(found, "MetricAlarm"):
        metric = alarm.props.get("namespace"), alarm.props.get("metricName")
        if metric in counted and alarm.props.get("treatMissingData") != "notBreaching":
            yield alarm.urn, "A metric of hits has gaps: set treatMissingData to notBreaching."


def log_groups(resources: Iterable[Resource]) -> Iterator[tuple[str, str]]:
    """A log group that metric filters or a trail stand on is of the Standard class: (URN, message).

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
    """
    found = list(resources)
    names, urns = set(), set()
    for user in _of(found, "LogMetricFilter", "Trail"):
        names.add(user.props.get("logGroupName"))
        for name in ("logGroupName", "cloudWatchLogsGroupArn"):
            urns |= {one.urn for one in user.property_dependencies.get(name) or ()}
    for group in _of(found, "LogGroup"):
        used = group.urn in urns or group.props.get("name") in names - {None}
        if used and group.props.get("logGroupClass") not in {None, "", "STANDARD"}:
            yield (
                group.urn,
                "Only a log group of the Standard class has metric filters: set logGroupClass to STANDARD.",
            )


def partition(props: Mapping[str, Any], region: str) -> Iterator[str]:
    """No ARN of another partition than the region's; nothing where the region is not known."""
    if not region:
        return
    own = PARTITIONS.get(region.rsplit("-", 2)[0], "aws")
    for path, text in _texts(props):
        for part in text.split(ARN)[1:]:
            named = part.split(":", 1)[0]
            if named in {"aws", *PARTITIONS.values()} and named != own:
                yield f"{path}: an ARN of {named}, but {region} is in {own}: ask for the partition."
                break


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value with the way to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name in value:
            if name not in PROSE:
                yield from _texts(value[name], f"{path}.{name}" if path else str(name))
    elif isinstance(value, Iterable):
        for number, one in enumerate(value):
            yield from _texts(one, f"{path}[{number}]")


def _of(resources: Iterable[Resource], *names: str) -> list[Resource]:
    """The AWS resources of these short types."""
    return [
        one
        for one in resources
        if one.resource_type.startswith("aws:") and one.resource_type.rsplit(":", 1)[-1] in names
    ]


def _items(props: Mapping[str, Any], name: str) -> list[Any]:
    found = props.get(name)
    return list(found) if isinstance(found, Iterable) and not isinstance(found, str) else []
