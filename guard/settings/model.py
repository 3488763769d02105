"""What a stack wants: the settings, typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from guard.names import Names
from guard.rules.model import EMPTY, Rule, RuleSet

UNREAD = "@secret.invalid"  # the domain of what stands for an address that cannot be read here


@dataclass(frozen=True, slots=True)
class ObjectLock:
    """Default retention of the log bucket's objects, in days."""

    mode: Literal["GOVERNANCE", "COMPLIANCE"]
    days: int


@dataclass(frozen=True, slots=True)
class TrailChoice:
    """Which trail the rules stand on: one of our own (the default), one that exists (its name, or its ARN),
    or a log group.
    """

    existing: str = ""
    log_group: str = ""

    def __bool__(self) -> bool:
        """Whether it is not our own."""
        return bool(self.existing or self.log_group)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a stack wants, checked. What a component's args hold may be a Pulumi output where it is a leaf:
    an address, a tag, an ARN; everything else is plain. `region`, `profile` and `accounts` (those allowed; none
    is any) are what the stack tells its AWS provider.
    """

    component: str
    rules: RuleSet
    emails: tuple[Any, ...] = ()
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
    profile: str = ""
    accounts: tuple[str, ...] = ()
    trail: TrailChoice = TrailChoice()
    trail_name: str = ""
    bucket_name: str = ""
    organization: bool = False
    bucket: Any = None
    key: Any = None
    topic: Any = None
    warnings: tuple[str, ...] = ()

    @property
    def names(self) -> Names:
        """The physical names."""
        return Names(self.component, self.trail_name)

    @property
    def routes(self) -> Mapping[str, tuple[Any, ...]]:
        """By the route of each topic of its own ("" for the rest, "watchdog" for the last resort): who is mailed."""
        found = {route: emails for route, emails in sorted(self.recipients.items()) if emails}
        rest = {} if self.topic else {"": self.emails}
        # Whoever is mailed only by severity is mailed here too where there is nobody else.
        return {**rest, **found, "watchdog": self.emails or next(iter(self.recipients.values()), ())}

    def route(self, rule: Rule) -> str:
        """The route that a rule's alarm mails through."""
        chosen = rule.topic or rule.severity
        return chosen if chosen in self.routes else ""
