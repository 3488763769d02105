"""A stand-in for the AWS provider, spoken to by the real Pulumi engine; it needs no AWS.

It keeps a journal: one JSON line for each thing done, in the file that STANDIN_JOURNAL names. The file
that STANDIN_FAULTS names holds the failures to play: `[{"type", "name", "error", "times"}]`, the one that
STANDIN_THERE names what others made: `[{"type", "id", "properties"}]`.
"""

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from pulumi.provider.experimental import provider as api
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.server import main
from pulumi.runtime import rpc

from guard.names import Where
from tests.engine.outputs import KINDS, Kind, answer, fill, partition

UNKNOWN = PropertyValue(rpc.UNKNOWN)
Values = Mapping[str, PropertyValue]


def plain(value: PropertyValue) -> Any:
    """The Python value; numbers without a fraction as int."""
    inner = value.value
    if isinstance(inner, Mapping):
        return {key: plain(item) for key, item in inner.items()}
    if isinstance(inner, tuple):
        return [plain(cast("PropertyValue", item)) for item in inner]
    return int(inner) if isinstance(inner, float) and inner.is_integer() else inner


def unknown(value: PropertyValue) -> bool:
    """Whether anything in the value will only be known after the deployment."""
    inner = value.value
    parts = inner.values() if isinstance(inner, Mapping) else inner if isinstance(inner, tuple) else ()
    return inner == rpc.UNKNOWN or any(unknown(cast("PropertyValue", part)) for part in parts)


def wrap(values: Mapping[str, Any]) -> dict[str, PropertyValue]:
    """Plain values as the engine wants them."""
    return {name: PropertyValue(value) for name, value in values.items()}


def serial(urn: str) -> str:
    """A number of a resource's own."""
    return hashlib.sha256(urn.encode()).hexdigest()[:12]


