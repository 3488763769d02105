"""What a recipe of the sandbox has at hand, and how Pulumi's inputs become arguments of AWS's API."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from guard.names import Where
from guard.sandbox.world import World

Inputs: TypeAlias = Mapping[str, Any]
Made: TypeAlias = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Maker:
    """What a recipe has at hand: the clients of the place it deploys to."""

    world: World
    where: Where

    def client(self, service: str) -> Any:
        """A boto3 client there."""
        return self.world.client(service, self.where.region)


Recipe: TypeAlias = Callable[[Maker, str, Inputs], Made]


def whole(value: Any) -> Any:
    """Pulumi hands every number over as a float; AWS wants integers."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: whole(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [whole(item) for item in value]
    return value


def capital(value: Any) -> Any:
    """The keys of a tree as the AWS API spells them: `daysAfterInitiation` -> `DaysAfterInitiation`."""
    if isinstance(value, Mapping):
        return {key[0].upper() + key[1:]: capital(item) for key, item in value.items()}
    return [capital(item) for item in value] if isinstance(value, list) else value


def generated(name: str, inputs: Inputs, key: str, longest: int) -> str:
    """The name that is given, else one the provider makes of the prefix or of the logical name."""
    if inputs.get(key):
        return str(inputs[key])
    prefix = inputs.get(f"{key}Prefix") or inputs.get("namePrefix") or f"{name}-"
    return str(prefix)[: longest - 8] + uuid.uuid4().hex[:8]


def tags(inputs: Inputs, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Tags as most APIs take them."""
    return [{key: one, value: text} for one, text in (inputs.get("tags") or {}).items()]


def picked(inputs: Inputs, *keys: str, **renamed: str) -> dict[str, Any]:
    """Those of the inputs that are given, as the API names them: capitalised, or renamed (`api=input`)."""
    found = {key[0].upper() + key[1:]: inputs[key] for key in keys if key in inputs}
    return found | {api: inputs[key] for api, key in renamed.items() if key in inputs}
