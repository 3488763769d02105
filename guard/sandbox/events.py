"""Events to play: the incident that ships, or those of a log file."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

from guard.errors import Fault, FaultsError
from guard.history import reading
from guard.pattern.event import with_numbers


class EventsError(FaultsError):
    """A file that holds no events, or broken ones."""


def incident() -> list[dict[str, Any]]:
    """A stolen key, a new administrator, miners, a root login, and the log stopped: thirteen events."""
    text = resources.files("guard.sandbox").joinpath("incident.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def read(path: Path) -> list[dict[str, Any]]:
    """The events of a log file, in any wrapping that the back-test reads. Raises EventsError with every fault."""
    faults: list[Fault] = []
    found = [*reading.events(str(path), faults)]
    fix = "an event is an object with an eventName"
    faults += [Fault(place, "is no CloudTrail event", fix) for place, event in found if "eventName" not in event]
    if not found and not faults:
        faults.append(Fault(str(path), "holds no event", "name a CloudTrail log file"))
    if faults:
        raise EventsError(faults)
    return [with_numbers(event) for _, event in found]
