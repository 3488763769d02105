"""Events to play: the incident that ships, or those of a log file."""

import gzip
import json
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from guard.errors import Fault, FaultsError

GZIP = b"\x1f\x8b"


class EventsError(FaultsError):
    """A file that holds no events, or broken ones."""


def incident() -> list[dict[str, Any]]:
    """A stolen key, a new administrator, miners, a root login, and the log stopped: thirteen events."""
    text = resources.files("guard.sandbox").joinpath("incident.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def read(path: Path) -> list[dict[str, Any]]:
    """The events of a log file as S3 holds it (`{"Records": [...]}`) or one a line, gzipped or not.

    Raises EventsError with every fault.
    """
    faults: list[Fault] = []
    found = [
        event
        for place, event in _documents(_bytes(path).decode("utf-8-sig", "replace"), path, faults)
        if _is_event(event, place, faults)
    ]
    if not found and not faults:
        faults.append(Fault(str(path), "holds no event", "name a CloudTrail log file"))
    if faults:
        raise EventsError(faults)
    return found


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if data.startswith(GZIP) else data
    except (OSError, EOFError) as error:
        raise EventsError([Fault(str(path), f"cannot be read: {error}", "name a file that is whole")]) from None


def _documents(text: str, path: Path, faults: list[Fault]) -> Iterator[tuple[str, Any]]:
    """Each event with its place: of one document, else line by line."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        yield from _lines(text, path, faults)
        return
    records = document.get("Records", [document]) if isinstance(document, Mapping) else document
    for number, record in enumerate(records if isinstance(records, list) else [records]):
        yield f"{path}: Records[{number}]", record


def _lines(text: str, path: Path, faults: list[Fault]) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield f"{path}:{number}", json.loads(line)
        except (ValueError, RecursionError) as error:
            faults.append(Fault(f"{path}:{number}", f"is no JSON: {error}", "write one event a line"))


def _is_event(event: Any, place: str, faults: list[Fault]) -> bool:
    if isinstance(event, dict) and "eventName" in event:
        return True
    faults.append(Fault(place, "is no CloudTrail event", "an event is an object with an eventName"))
    return False
