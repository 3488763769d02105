"""What a play in the sandbox came to: resources made, alarms and what rang them, mails sent and not sent."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from guard.program import Deployment
from guard.sandbox.sandbox import Sandbox
from guard.sandbox.world import Hit, Mail, Undelivered

ONE_BY_ONE = 1_000  # up to so many events each arrives by itself, so that mails come in the events' order


@dataclass(frozen=True, slots=True)
class AlarmSeen:
    """An alarm read back: its state now, whether it rang, and the events that its filters counted."""

    name: str
    region: str
    state: str
    rang: int
    hits: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Story:
    """All that is shown of a play."""

    resources: Mapping[str, int]
    events: int
    reached: int
    alarms: tuple[AlarmSeen, ...]
    mails: tuple[Mail, ...]
    undelivered: tuple[Undelivered, ...]


def play(sandbox: Sandbox, events: Sequence[Mapping[str, Any]]) -> int:
    """Let the events happen; how many reached a log group."""
    if len(events) > ONE_BY_ONE:
        return sandbox.play(events)
    return sum(sandbox.play([event]) for event in events)


def news(sandbox: Sandbox, told: set[Mail]) -> list[str]:
    """What is to be said of the mails that are not `told` yet, which they are then: of one that asks to be confirmed
    its text, with the address that confirms.
    """
    fresh = [mail for mail in sandbox.world.mails if mail not in told]
    told.update(fresh)
    return [f"mail to {mail.to}: {mail.text if mail.token else mail.subject}" for mail in fresh]


def tell(sandbox: Sandbox, deployed: Deployment, events: int, reached: int) -> Story:
    """Read back from the sandbox's AWS what there is to show."""
    return Story(
        resources=dict(sorted(Counter(one.type for one in deployed.resources if not one.component).items())),
        events=events,
        reached=reached,
        alarms=tuple(_alarms(sandbox, sorted(sandbox.world.regions))),
        mails=tuple(sandbox.mails),
        undelivered=tuple(sandbox.world.undelivered),
    )


def _alarms(sandbox: Sandbox, regions: Iterable[str]) -> Iterable[AlarmSeen]:
    for region in regions:
        here = sandbox.world.regions[region]
        rang = Counter(one.alarm for one in here.history if one.kind == "StateUpdate" and one.summary.endswith("ALARM"))
        pages = sandbox.client("cloudwatch", region).get_paginator("describe_alarms").paginate()
        for alarm in sorted((one for page in pages for one in page["MetricAlarms"]), key=itemgetter("AlarmName")):
            hits = here.hits.get((alarm.get("Namespace", ""), alarm.get("MetricName", "")), [])
            name = alarm["AlarmName"]
            yield AlarmSeen(name, region, alarm["StateValue"], rang[name], tuple(map(_event, hits)))


def _event(hit: Hit) -> Mapping[str, Any]:
    event: Mapping[str, Any] = json.loads(hit.message)
    return event


def who(event: Mapping[str, Any]) -> str:
    """Who acted: the last part of the ARN, else the service, else the kind of identity."""
    identity = event.get("userIdentity")
    if not isinstance(identity, Mapping):
        return "?"
    arn = str(identity.get("arn") or "")
    return arn.split(":", 5)[-1] if arn else str(identity.get("invokedBy") or identity.get("type") or "?")
