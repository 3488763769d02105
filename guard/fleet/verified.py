"""Every account against its stack: findings, read with the role of each account."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from guard.account import connect
from guard.account.account import Account as Live
from guard.account.connect import AccountError, fault
from guard.account.findings import Finding
from guard.account.verify import verify
from guard.errors import Fault
from guard.fleet.over import Outcome, outcomes, over
from guard.fleet.stacks import Fleet, Stack

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
    """One account's findings. Raises AccountError where no credentials for it are to be had."""
    account = stack.account
    arn = account.role_named(role) if role else account.role
    session = connect.session(account.region, profile)
    session = assumed(session, arn, account.region) if arn else session
    here = connect.where(session)
    if here.account != account.account:
        what = f"the credentials are of account {here.account}, not of {account.account}"
        raise AccountError([Fault(str(account.place), what, "name a role of the account: `role:`")])
    return verify(Live(stack.settings, here, session.client))


def assumed(session: Any, arn: str, region: str) -> Any:
    """A boto3 session of the role. Raises AccountError."""
    try:
        found = session.client("sts").assume_role(RoleArn=arn, RoleSessionName=SESSION)["Credentials"]
    except BotoCoreError as error:
        raise AccountError([fault(error)]) from None
    except ClientError as error:
        fix = "its trust policy must name these credentials, and their policy must allow sts:AssumeRole on it"
        told = error.response["Error"]["Code"] in connect.ADVICE  # it is not the role that is wrong
        raise AccountError([fault(error) if told else Fault(arn, f"cannot be assumed: {error}", fix)]) from None
    return connect.session(region, credentials=found)
