"""The customer keys: enabled, and with policies that let the services use them."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from botocore.exceptions import ClientError

from guard import needs, policies
from guard.access import Document, Request
from guard.account import group
from guard.account.account import Account
from guard.account.findings import DEPLOY, Finding, judged, unread

CHECK = "keys"
TRAIL, GROUP = "trail", "log group"
MANAGED = "alias/aws/sns"
Asked: TypeAlias = Callable[[str], list[Request]]  # of a key, by its ARN


def check(account: Account) -> Iterator[Finding]:
    """The key of trail and log group. Of a trail that is somebody else's, its deliveries tell."""
    settings = account.settings
    if not account.owns_trail:
        return
    users = {TRAIL: account.trail().get("KmsKeyId"), GROUP: group.described(account).get("kmsKeyId")}
    if settings.encryption or settings.key:
        for user, key in users.items():
            why = "what it writes is no longer encrypted with the stack's key"
            yield judged(CHECK, f"of the {user}", fine=bool(key), seen=key or "none", why=why)
    arn = str(account.trail()["TrailARN"])
    own = None if settings.key else policies.log_key(account.where, arn, account.group())
    for key in sorted({key for key in users.values() if key}):
        asked = requests(account, arn, [user for user, used in users.items() if used == key])
        yield from usable(account, CHECK, key, asked, own)


def requests(account: Account, trail_arn: str, users: Sequence[str]) -> Asked:
    """What trail and log group, or one of them, ask of a key."""

    def asked(key: str) -> list[Request]:
        every = {
            TRAIL: needs.trail_key(key, trail_arn),
            GROUP: needs.group_key(key, account.where, account.group()),
        }
        return [one for user in users for one in every[user]]

    return asked


def usable(account: Account, check: str, key: str, asked: Asked, own: Document | None) -> Iterator[Finding]:
    """Whether a key is enabled and its policy allows the requests; where it is our `own`, that nobody changed it."""
    if key == MANAGED:
        why = "CloudWatch alarms cannot publish through it, and nothing says so"
        yield Finding(check, key, "FAIL", "is AWS's own key for SNS", why, "use a key of your own, or none")
        return
    try:
        meta, policy = looked_up(account, key)
    except ClientError as error:
        yield unread(check, error, key.rsplit(":", 1)[-1], account.judges(key))
        return
    arn, state = meta["Arn"], meta["KeyState"]
    name, back = arn.rsplit(":", 1)[-1], f"aws kms enable-key --key-id {arn}"
    back = f"aws kms cancel-key-deletion --key-id {arn}; {back}" if state == "PendingDeletion" else back
    why = "what is encrypted with it cannot be written or read: events and mails stop"
    fix = f"{back}; then find out who did it"
    yield judged(check, f"{name} enabled", fine=state == "Enabled", seen=state, why=why, fix=fix)
    yield from allows(check, f"{name} policy", [policy], asked(arn), own)


def looked_up(account: Account, key: str) -> tuple[Any, Document]:
    """What DescribeKey says of a key, and its policy. Raises ClientError."""

    def read() -> tuple[Any, Document]:
        kms = account.client("kms")
        meta = kms.describe_key(KeyId=key)["KeyMetadata"]
        return meta, json.loads(kms.get_key_policy(KeyId=meta["Arn"], PolicyName="default")["Policy"])

    return account.once(f"key {key}", read)


def allows(
    check: str, subject: str, given: Sequence[Document], asked: Iterable[Request], own: Document | None
) -> Iterator[Finding]:
    """Policies against the requests they must allow; where one of our `own` says more or less than the stack
    wrote, that is worth a look.
    """
    lacking = sorted({one.action for one in needs.lacking(given, asked)})
    why = "the service is refused, and tells nobody"
    seen = f"refuses {', '.join(lacking)}" if lacking else "allows what is needed"
    if lacking or own is None or policies.same(list(given), [own]):
        yield judged(check, subject, fine=not lacking, seen=seen, why=why, fix=DEPLOY if own else "mend the policy")
    else:
        yield Finding(check, subject, "WARN", "is not what the stack wrote", "somebody changed who may do what", DEPLOY)
