"""Where a component deploys: account, region and partition of its provider, known to Pulumi only later."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from guard.names import Where


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