class Standin(api.Provider):
    """Checks, compares, makes and forgets resources; keeps nothing itself."""

    def __init__(self) -> None:
        self.where = Where("aws", "us-east-1", "111122223333")

    async def configure(self, request: api.ConfigureRequest) -> api.ConfigureResponse:
        """The account, region and partition of this provider: the first of `allowedAccountIds`, `region`."""
        args = {name: plain(value) for name, value in request.args.items()}
        accounts = args.get("allowedAccountIds") or [self.where.account]
        region = args.get("region") or self.where.region
        account = (json.loads(accounts) if isinstance(accounts, str) else accounts)[0]
        self.where = Where(partition(region), region, str(account))
        return api.ConfigureResponse(accept_secrets=True, supports_preview=True)

    async def invoke(self, request: api.InvokeRequest) -> api.InvokeResponse:
        """Who am I, and where."""
        return api.InvokeResponse(return_value=wrap(answer(request.tok, self.where)))

    async def read(self, request: api.ReadRequest) -> api.ReadResponse:
        """What others made, by its id; else the resource as the engine knows it."""
        kind, found = KINDS[type_of(request.urn)], there(type_of(request.urn), request.resource_id)
        if found:
            inputs = {name: value for name, value in found.items() if name not in kind.computed}
            return api.ReadResponse(request.resource_id, wrap(found), wrap(inputs))
        if not request.properties:
            # The engine's own words; it says them where a provider answers without properties, which this
            # server cannot.
            raise RuntimeError(f"resource '{request.resource_id}' does not exist")
        return api.ReadResponse(request.resource_id, request.properties, request.inputs)

    async def check(self, request: api.CheckRequest) -> api.CheckResponse:
        """The inputs, with a generated name where AWS wants one and the program gives none."""
        inputs, name = dict(request.new_inputs), KINDS[type_of(request.urn)].name
        if name and name not in inputs:
            prefix = inputs.get(f"{name}Prefix", PropertyValue(f"{request.name}-"))
            made = PropertyValue(f"{prefix.value}{serial(request.urn)}")
            inputs[name] = request.old_inputs.get(name, made)
        return api.CheckResponse(inputs=inputs)

    async def diff(self, request: api.DiffRequest) -> api.DiffResponse:
        """Which inputs differ from the state, and which of them AWS cannot change in place."""
        kind = KINDS[type_of(request.urn)]
        old, new = request.old_state, request.new_inputs
        gone = old.keys() - new.keys() - kind.computed.keys() - {"id"}
        changed = gone | {name for name, value in new.items() if name not in old or differs(value, old[name])}
        return api.DiffResponse(
            changes=bool(changed), diffs=sorted(changed), replaces=sorted(changed & set(kind.fixed))
        )

    async def create(self, request: api.CreateRequest) -> api.CreateResponse:
        """The resource, or a failure that the test asked for."""
        kind = KINDS[type_of(request.urn)]
        if request.preview:
            outputs = {**dict.fromkeys(kind.computed, UNKNOWN), **request.properties}
            return api.CreateResponse(resource_id="", properties=outputs)
        play_fault(type_of(request.urn), request.name)
        resource, outputs = self.make(kind, request.urn, request.properties)
        self.record("create", request.urn, resource, request.properties)
        return api.CreateResponse(resource_id=resource, properties=outputs)

    async def update(self, request: api.UpdateRequest) -> api.UpdateResponse:
        """The resource with its new inputs."""
        kind = KINDS[type_of(request.urn)]
        if request.preview:
            kept = {name: request.olds.get(name, UNKNOWN) for name in kind.computed}
            return api.UpdateResponse({**kept, **request.news})
        outputs = self.make(kind, request.urn, request.news)[1]
        self.record("update", request.urn, request.resource_id, request.news)
        return api.UpdateResponse(properties=outputs)

    async def delete(self, request: api.DeleteRequest) -> None:
        """The resource is gone."""
        self.record("delete", request.urn, request.resource_id, {})

    def make(self, kind: Kind, urn: str, inputs: Values) -> tuple[str, dict[str, PropertyValue]]:
        """The id, and the outputs: the inputs and what AWS adds."""
        values = {name: plain(value) for name, value in inputs.items()}
        resource, computed = fill(kind, values, self.where, serial(urn))
        return resource, {**wrap(computed), **inputs}

    def record(self, action: str, urn: str, resource: str, inputs: Values) -> None:
        """One line of the journal."""
        line = {
            "do": action,
            "urn": urn,
            "type": type_of(urn),
            "id": resource,
            "account": self.where.account,
            "region": self.where.region,
            "inputs": {name: plain(value) for name, value in inputs.items()},
        }
        with Path(os.environ["STANDIN_JOURNAL"]).open("a") as journal:
            journal.write(json.dumps(line) + "\n")


def differs(new: PropertyValue, old: PropertyValue) -> bool:
    """Whether an input is another than before, or may be."""
    return unknown(new) or plain(new) != plain(old)


def type_of(urn: str) -> str:
    """The resource's own type: the last of those that a URN chains with `$`."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def there(kind: str, resource: str) -> dict[str, Any]:
    """What others made of this type and id; {} where they did not."""
    path = Path(os.environ["STANDIN_THERE"])
    every = json.loads(path.read_text()) if path.exists() else []
    found = (one["properties"] for one in every if (one["type"], one["id"]) == (kind, resource))
    return dict(next(found, {}))


def play_fault(kind: str, name: str) -> None:
    """Fail, where a fault of this type and name is left; each is played `times` times."""
    path = Path(os.environ["STANDIN_FAULTS"])
    faults = json.loads(path.read_text()) if path.exists() else []
    for fault in faults:
        if fault["type"] == kind and name.endswith(fault["name"]) and fault["times"] > 0:
            fault["times"] -= 1
            path.write_text(json.dumps(faults))
            raise RuntimeError(fault["error"])


if __name__ == "__main__":
    main(sys.argv[1:], version("pulumi-aws"), Standin())
