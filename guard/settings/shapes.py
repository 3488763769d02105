"""Which keys each component takes, and which of them must be there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from guard.rules.fields import Read, mapped
from guard.rules.model import EMPTY
from guard.settings.keys import ARN, GROUP, READERS, ROUTES, TEXT, later

_TOPICS = re.compile("|".join((*ROUTES, "watchdog", "default")))
_VALUES = re.compile("bucket|prefix|logGroup|role")


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys of an input, each with what it takes; for those that must be there, what to do without."""

    readers: Mapping[str, Read]
    required: Mapping[str, str] = field(default_factory=lambda: EMPTY)


def _of(keys: Iterable[str]) -> dict[str, Read]:
    return {key: READERS[key] for key in keys}


GUARD = Shape(READERS)
TRAIL = Shape(
    _of(
        (
            *("retentionDays", "archiveDays", "encryption", "accessLogs", "objectLock", "dataEvents", "insights"),
            *(
                "protect",
                "permissionsBoundary",
                "rolePath",
                "tags",
                "trailName",
                "bucketName",
                "organization",
                "bucket",
                "key",
            ),
        )
    )
)
ALARMS = Shape(
    {
        "logGroup": GROUP,
        "topics": later(mapped(ARN, _TOPICS, f"one of {', '.join(ROUTES)}, watchdog, default")),
        "values": later(mapped(TEXT, _VALUES, "one of bucket, prefix, logGroup, role")),
        **_of(("packs", "rules", "overrides", "notifyOk", "tags", "organization")),
    },
    {"logGroup": "name the log group that gets CloudTrail's events"},
)
