"""Every account against its stack: findings, read with the role of each account."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from guard.account.findings import Finding
from guard.account.verify import Account as Live
from guard.account.verify import verify
from guard.errors import ConfigError, Fault
from guard.fleet.over import Outcome, outcomes, over
from guard.fleet.stacks import Fleet, Stack
from guard.names import Where

SESSION = "guard-fleet-verify"  # how CloudTrail shows who looked


def verified(
    fleet: Fleet, profile: str | None, role: str, jobs: int, tick: Callable[[int], object] = lambda _: None
) -> list[Outcome[list[Finding]]]:
    """Every account's findings, in the list's order, `jobs` at once; `role` names a role of each account in
    place of the list's.
    """
    work = partial(findings, profile=profile, role=role)
    with ThreadPoolExecutor(jobs) as pool:
        found = over(work, fleet.stacks, pool, tick)
    pairs = zip(fleet.stacks, found, strict=True)
    return outcomes(fleet, [Outcome(stack.account, *result) for stack, result in pairs])


def findings(stack: Stack, profile: str | None, role: str) -> list[Finding]:
    """One account's findings. Raises ConfigError where no credentials for it are to be had."""
    account = stack.account
    arn = account.role_named(role) if role else account.role
    try:
        session = boto3.Session(profile_name=profile, region_name=account.region)
        session = assumed(session, arn, account.region) if arn else session
        caller = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        fix = "its trust policy must name these credentials" if arn else "name the account's role: `role:`"
        raise ConfigError([Fault(str(account.place), f"{arn or 'no role'}: {error}", fix)]) from None
    if caller["Account"] != account.account:
        what = f"the credentials are of account {caller['Account']}, not of {account.account}"
        raise ConfigError([Fault(str(account.place), what, "name a role of the account: `role:`")])
    where = Where(caller["Arn"].split(":")[1], account.region, account.account)
    return verify(Live(stack.settings, where, session.client))


def assumed(session: boto3.Session, arn: str, region: str) -> boto3.Session:
    """A session of the role. Raises ClientError."""
    found: Any = session.client("sts").assume_role(RoleArn=arn, RoleSessionName=SESSION)["Credentials"]
    return boto3.Session(
        aws_access_key_id=found["AccessKeyId"],
        aws_secret_access_key=found["SecretAccessKey"],
        aws_session_token=found["SessionToken"],
        region_name=region,
    )
