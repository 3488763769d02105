"""Keys that have no effect beside others: faults, since who writes a key wants what it does."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from typing import Any

from guard.errors import Fault
from guard.settings.keys import snake
from guard.settings.model import Settings

# The key that makes others idle, why, and which.
IDLE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "trail",
        "the trail, its bucket and its log group are there already, and 'trail' names them",
        (
            *("retentionDays", "archiveDays", "accessLogs", "objectLock", "dataEvents", "insights", "trailName"),
            *("permissionsBoundary", "rolePath", "bucketName", "bucket", "key"),
        ),
    ),
    ("bucket", "the bucket is yours to keep", ("archiveDays", "accessLogs", "objectLock", "bucketName")),
)
_DEFAULTS = {one.name: one.default for one in fields(Settings)}


def idle(found: Mapping[str, Any], known: Collection[str]) -> Iterator[Fault]:
    """A fault for each key that says something and has no effect, each once; `known`: the keys as they are spelt."""
    why: dict[str, str] = {}
    for owner, reason, keys in IDLE:
        if owner in found:
            why = {**dict.fromkeys(keys, reason), **why}
    for key, reason in why.items():
        name = key if key in known else snake(key)
        if name in found and found[name] != _DEFAULTS[snake(key)]:
            yield Fault(name, f"has no effect: {reason}", "leave it out")
