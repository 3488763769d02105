"""Makes the table of event names: `python -m guard.rules.event_table` writes guard/packs/events.txt.

One line an event source: its prefix, then its event names. From botocore's models, told apart by spellings.py.
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import botocore

from guard.rules.events import FILE
from guard.rules.spellings import LAMBDA_PLAIN, LAMBDA_SECOND, LAMBDA_UNTIL, MORE, RENAMED, SOURCES

MODELS = Path(botocore.__file__).parent / "data"
Model = Mapping[str, Any]


def table() -> dict[str, set[str]]:
    """Event source's prefix -> event names."""
    found: dict[str, set[str]] = {}
    for service, model in _models():
        for source in _sources(service, model["metadata"]):
            found.setdefault(source, set()).update(_names(service, model["operations"]))
    for more in MORE:
        found.setdefault(more.source, set()).update(more.names.split())
    return found


def _models() -> Iterator[tuple[str, Model]]:
    """The services of botocore with their newest models, read as they lie: its own way takes three times as long."""
    for folder in sorted(MODELS.iterdir()):
        versions = sorted(folder.glob("*/service-2.json.gz"))
        if versions:
            yield folder.name, json.loads(gzip.decompress(versions[-1].read_bytes()))


def _sources(service: str, metadata: Model) -> set[str]:
    """Services record the endpoint's prefix or the name that requests are signed for; the models don't say which."""
    if service in SOURCES:
        return set(SOURCES[service])
    prefix = metadata["endpointPrefix"]
    return {name for name in (prefix, metadata.get("signingName", prefix)) if "." not in name}


def _names(service: str, operations: Model) -> Iterator[str]:
    renamed = {operation: name for one in RENAMED if one.service == service for operation, name in one.names.items()}
    for name, operation in operations.items():
        if service == "lambda":
            yield _dated(name, operation["http"]["requestUri"].split("/")[1])
        else:
            yield from {renamed.get(name, name), renamed.get(name, operation["name"])}


def _dated(name: str, version: str) -> str:
    """A Lambda operation as CloudTrail writes it: CreateFunction20150331, AddPermission20150331v2."""
    if version > LAMBDA_UNTIL or name in LAMBDA_PLAIN:
        return name
    return f"{name}{version.replace('-', '')}{'v2' if name in LAMBDA_SECOND else ''}"


def text() -> str:
    """The table as it ships."""
    return "".join(f"{name} {' '.join(sorted(names))}\n" for name, names in sorted(table().items()))


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
