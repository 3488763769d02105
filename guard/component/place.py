"""Where a component deploys: account, region and partition of its provider, known to Pulumi only later."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from guard.component.errors import refusal
from guard.errors import Fault
from guard.names import Where
from guard.rules.arns import ANY
from guard.settings.keys import KEY, TOPIC

KINDS = {"key": KEY, "topic": TOPIC}


def where(parent: pulumi.Resource) -> pulumi.Output[Where]:
    """Where the parent's provider deploys. The parent goes into each invoke, so that an explicit provider
    is the one asked.
    """
    opts = pulumi.InvokeOutputOptions(parent=parent)
    return pulumi.Output.all(
        partition=aws.get_partition_output(opts=opts).partition,
        region=aws.get_region_output(opts=opts).region,
        account=aws.get_caller_identity_output(opts=opts).account_id,
    ).apply(lambda found: Where(found["partition"], found["region"], found["account"]))


def policy(make: Callable[..., Mapping[str, Any]], *args: Any) -> pulumi.Output[str]:
    """The JSON of a policy document, made when its parts are known."""
    return pulumi.Output.all(*args).apply(lambda found: json.dumps(make(*found)))


def at_home(at: pulumi.Output[Where], argument: str, arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """The argument's ARN, refused where it is of another kind, region or partition than it should: AWS would, halfway.
    Use what comes back: a host in another language hears only of what a resource waits for.
    """

    def look(here: Where, given: str) -> str:
        # Offline (`guard plan`) it is None where only AWS could tell.
        faults = list(_elsewhere(here, argument, given)) if given else []
        if faults:
            raise refusal(faults)
        return given

    return pulumi.Output.all(at, arn).apply(lambda found: look(*found))


def _elsewhere(here: Where, argument: str, arn: str) -> Iterator[Fault]:
    """What is wrong with an ARN, which is not shown: it may be a secret."""
    if not re.fullmatch(ANY, arn):
        yield Fault(argument, "is no ARN", "give the resource's `arn`")
        return
    kind, what = KINDS.get(argument, (ANY, ""))
    if not re.fullmatch(kind, arn):
        yield Fault(argument, "is the ARN of something else", f"give {what}")
        return
    _, partition, _, region, *_ = arn.split(":")
    if partition != here.partition or region not in ("", here.region):
        of = partition if region in ("", here.region) else region
        what = f"an ARN of {of}, and the guard is deployed to {here.region}"
        yield Fault(argument, what, "name one that is there, or set aws:region")
