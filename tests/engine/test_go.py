"""The component in a Go stack, through the package that `pulumi package add` makes of `plugin/`."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.engine.harness import Project, is_refused, is_the_example, of_example

SDK = "github.com/pulumi/pulumi/sdk/v3"
BUILD_SECONDS = 900  # the first build compiles Pulumi's SDK
BAD = """package main

import (
	"example.com/pulumi-guard/sdk/go/guard"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		_, err := guard.NewAccountGuard(ctx, "bad", &guard.AccountGuardArgs{
			Emails:        []pulumi.StringInput{pulumi.String("nobody")},
			ObjectLock:    &guard.ObjectLockArgs{Mode: "FOREVER", Days: 0},
			RetentionDays: pulumi.IntRef(100),
			Rules:         []map[string]interface{}{{"id": "one"}},
		})
		return err
	})
}
"""


@pytest.fixture(scope="module")
def project(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The example with its package, built."""
    if missing := [tool for tool in ("pulumi-language-go", "go") if not shutil.which(tool)]:
        pytest.skip(f"not on the PATH: {', '.join(missing)}")
    if subprocess.run(["go", "list", "-m", f"{SDK}@latest"], capture_output=True, timeout=60, check=False).returncode:
        pytest.skip("go reaches no proxy")
    project = of_example("go", home, tmp_path_factory.mktemp("go") / "stack")
    subprocess.run(["go", "mod", "tidy"], cwd=project.folder, check=True, timeout=BUILD_SECONDS)
    subprocess.run(["go", "build", "-o", "first", "."], cwd=project.folder, check=True, timeout=BUILD_SECONDS)
    return project


def test_the_example_is_deployed(project: Project) -> None:
    """Previewed, then made: a trail, whole numbers, the program's own rule, and none that it switched off."""
    project.expect("preview")
    made = project.up()
    is_the_example(made)
    assert project.up() == []


def test_bad_inputs_are_told(project: Project) -> None:
    """All of them, each with its property; no traceback of the component."""
    (project.folder / "main.go").write_text(BAD)
    words = ("emails[0]", "no e-mail address", "objectLock", "retentionDays", "rules[0]")
    is_refused(project.pulumi("preview"), *words)
