"""The bucket of the log files: closed to the public, open to CloudTrail, and nothing goes before its time."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from guard import needs, policies
from guard.account.account import Account
from guard.account.findings import Finding, judged
from guard.account.keys import allows
from guard.account.organization import organization
from guard.rules.words import counted

CHECK = "bucket"
NONE = {
    "NoSuchBucketPolicy",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchLifecycleConfiguration",
    "ObjectLockConfigurationNotFoundError",
}
BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def check(account: Account) -> Iterator[Finding]:
    """The findings. Of a trail that is somebody else's, its deliveries tell; of a bucket that is, its policy."""
    if not account.owns_trail:
        return
    name, s3 = str(account.trail()["S3BucketName"]), account.client("s3")
    yield from policy(account, name, account.trail())
    if account.settings.bucket:
        return
    yield public(part(lambda: s3.get_public_access_block(Bucket=name)))
    versions = s3.get_bucket_versioning(Bucket=name).get("Status", "never switched on")
    why = "a deleted or overwritten log file is gone"
    yield judged(CHECK, "versioning", fine=versions == "Enabled", seen=versions, why=why)
    yield lifecycle(account.settings.archive_days, part(lambda: s3.get_bucket_lifecycle_configuration(Bucket=name)))
    if account.settings.object_lock:
        yield lock(account, part(lambda: s3.get_object_lock_configuration(Bucket=name)))


def part(read: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """A part of the bucket's settings; {} where it has none. Raises ClientError."""
    try:
        return read()
    except ClientError as error:
        if error.response["Error"]["Code"] in NONE:
            return {}
        raise


def policy(account: Account, name: str, trail: Mapping[str, Any]) -> Iterator[Finding]:
    """What CloudTrail may do there, for a trail as GetTrail tells of it. Raises ClientError."""
    arn, org = str(trail["TrailARN"]), organization(account)
    bucket = f"arn:{account.where.partition}:s3:::{name}"
    found = part(lambda: account.client("s3").get_bucket_policy(Bucket=name))
    owners = [arn.split(":")[4], *([org] if org else [])]
    asked = needs.bucket(bucket, arn, str(trail.get("S3KeyPrefix") or ""), owners)
    own = None if account.settings.bucket else policies.log_bucket(bucket, arn, org)
    yield from allows(CHECK, f"policy of {name}", [json.loads(found.get("Policy", "{}"))], asked, own)


def public(found: Mapping[str, Any]) -> Finding:
    """The block of public access, all four parts."""
    blocks = found.get("PublicAccessBlockConfiguration") or {}
    off = [one for one in BLOCKS if not blocks.get(one)]
    seen = f"off: {', '.join(off)}" if off else "on"
    return judged(CHECK, "public access block", fine=not off, seen=seen, why="the log may be opened to anybody")


def lifecycle(days: int, found: Mapping[str, Any]) -> Finding:
    """Nothing goes before the stack's `archiveDays`; 0 is never."""
    short = [said for rule in found.get("Rules") or () if (said := early(rule, days))]
    kept = f"nothing goes before {counted(days, 'day')}" if days else "nothing goes"
    why = "log files go sooner than the stack says"
    return judged(CHECK, "lifecycle", fine=not short, seen="; ".join(short) or kept, why=why)


def early(rule: Mapping[str, Any], days: int) -> str:
    """What a lifecycle rule deletes too soon, in words; "" where it is off or deletes nothing too soon."""
    current, old = rule.get("Expiration") or {}, rule.get("NoncurrentVersionExpiration") or {}
    after = {"files": current.get("Days"), "old versions": old.get("NoncurrentDays")}
    said = [
        f"{what} go after {counted(count, 'day')}"
        for what, count in after.items()
        if count and (not days or count < days)
    ]
    said += [f"files go on {current['Date']:%Y-%m-%d}"] if current.get("Date") else []
    return f"rule {rule.get('ID')}: {', '.join(said)}" if said and rule.get("Status") == "Enabled" else ""


def lock(account: Account, found: Mapping[str, Any]) -> Finding:
    """Object lock, as long as the stack says."""
    wanted = account.settings.object_lock
    assert wanted is not None  # noqa: S101 - asked only where there is one
    kept = (found.get("ObjectLockConfiguration") or {}).get("Rule", {}).get("DefaultRetention") or {}
    days = int(kept.get("Days") or 0) or int(kept.get("Years") or 0) * 365
    seen = f"{kept.get('Mode')}, {counted(days, 'day')}" if kept else "none"
    fine = days >= wanted.days and kept.get("Mode") in (wanted.mode, "COMPLIANCE")
    return judged(CHECK, "object lock", fine=fine, seen=seen, why="log files can be deleted sooner than the stack says")
