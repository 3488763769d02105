"""What a plan holds: alarms, topics, resources, quotas, cost, warnings; plain values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from guard.rules.model import SEVERITIES

# Critical first; an alarm of the watchdog, which no rule stands behind, comes before all.
ORDER: Mapping[str, int] = {
    "": 0,
    **{str(name): place for place, name in enumerate(reversed(SEVERITIES), start=1)},
}


@dataclass(frozen=True, slots=True)
class PlannedAlarm:
    """One alarm: the rule behind it ("" for the watchdog's), when it rings, and where to.

    `filters` holds the patterns that feed its metric, `topics` the names of the topics that it publishes
    to, `actions` the ARNs of its other actions. `condition` says in words when it rings.
    """

    name: str
    rule: str
    title: str
    severity: str
    condition: str
    threshold: float
    period: int
    evaluation_periods: int
    datapoints_to_alarm: int
    missing_data: str
    filters: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[int, str]:
        """The watchdog first, then the most severe, then by name."""
        return ORDER.get(self.severity, 9), self.name


@dataclass(frozen=True, slots=True)
class Quota:
    """How much of one of AWS's limits is used; `limit` None: AWS sets none that matters."""

    name: str
    used: int
    limit: int | None
    what: str = ""


@dataclass(frozen=True, slots=True)
class CostLine:
    """One item of the month's bill, in US dollars: with the free tier, and where that is used up already."""

    item: str
    quantity: float
    unit: str
    amount: float
    without_free_tier: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """The month's bill at so many management events."""

    events_per_month: int
    lines: tuple[CostLine, ...]
    prices_of: str

    @property
    def total(self) -> float:
        """US dollars a month, with the free tier."""
        return round(sum(line.amount for line in self.lines), 2)

    @property
    def without_free_tier(self) -> float:
        """US dollars a month where other uses of the account have used the free tier up."""
        return round(sum(line.without_free_tier for line in self.lines), 2)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a stack would watch, use and cost. `topics` maps a topic's name to its e-mail addresses,
    `resources` a Pulumi type to how many there are, `settings` a config key to its value;
    `secret_addresses`: the addresses come from secret config, and are shown on demand only.
    """

    stack: str
    region: str
    alarms: tuple[PlannedAlarm, ...]
    topics: Mapping[str, tuple[str, ...]]
    resources: Mapping[str, int]
    quotas: tuple[Quota, ...]
    cost: Cost
    settings: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    secret_addresses: bool = False

    def mailed(self, alarm: PlannedAlarm) -> tuple[str, ...]:
        """The addresses that an alarm mails, each once; of a topic of others its name: they know who hears it."""
        heard = (one for topic in alarm.topics for one in self.topics.get(topic, (f"topic {topic}",)))
        return tuple(dict.fromkeys(heard))
