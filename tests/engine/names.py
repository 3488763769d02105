"""The snapshot of all URNs and physical names, `names.json`: a state that the engine can take up.

`python -m tests.engine.names`, with the Pulumi CLI on the PATH, writes it anew: after a resource came or
went on purpose. A changed URN wants an alias first; with it the snapshot still holds.
"""

import json
import tempfile
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from guard.names import Where
from tests.engine.harness import CONFIG, STACK, Project, create, install
from tests.engine.outputs import KINDS, fill
from tests.engine.standin import serial
from tests.engine.story import BASE

SNAPSHOT = Path(__file__).with_name("names.json")
FULL: Mapping[str, Any] = {**CONFIG, **BASE, "packs": ["essentials"], "encryption": True, "accessLogs": True}
HERE = Where("aws", "eu-west-1", "111122223333")
VERSION = version("pulumi-aws")
PROVIDER = f"urn:pulumi:{STACK}::account-guard::pulumi:providers:aws::default_{VERSION.replace('.', '_')}"


def rows(resources: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the snapshot holds of each resource: URN, parent, id, and what AWS cannot change in place."""
    found = [one for one in resources if not one["type"].startswith("pulumi:providers:")]
    return [
        {
            "urn": one["urn"],
            "parent": one.get("parent", ""),
            **({"id": one["id"], "inputs": _lasting(one["type"], one["inputs"])} if one["custom"] else {}),
        }
        for one in found
    ]


def _lasting(kind: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: inputs[name] for name in sorted(KINDS[kind].fixed) if name in inputs}


def state(found: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A deployment of the snapshot's resources, for `pulumi stack import`."""
    provider = {"urn": PROVIDER, "custom": True, "id": "standin", "type": "pulumi:providers:aws"}
    provider["inputs"] = provider["outputs"] = {"region": "eu-west-1", "version": VERSION}
    resources = [_resource(row) for row in found]
    stack = [one for one in resources if one["type"] == "pulumi:pulumi:Stack"]
    return {
        "version": 3,
        "deployment": {
            "manifest": {},
            "resources": [*stack, provider, *(one for one in resources if one not in stack)],
        },
    }


def _resource(row: Mapping[str, Any]) -> dict[str, Any]:
    kind = row["urn"].split("::")[2].rsplit("$", 1)[-1]
    common = {"urn": row["urn"], "type": kind, "custom": "id" in row}
    parent = {"parent": row["parent"]} if row["parent"] else {}
    if "id" not in row:
        return {**common, **parent}
    computed = fill(KINDS[kind], row["inputs"], HERE, serial(row["urn"]))[1]
    known = {"inputs": row["inputs"], "outputs": {**computed, **row["inputs"]}}
    return {**common, **parent, "id": row["id"], "provider": f"{PROVIDER}::standin", **known}


def take(project: Project) -> None:
    """Deploy, and write the snapshot."""
    project.write(FULL)
    project.up()
    SNAPSHOT.write_text(json.dumps(rows(project.resources()), indent=1) + "\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        home, folder = Path(name) / "home", Path(name) / "project"
        folder.mkdir()
        install(home)
        take(create(folder, home))
