"""A stack's config as the engine reads it, its secrets and environments through the CLI where that is."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from guard.settings import PROJECT, stack_config
from guard.settings.encrypted import is_secure, readable
from guard.settings.stack import document

SECONDS = 60
ADDRESSES = (f"{PROJECT}:emails", f"{PROJECT}:recipients")


@dataclass(frozen=True, slots=True)
class Config:
    """A stack's config: `project:key` -> value, which keys are secret, and what could not be read."""

    values: Mapping[str, Any]
    secret: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def secret_addresses(self) -> bool:
        """Whether the addresses are secret."""
        return bool(self.secret & set(ADDRESSES))

    def own(self) -> dict[str, Any]:
        """The project's own keys, without the project's name."""
        prefix = f"{PROJECT}:"
        return {key.removeprefix(prefix): value for key, value in self.values.items() if key.startswith(prefix)}


def read(root: Path, stack: str) -> Config:
    """The config of a stack of the project in `root`. Raises ConfigError."""
    values = stack_config(root, stack)
    environment = document(root / f"Pulumi.{stack}.yaml").get("environment")
    if not environment and not any(map(is_secure, values.values())):
        return Config(values)
    answer = _ask(root, stack)
    if isinstance(answer, str):
        return _without_cli(values, environment, answer)
    return Config({**values, **answer.values}, answer.secret)


def _ask(root: Path, stack: str) -> Config | str:
    """What the CLI reads, or why it does not."""
    if not shutil.which("pulumi"):
        return "the Pulumi CLI is not on the PATH"
    command = ["pulumi", "config", "--json", "--show-secrets", "--stack", stack, "--non-interactive"]
    try:
        run = subprocess.run(  # noqa: S603 - a fixed command
            command, cwd=root, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"pulumi config gave no answer in {SECONDS} s"
    if run.returncode:
        return (run.stderr.strip().splitlines() or ["pulumi config failed"])[-1]
    entries = json.loads(run.stdout)
    values = {key: entry.get("objectValue", _scalar(entry.get("value"))) for key, entry in entries.items()}
    return Config(values, frozenset(key for key, entry in entries.items() if entry.get("secret")))


def _scalar(value: Any) -> Any:
    """The CLI gives every plain value as text; YAML tells numbers and truth values from it."""
    try:
        found = yaml.safe_load(value) if isinstance(value, str) else value
    except yaml.YAMLError:
        return value
    return found if isinstance(found, (bool, int, list, dict)) else value


def _without_cli(values: Mapping[str, Any], environment: Any, why: str) -> Config:
    """The config with a placeholder for each encrypted address; other encrypted keys are left out."""
    found = readable(values, f"{PROJECT}:")
    hidden = [key for key, value in values.items() if is_secure(value)]
    notes = [
        f"config key '{key}' is secret and not read ({why}): its default is taken" for key in hidden if key not in found
    ]
    notes += [f"secret addresses are not read ({why})"] if found.keys() & hidden else []
    notes += [f"environment {environment!r} is not read ({why}): its values are missing"] if environment else []
    return Config(found, frozenset(hidden), tuple(notes))
