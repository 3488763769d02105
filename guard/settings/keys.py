"""The keys of a stack's config and of a component's args, each with what it takes."""

import re
from collections.abc import Mapping
from typing import Any

from guard.rules import arns
from guard.rules.fields import WRONG, Keys, Read, choice, flag, form, kind, mapped, several, structure, text, whole
from guard.rules.model import SEVERITIES
from guard.rules.values import Faults, Value
from guard.rules.words import shown
from guard.settings.model import ObjectLock, TrailChoice

ROUTES = (*SEVERITIES, "quiet")
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTION = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
_ADDRESS = re.compile(r"[^\s@<>,;\"()]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def later(read: Read) -> Read:
    """A reader of what Pulumi may know only later."""

    def read_or_wait(value: Value, name: str, faults: Faults) -> Any:
        known = isinstance(value.data, str | int | float | list | dict | type(None))
        return read(value, name, faults) if known else value.data

    return read_or_wait


def _address(value: Value, name: str, faults: Faults) -> Any:  # noqa: ARG001 - a reader's signature
    if isinstance(value.data, str) and _ADDRESS.fullmatch(value.data.strip()):
        return type(value.data)(value.data.strip())
    given = shown(value.data) if isinstance(value.data, str) else kind(value.data)
    faults.note(value.place, f"{given} is no e-mail address", "write one such as security@example.com")
    return WRONG


def _addresses(value: Value, name: str, faults: Faults) -> Any:
    """A list of addresses, none twice."""
    found = several(later(_address), least=1)(value, name, faults)
    seen: set[str] = set()
    for item in value.data if isinstance(value.data, list) else ():
        address = item.data.strip().lower() if isinstance(item.data, str) else ""
        if address and address in seen:
            faults.note(item.place, f"{shown(item.data)} is there twice", "leave one out")
        seen.add(address)
    return found


def _retention(value: Value, name: str, faults: Faults) -> Any:
    days = whole(1, RETENTION[-1])(value, name, faults)
    if days is WRONG or days in RETENTION:
        return days
    near = min(RETENTION, key=lambda offered: abs(offered - days))
    faults.note(
        value.place,
        f"CloudWatch Logs has no retention of {days} days",
        f"write {near}, or one of {RETENTION}",
    )
    return WRONG


def _lock(value: Value, name: str, faults: Faults) -> Any:
    keys = {"mode": choice("GOVERNANCE", "COMPLIANCE"), "days": whole(1, 36_500)}
    found = structure(Keys(keys, ("mode", "days")))(value, name, faults)
    return ObjectLock(**found) if found is not WRONG and len(found) == len(keys) else WRONG


def _trail(value: Value, name: str, faults: Faults) -> Any:
    keys = Keys({"existing": _TRAIL, "log_group": _GROUP, "logGroup": _GROUP})
    found = structure(keys)(value, name, faults)
    if found is WRONG:
        return WRONG
    chosen = TrailChoice(found.get("existing", ""), found.get("log_group", found.get("logGroup", "")))
    if chosen.existing and chosen.log_group:
        faults.note(value.place, "both 'existing' and 'logGroup'", "an existing trail brings its log group")
    return chosen


# https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html
TRAIL_NAME = r"(?!.*[._-]{2})[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]"
_TRAIL_ARN = arns.arn("cloudtrail", f"trail/{TRAIL_NAME}")
_TRAIL = form(f"{TRAIL_NAME}|{_TRAIL_ARN}", "a trail's name, or its ARN (arn:...:trail/NAME)")
_GROUP = form("[A-Za-z0-9_#/.-]{1,512}", "a log group's name, such as /aws/cloudtrail, of 512 characters at most")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_RESERVED = r"(?!xn--|sthree-|amzn-s3-demo-|.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)"
_BUCKET = form(
    rf"(?!.*\.\.)(?!([0-9]+\.){{3}}[0-9]+$){_RESERVED}[a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9]",
    "a bucket's name, 3 to 63 of a-z, 0-9, '.' and '-', with no beginning or end that S3 keeps for itself",
)
# What every service takes: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
_TAG = r"[\w .:/=+@-]"
_TAG_VALUE = form(f"{_TAG}{{1,256}}", "letters, digits, spaces and _.:/=+-@, 256 at most")
MAX_TAGS = 50


def _routes(value: Value, name: str, faults: Faults) -> Any:
    if isinstance(value.data, dict):
        for route in value.data.keys() - set(ROUTES):
            faults.note(value.keys[route], f"unknown severity '{route}'", f"known are {', '.join(ROUTES)}")
    return mapped(_addresses, re.compile(".*"), "")(value, name, faults)


def _tag_value(value: Value, name: str, faults: Faults) -> Any:
    """A tag's value, which may be empty."""
    return "" if value.data == "" else _TAG_VALUE(value, name, faults)


def _tags(value: Value, name: str, faults: Faults) -> Any:
    found = mapped(later(_tag_value), re.compile(f"(?!(?i:aws:)){_TAG}{{1,128}}"), "a tag's key")(value, name, faults)
    if found is not WRONG and len(found) > MAX_TAGS:
        faults.note(value.place, f"'{name}' holds {len(found)} tags", f"write {MAX_TAGS} at most")
    return found


def _any(value: Value, name: str, faults: Faults) -> Any:  # noqa: ARG001 - a reader's signature
    return value.data


RAW = ("rules", "overrides")  # `rules.load` reads them, and tells their faults by the keys that were given


_POLICY = arns.arn("iam", f"policy/{arns.RESOURCE}", region="", account=f"({arns.ACCOUNT}|aws)")
# An alias would do for the trail, but not for the log group.
KEY = (arns.arn("kms", "key/[A-Za-z0-9_-]+"), "a key's ARN (arn:...:key/...), no alias")
TOPIC = (arns.arn("sns", r"[A-Za-z0-9_-]+(\.fifo)?"), "a topic's ARN")
ARN = later(form(arns.ANY, "an ARN"))
TEXT = later(text)
GROUP = later(_GROUP)
# camelCase in a stack's config, underscores in a component's args
READERS: Mapping[str, Read] = {
    "emails": _addresses,
    "packs": several(text),
    "rules": _any,
    "overrides": _any,
    "recipients": _routes,
    "retentionDays": _retention,
    "archiveDays": whole(0, 36_500),
    "encryption": flag,
    "accessLogs": flag,
    "objectLock": _lock,
    "dataEvents": flag,
    "insights": flag,
    "protect": flag,
    "heartbeatHours": whole(1, 168),
    "dashboard": flag,
    "notifyOk": flag,
    "permissionsBoundary": later(form(_POLICY, "a policy's ARN")),
    "rolePath": form(r"(?=.{1,512}$)/([!-.0-~]+/)*", "a path such as /security/, of 512 characters at most"),
    "tags": _tags,
    "trail": _trail,
    "trailName": form(TRAIL_NAME, "3 to 128 letters and digits, '.', '_' or '-' between them"),
    "organization": flag,
    "bucketName": _BUCKET,
    "bucket": later(_BUCKET),
    "key": later(form(*KEY)),
    "topic": later(form(*TOPIC)),
}


def snake(key: str) -> str:
    """`retentionDays` as `retention_days`."""
    return re.sub(r"[A-Z]", lambda capital: f"_{capital[0].lower()}", key)
