"""A stack's config, or a component's args, as typed settings; each error names the key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from guard.names import Names
from guard.rules.model import EMPTY, RuleSet


@dataclass(frozen=True, slots=True)
class ObjectLock:
    """Default retention of the log bucket's objects, in days."""

    mode: Literal["GOVERNANCE", "COMPLIANCE"]
    days: int


@dataclass(frozen=True, slots=True)
class TrailChoice:
    """Which trail the rules stand on: one of our own (the default), one that exists, or a log group."""

    existing: str = ""
    log_group: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a stack wants, checked. E-mail addresses and tags may be Pulumi outputs when they come from a
    component's args; everything else is plain.
    """

    component: str
    rules: RuleSet
    emails: tuple[Any, ...]
    recipients: Mapping[str, tuple[Any, ...]] = field(default_factory=lambda: EMPTY)
    retention_days: int = 365
    archive_days: int = 0
    encryption: bool = True
    access_logs: bool = True
    object_lock: ObjectLock | None = None
    data_events: bool = False
    insights: bool = False
    protect: bool = True
    heartbeat_hours: int = 3
    dashboard: bool = True
    notify_ok: bool = False
    permissions_boundary: Any = None
    role_path: str = "/"
    tags: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    region: str = ""
    trail: TrailChoice = TrailChoice()
    organization: bool = False
    bucket: Any = None
    key: Any = None
    topic: Any = None
    warnings: tuple[str, ...] = ()

    @property
    def names(self) -> Names:
        """The physical names."""
        return Names(self.component)
