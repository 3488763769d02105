"""URNs and physical names stay, or have an alias: else AWS would make anew and then delete the live thing."""

import json

from tests.engine.harness import Project
from tests.engine.names import FULL, SNAPSHOT, state

KEPT = {"same", "update", "refresh", "read"}


def test_an_old_deployment_is_taken_over_as_it_is(project: Project) -> None:
    """From the snapshot's state nothing is created, deleted or replaced; else see tests/engine/names.py."""
    (project.folder / "state.json").write_text(json.dumps(state(json.loads(SNAPSHOT.read_text()))))
    imported = project.pulumi("stack", "import", "--stack", "dev", "--file", "state.json")
    assert imported.code == 0, imported.text
    project.write(FULL)

    steps = project.preview()["steps"]

    assert [(step["op"], step["urn"]) for step in steps if step["op"] not in KEPT] == []
