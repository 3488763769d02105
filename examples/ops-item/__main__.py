"""The gravest alarms open an OpsItem in Systems Manager OpsCenter, beside the mail."""

import pulumi_aws as aws

from guard import AccountGuard

partition, region = aws.get_partition().partition, aws.get_region().region
account = aws.get_caller_identity().account_id
# The severity is a number, 1 (critical) to 4 (low); the category may be left out.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/OpsCenter-configuring-an-existing-alarm-programmatically.html
OPS_ITEM = f"arn:{partition}:ssm:{region}:{account}:opsitem:1#CATEGORY=Security"
GRAVEST = ("root-usage", "guard-trail-changed", "guard-log-group-changed")

AccountGuard(
    "guard",
    {
        "emails": ["security@example.com"],
        "overrides": {rule: {"actions": [OPS_ITEM]} for rule in GRAVEST},
    },
)
