"""A component constructed as the engine has a host do it: a request goes in, a response or a status comes out."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from pulumi.provider.server import ProviderServicer
from pulumi.runtime import mocks, proto, rpc, settings
from pulumi.runtime.proto import errors_pb2, status_pb2
from pulumi.runtime.settings import _shutdown_callbacks

from guard.component.host import Host
from guard.names import Where
from guard.program import ACCOUNT, Mocks, Resource, _Monitor

HOST = Host()
SECONDS = 120  # what a hang is cut off after; a construct takes about one
SIGNATURE = "4dabf18193072939515e22adb298388d"  # pulumi/pulumi, sdk/go/common/resource/sig
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


@dataclass
class Answer:
    """What came of a request: the resources and the outputs, or the faults by property."""

    resources: list[Resource] = field(default_factory=list)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    def of(self, kind: str) -> list[Resource]:
        """The resources of a type, by its last part."""
        return [one for one in self.resources if one.type.rsplit(":", 1)[-1] == kind]


class Aborted(Exception):  # noqa: N818 - gRPC's word
    """The status that the host ends a request with."""


class Context:
    """The part of a gRPC context that the host uses."""

    async def abort_with_status(self, status: Any) -> None:
        """End the request."""
        raise Aborted(status)


def later(*value: Any, secret: bool = False) -> dict[str, Any]:
    """An output as it comes over the wire; without a value one that is not known yet."""
    known = {"value": value[0]} if value else {}
    return {SIGNATURE: OUTPUT, "secret": secret, "dependencies": [], **known}


def construct(
    patch: pytest.MonkeyPatch, kind: str, inputs: Mapping[str, Any], name: str = "guard", *, preview: bool = False
) -> Answer:
    """What the host does with the inputs of a component, given as JSON."""
    monitor = _Monitor(Mocks(Where("aws", "eu-west-1", ACCOUNT)))
    engine = mocks.MockEngine(logging.getLogger("guard.hosted"))

    def reset(**given: Any) -> None:
        known = {key: given[key] for key in ("project", "stack", "organization")}
        settings.configure(settings.Settings(monitor=monitor, engine=engine, dry_run=given["preview"], **known))

    patch.setattr(settings, "reset_options", reset)
    return asyncio.run(asyncio.wait_for(_construct(monitor, kind, inputs, name, preview=preview), SECONDS))


async def _construct(monitor: _Monitor, kind: str, inputs: Mapping[str, Any], name: str, *, preview: bool) -> Answer:
    request = proto.ConstructRequest(
        name=name,
        type=f"guard:index:{kind}",
        project="shop",
        stack="dev",
        inputs=await rpc.serialize_properties(dict(inputs), {}),
        dryRun=preview,
    )
    try:
        response = await ProviderServicer(HOST, [], "none").Construct(request, Context())
    except Aborted as aborted:
        return Answer(monitor.found, faults=_faults(aborted.args[0]))
    finally:
        await _shutdown_callbacks()  # type: ignore[no-untyped-call]
    return Answer(monitor.found, rpc.deserialize_properties(response.state))


def _faults(status: Any) -> dict[str, str]:
    packed = status_pb2.Status.FromString(dict(status.trailing_metadata)["grpc-status-details-bin"])
    details = errors_pb2.InputPropertiesError()
    assert packed.details[0].Unpack(details)
    return {error.property_path: error.reason for error in details.errors}
