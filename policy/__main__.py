"""The policy pack: `pulumi preview --policy-pack <this folder>`, in any stack."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import checks
from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

TRAIL = "aws:cloudtrail/trail:Trail"


def known(value: Any) -> Any:
    """A copy without what a preview cannot know yet: reading that raises."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return value
    if hasattr(value, "keys"):
        return {name: found for name in value if (found := _item(value, name)) is not None}
    return [found for place in range(len(value)) if (found := _item(value, place)) is not None]


def _item(value: Any, key: Any) -> Any:
    try:
        return known(value[key])
    except UnknownValueError:
        return None


class Known:
    """A resource with its known properties, as the checks read it."""

    def __init__(self, resource: PolicyResource) -> None:
        self.resource_type = resource.resource_type
        self.urn = resource.urn
        self.props = known(resource.props)
        self.property_dependencies = resource.property_dependencies


def region(args: ResourceValidationArgs) -> str:
    """The region that a resource is made in: its own, its provider's, the shell's."""
    own = known(args.props).get("region")
    provider = known(args.provider.props).get("region") if args.provider else None
    return str(own or provider or os.environ.get("AWS_REGION") or "")


def check_trail(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """One trail."""
    if args.resource_type == TRAIL:
        for message in checks.trail(known(args.props)):
            report(message, None)


def check_partition(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Any resource of AWS."""
    if args.resource_type.startswith("aws:"):
        for message in checks.partition(known(args.props), region(args)):
            report(message, None)


def together(check: Callable[[list[Known]], Iterator[tuple[str, str]]]) -> Callable[..., None]:
    """A check of all resources, as pulumi-policy calls it."""

    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for urn, message in check([Known(one) for one in args.resources]):
            report(message, urn)

    return validate


PolicyPack(
    name="account-guard",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy("trail", "Trails record all regions, log, and can be validated.", check_trail),
        ResourceValidationPolicy("partition", "No ARN of another partition.", check_partition),
        StackValidationPolicy(
            "alarm-topics", "Alarm topics have a key that CloudWatch may use.", together(checks.topics)
        ),
        StackValidationPolicy("missing-data", "Alarms on hits take missing data for fine.", together(checks.alarms)),
        StackValidationPolicy(
            "log-class", "Log groups with filters are of the Standard class.", together(checks.log_groups)
        ),
    ],
)
