"""Two accounts from one program: a provider for each, and all that a guard makes is made by its provider."""

import pulumi
import pulumi_aws as aws

from guard import AccountGuard

ACCOUNTS = {"production": "111111111111", "staging": "222222222222"}
PARTITION, REGION = "aws", "eu-west-1"

for name, account in ACCOUNTS.items():
    provider = aws.Provider(
        name,
        region=REGION,
        assume_roles=[{"role_arn": f"arn:{PARTITION}:iam::{account}:role/deploy-account-guard"}],
        allowed_account_ids=[account],  # a wrong role cannot deploy into a wrong account
    )
    AccountGuard(f"guard-{name}", {"emails": [f"{name}@example.com"]}, pulumi.ResourceOptions(provider=provider))
