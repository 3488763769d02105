"""The live account as the checks meet it: the stack's settings, the place, clients, and what several checks read."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from threading import Lock
from typing import Any, TypeVar

from guard.account.findings import Status
from guard.errors import GuardError
from guard.names import Where
from guard.settings import Settings

T = TypeVar("T")


class NoGroupError(GuardError):
    """A trail of others without a log group."""


class Account:
    """`client` gives a boto3 client by service; `now` is when the checks look, in UTC."""

    def __init__(
        self, settings: Settings, where: Where, client: Callable[[str], Any], now: datetime | None = None
    ) -> None:
        self.settings, self.where, self._client = settings, where, client
        self.now = now or datetime.now(timezone.utc)
        self._locks: dict[str, Lock] = {}
        self._making = Lock()  # boto3 makes one client at a time: a session's loaders are no thread's own
        self._known: dict[str, Any] = {}

    def once(self, key: str, read: Callable[[], T]) -> T:
        """What `read` gives, read once though several threads ask. What it raises is not kept."""
        with self._locks.setdefault(key, Lock()):
            if key not in self._known:
                self._known[key] = read()
            found: T = self._known[key]
            return found

    def client(self, service: str) -> Any:
        """The client of a service."""
        with self._making:
            return self.once(f"client {service}", lambda: self._client(service))

    @property
    def trail_name(self) -> str:
        """The trail that the rules stand on, "" where they stand on a log group alone. An organisation's is named
        by its ARN: it is the management account's, and AWS finds it for a delegated administrator by nothing else.
        Raises ClientError.
        """
        chosen = self.settings.trail
        name = "" if chosen.log_group else chosen.existing or self.settings.names.trail
        if not self.settings.organization or not name:
            return name
        shared = [one for one in self.trails() if one.get("IsOrganizationTrail")]
        return next((str(one["TrailARN"]) for one in shared if one["Name"] == name), name)

    def trails(self) -> list[Mapping[str, Any]]:
        """Every trail that the region sees, other regions' multi-region ones too. Raises ClientError."""
        read = self.client("cloudtrail").describe_trails
        return self.once("trails", lambda: list(read(includeShadowTrails=True)["trailList"]))

    @property
    def owns_trail(self) -> bool:
        """Whether the stack makes trail, log group, bucket and role; else they are somebody else's."""
        return not (self.settings.trail.existing or self.settings.trail.log_group)

    @property
    def patience(self) -> timedelta:
        """How long an account may be silent: what the watchdog waits."""
        return timedelta(hours=max(self.settings.heartbeat_hours, 2))

    def judges(self, arn: str) -> Status:
        """How bad it is that something cannot be read: of another account's, only worth a look."""
        return "FAIL" if self.where.account in arn.split(":") or not arn.startswith("arn:") else "WARN"

    def trail(self) -> Mapping[str, Any]:
        """GetTrail's answer; {} where the rules stand on a log group alone. Raises ClientError."""
        if not self.trail_name:
            return {}
        read = self.client("cloudtrail").get_trail
        return self.once("trail", lambda: dict(read(Name=self.trail_name)["Trail"]))

    def group(self) -> str:
        """The log group that the rules read. Raises ClientError, NoGroupError."""
        settings = self.settings
        if not settings.trail.existing:
            return settings.trail.log_group or settings.names.log_group
        arn = str(self.trail().get("CloudWatchLogsLogGroupArn") or "")
        if not arn:
            raise NoGroupError(f"the trail {settings.trail.existing} has no log group that rules could read")
        return arn.split(":")[6]

    def topic_arns(self) -> dict[str, str]:
        """By route ("" for the rest): the ARN of each topic that alarms publish to."""
        names = self.settings.names
        arns = {route: self.where.arn("sns", names.topic(route)) for route in self.settings.routes}
        return arns | ({"": str(self.settings.topic)} if self.settings.topic else {})


def utc(at: datetime) -> datetime:
    """A time in UTC; boto3's are aware, some stand-ins' are not."""
    return at.astimezone(timezone.utc) if at.tzinfo else at.replace(tzinfo=timezone.utc)


def ago(account: Account, at: datetime) -> str:
    """A time as people on call read it: how long ago, and when."""
    then = utc(at)
    minutes = max(0, int((account.now - then).total_seconds()) // 60)
    spans = ((2 * 1440, 1440, "days"), (120, 60, "h"), (0, 1, "min"))
    size, unit = next((size, unit) for least, size, unit in spans if minutes >= least)
    return f"{minutes // size} {unit} ago ({then:%Y-%m-%d %H:%M} UTC)"
