"""CloudTrail's role: it may be taken, and lets CloudTrail write the log group's streams."""

from collections.abc import Iterator

from guard import needs, policies
from guard.account.account import Account
from guard.account.findings import Finding, judged
from guard.account.keys import allows
from guard.account.organization import organization

CHECK = "role"


def check(account: Account) -> Iterator[Finding]:
    """The findings. Of a trail that is somebody else's, its deliveries tell."""
    if not account.owns_trail:
        return
    found = account.trail()
    arn = str(found.get("CloudWatchLogsRoleArn") or "")
    yield judged(CHECK, "of the trail", fine=bool(arn), seen=arn or "none", why="the trail writes no log group")
    if not arn:
        return
    iam, name = account.client("iam"), arn.rsplit("/", 1)[-1]
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    yield from allows(CHECK, "trust", [trust], needs.role_trust(arn), policies.role_trust())
    pages = iam.get_paginator("list_role_policies").paginate(RoleName=name)
    names = [one for page in pages for one in page["PolicyNames"]]
    given = [iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"] for one in names]
    org = organization(account)
    streams = [f"{account.where.account}_CloudTrail_{account.where.region}", *([f"{org}_x"] if org else [])]
    asked = needs.streams(arn, str(found.get("CloudWatchLogsLogGroupArn")), streams)
    yield from allows(CHECK, "rights", given, asked, policies.role(account.where, account.group(), org))
