"""What AWS knows beyond what moto keeps: time, metrics, alarm history, tokens and mails of one account."""

import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from guard.sandbox.metrics import Metrics

MINUTE = 60


class Clock:
    """The time in the sandbox, in seconds since the epoch. It stands still but for what is skipped, so that what
    is played falls into one minute however long it takes; when it runs, it goes with the machine's clock.
    """

    def __init__(self) -> None:
        self._at = (time.time() // MINUTE + 1) * MINUTE - 1  # the minute's last second: what comes now is in it
        self._since: float | None = None

    def now(self) -> float:
        """The time in the sandbox."""
        return self._at if self._since is None else self._at + time.time() - self._since

    def run(self) -> None:
        """Go with the machine's clock from here."""
        self._at, self._since = self.now(), time.time()

    def skip(self, seconds: float) -> None:
        """Let time pass."""
        self._at += seconds

    @property
    def ahead(self) -> float:
        """Seconds before the machine's clock: what makes of a caller's time the sandbox's."""
        return self.now() - time.time()

    def at(self) -> datetime:
        """The time in the sandbox, in UTC."""
        return datetime.fromtimestamp(self.now(), timezone.utc)

    def minute(self) -> int:
        """The minute that runs, counted from the epoch."""
        return int(self.now()) // MINUTE


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that SNS sent; `about` is the alarm's name, `token` what confirms a subscription, "" for others."""

    to: str
    subject: str
    text: str
    topic: str
    about: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A notification that reached nobody, and why."""

    topic: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Happening:
    """An item of an alarm's history."""

    alarm: str
    at: datetime
    kind: str
    summary: str
    data: str = "{}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A log event that a metric filter counted."""

    minute: int
    message: str


@dataclass(slots=True)
class Region:
    """What is kept of one region."""

    metrics: Metrics = field(default_factory=Metrics)
    hits: dict[tuple[str, str], list[Hit]] = field(default_factory=lambda: defaultdict(list))
    history: list[Happening] = field(default_factory=list)
    mutes: dict[str, dict[str, Any]] = field(default_factory=dict)
    queries: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    protected: set[str] = field(default_factory=set)
    classes: dict[str, str] = field(default_factory=dict)
    deliveries: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))


class World:
    """One account: its clock, its regions, the mails that went out and those that did not."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.clock = Clock()
        self.lock = threading.RLock()
        self.mails: list[Mail] = []
        self.undelivered: list[Undelivered] = []
        self.actions: list[tuple[str, str]] = []
        self.unreachable: set[str] = set()
        self.regions: Mapping[str, Region] = defaultdict(Region)

    def client(self, service: str, region: str) -> Any:
        """A boto3 client of a service in a region."""
        with self.lock:
            return _client(service, region)


# What is refused, such as one filter too many, stays so; an endpoint that the shell names is another AWS.
HERE: Mapping[str, Any] = {"retries": {"total_max_attempts": 1}, "ignore_configured_endpoint_urls": True}


@cache
def _client(service: str, region: str) -> Any:
    """Made once in a process, since boto3 takes its time; moto answers through whichever sandbox is open."""
    session = boto3.Session(aws_access_key_id="sandbox", aws_secret_access_key="sandbox")  # noqa: S106 - moto asks for some
    return session.client(service, region, config=Config(**HERE))


def moment(value: Any) -> datetime | None:
    """A time as an API call names it, in UTC."""
    if value is None:
        return None
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, timezone.utc)
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)
