"""The component in a YAML stack: the example, on the real engine."""

import shutil
from pathlib import Path

import pytest
import yaml

from tests.engine.harness import ROOT, STACK, Project, done, install_components


def test_the_example_is_deployed(home: Path, tmp_path: Path) -> None:
    """Previewed, then made: a trail, whole numbers, the program's own rule."""
    if not shutil.which("pulumi-language-yaml"):
        pytest.skip("pulumi-language-yaml is not on the PATH")
    install_components(home)
    program = yaml.safe_load((ROOT / "examples/yaml/Pulumi.yaml").read_text())
    del program["packages"]  # the path of `plugin/`: the CLI would make an environment there
    (tmp_path / "Pulumi.yaml").write_text(yaml.safe_dump(program))
    project = Project(tmp_path, home)
    project.expect("stack", "init", STACK)
    project.expect("config", "set", "aws:region", "eu-west-1")
    project.expect("preview")

    made = project.up()

    assert done(made)["create", "Trail"] == 1
    assert [line["inputs"]["retentionInDays"] for line in made if line["type"].endswith(":LogGroup")] == [90]
    assert "guard/payroll-table-deleted" in {line["id"] for line in made}
