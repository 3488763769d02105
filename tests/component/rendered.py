"""Programs around the component, run under Pulumi's mock runtime."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from guard import program
from guard.program import Deployment, Resource

REGION = "eu-west-1"
LEAST: Mapping[str, Any] = {"emails": ["security@example.com"], "packs": ["essentials"]}


def render(folder: Path, source: str, region: str = REGION) -> Deployment:
    """What a program registers."""
    (folder / "__main__.py").write_text("import pulumi\nfrom guard import AccountGuard\n" + source)
    return program.run(folder, "dev", config={"aws:region": region})


def guarded(folder: Path, region: str = REGION, **args: Any) -> Deployment:
    """What one AccountGuard with these args registers."""
    return render(folder, f"AccountGuard('guard', {dict(LEAST) | args!r})\n", region)


def of(deployed: Deployment, kind: str) -> list[Resource]:
    """The resources of a type, by its last part."""
    return [one for one in deployed.resources if one.type.rsplit(":", 1)[-1] == kind]


def one(deployed: Deployment, kind: str, name: str = "") -> Resource:
    """The one resource of a type, or the one of its name."""
    found = [it for it in of(deployed, kind) if not name or it.name == name]
    assert len(found) == 1, [it.name for it in found]
    return found[0]


def policy(resource: Resource, key: str = "policy") -> Any:
    """A policy document among the inputs."""
    return json.loads(resource.inputs[key])
