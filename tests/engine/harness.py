"""Runs the Pulumi CLI on a project in a temporary folder: file backend, no network, the AWS stand-in."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
STACK = "dev"
CONFIG: Mapping[str, Any] = {"emails": ["a@example.com"], "packs": [], "rules": [], "protect": False}
PLUGIN = """#!/bin/sh
exec "{python}" {program} "$@"
"""


@dataclass(frozen=True)
class Run:
    """What one CLI command gave: its exit code, and stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything it printed."""
        return self.out + self.err


@dataclass(frozen=True)
class Project:
    """A stack in a folder of its own."""

    folder: Path
    home: Path

    def write(self, config: Mapping[str, Any] = CONFIG, program: str | None = None) -> None:
        """The stack's config, and the program (the project's own where none is given)."""
        keys = {key if ":" in key else f"account-guard:{key}": value for key, value in config.items()}
        path = self.folder / f"Pulumi.{STACK}.yaml"
        path.write_text(json.dumps({"config": {"aws:region": "eu-west-1", **keys}}))
        source = (ROOT / "__main__.py").read_text() if program is None else program
        (self.folder / "__main__.py").write_text(source)

    def pulumi(self, *args: str) -> Run:
        """One command of the CLI, on this stack."""
        stack = () if args[0] in {"install", "login", "stack", "package"} else ("--stack", STACK)
        done = subprocess.run(
            ["pulumi", *args, *stack, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def expect(self, *args: str) -> Run:
        """One command of the CLI, which must go well."""
        run = self.pulumi(*args)
        assert run.code == 0, run.text
        return run

    def environment(self) -> dict[str, str]:
        """The CLI's variables: none of the caller's own Pulumi or AWS settings."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI_", "AWS_"))}
        return {
            **own,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), own["PATH"]]),
            "PYTHONPATH": str(ROOT),
            "PULUMI_HOME": str(self.home),
            "PULUMI_BACKEND_URL": f"file://{self.folder}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "1",
            "STANDIN_JOURNAL": str(self.folder / "journal.jsonl"),
            "STANDIN_FAULTS": str(self.folder / "faults.json"),
            "STANDIN_THERE": str(self.folder / "there.json"),
        }

    def up(self) -> list[dict[str, Any]]:
        """Deploy; what the stand-in was made to do, in order."""
        before = len(self.journal())
        run = self.pulumi("up", "--yes", "--skip-preview")
        assert run.code == 0, run.text
        return self.journal()[before:]

    def preview(self) -> dict[str, Any]:
        """A preview, as the CLI's JSON: `steps`, `changeSummary`."""
        run = self.pulumi("preview", "--json")
        assert run.code == 0, run.text
        digest: dict[str, Any] = json.loads(run.out)
        return digest

    def fail(self, *faults: Mapping[str, Any]) -> None:
        """Let the stand-in play these failures from now on."""
        (self.folder / "faults.json").write_text(json.dumps(faults))

    def there(self, *things: Mapping[str, Any]) -> None:
        """Others made these: `type`, `id`, `properties`."""
        (self.folder / "there.json").write_text(json.dumps(things))

    def journal(self) -> list[dict[str, Any]]:
        """Everything that the stand-in did so far."""
        path = self.folder / "journal.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def resources(self) -> list[dict[str, Any]]:
        """The resources in the stack's state."""
        run = self.pulumi("stack", "export", "--stack", STACK)
        assert run.code == 0, run.text
        found: list[dict[str, Any]] = json.loads(run.out)["deployment"].get("resources", [])
        return found

    def world(self) -> dict[tuple[str, str], dict[str, Any]]:
        """What is there: (type, id) -> inputs. A create over a live thing keeps one; a delete leaves none."""
        there: dict[tuple[str, str], dict[str, Any]] = {}
        for line in self.journal():
            key = (line["type"], line["id"])
            if line["do"] == "delete":
                there.pop(key, None)
            else:
                there[key] = line["inputs"]
        return there


def done(lines: Iterable[Mapping[str, Any]]) -> Counter[tuple[str, str]]:
    """How often each (action, short type) was done: `("update", "MetricAlarm")`."""
    return Counter((line["do"], short(line["type"])) for line in lines)


def short(kind: str) -> str:
    """`aws:cloudwatch/metricAlarm:MetricAlarm` as `MetricAlarm`."""
    return kind.rsplit(":", 1)[-1]


def create(folder: Path, home: Path) -> Project:
    """A new stack, not deployed."""
    project = Project(folder, home)
    settings = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    settings["runtime"]["options"] = {"virtualenv": sys.prefix}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(settings))
    run = project.pulumi("stack", "init", STACK)
    assert run.code == 0, run.text
    return project


def of_example(name: str, home: Path, folder: Path) -> Project:
    """A stack of an example in another language, in a folder of its own, with the package added to it."""
    example = ROOT / "examples" / name
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("node_modules", "sdks", "target"))
    settings = yaml.safe_load((example / "Pulumi.yaml").read_text())
    del settings["packages"]  # the path of `plugin/`: the CLI would make an environment there
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(settings))
    project = Project(folder, home)
    project.expect("stack", "init", STACK)
    project.expect("package", "add", str(install_components(home)))
    project.expect("config", "set", "aws:region", "eu-west-1")
    return project


def is_the_example(made: Sequence[Mapping[str, Any]]) -> None:
    """What every language's example makes: a trail, whole numbers, a rule of its own, and none that it switched off."""
    names = {line["id"] for line in made if line["type"].endswith(":MetricAlarm")}
    assert done(made)["create", "Trail"] == 1
    assert [line["inputs"]["retentionInDays"] for line in made if line["type"].endswith(":LogGroup")] == [90]
    assert {"guard/root-usage", "guard/payroll-table-deleted"} <= names
    assert "guard/ec2-instance-changes" not in names


def is_refused(run: Run, *words: str) -> None:
    """What a component says to bad inputs: all of them, and no traceback."""
    assert run.code != 0
    assert [one for one in words if one not in run.text] == [], run.text
    assert "Traceback" not in run.text


def install(home: Path) -> None:
    """Put the stand-in where the CLI looks for plugins."""
    _install(home, "aws", version("pulumi-aws"), "-m tests.engine.standin")


def install_components(home: Path) -> Path:
    """Put what `plugin/` serves there, run in this Python environment, so that the CLI makes none; its path."""
    return _install(home, "guard", version("account-guard"), f'"{ROOT / "plugin"}"')


def _install(home: Path, name: str, release: str, program: str) -> Path:
    plugin = home / "plugins" / f"resource-{name}-v{release}" / f"pulumi-resource-{name}"
    plugin.parent.mkdir(parents=True, exist_ok=True)
    plugin.write_text(PLUGIN.format(python=sys.executable, program=program))
    plugin.chmod(0o755)
    return plugin


def available() -> bool:
    """Whether the CLI and its Python language host are on the PATH."""
    return bool(shutil.which("pulumi") and shutil.which("pulumi-language-python"))
