"""Makes the table of event names: `python -m guard.rules.event_table` writes guard/packs/events.txt.

One line an event source: its prefix, then its event names. From botocore's models, told apart by spellings.py.
"""

from collections.abc import Iterator

import botocore.session
from botocore.model import ServiceModel

from guard.rules.events import FILE
from guard.rules.spellings import LAMBDA_PLAIN, LAMBDA_SECOND, LAMBDA_UNTIL, MORE, RENAMED, SOURCES


def table() -> dict[str, set[str]]:
    """Event source's prefix -> event names."""
    session = botocore.session.get_session()
    found: dict[str, set[str]] = {}
    for service in session.get_available_services():
        model = session.get_service_model(service)
        for source in _sources(service, model):
            found.setdefault(source, set()).update(_names(service, model))
    for more in MORE:
        found.setdefault(more.source, set()).update(more.names.split())
    return found


def _sources(service: str, model: ServiceModel) -> set[str]:
    """Services record the endpoint's prefix or the name that requests are signed for; the models don't say which."""
    if service in SOURCES:
        return set(SOURCES[service])
    return {name for name in (model.endpoint_prefix, str(model.signing_name)) if "." not in name}


def _names(service: str, model: ServiceModel) -> Iterator[str]:
    renamed = {operation: name for one in RENAMED if one.service == service for operation, name in one.names.items()}
    for name in model.operation_names:
        operation = model.operation_model(name)
        if service == "lambda":
            yield _dated(name, str(operation.http["requestUri"]).split("/")[1])
        else:
            yield from {renamed.get(name, name), renamed.get(name, str(operation.wire_name))}


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
