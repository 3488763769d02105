"""What users build on, as lines: `python -m tests.surface` writes them to surface.json, `--check` compares.

docs/releases.md says what of it is breaking. A line that goes or changes is; a new one is none.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
import yaml
from click.testing import CliRunner

import guard
from guard import pattern, rules, settings
from guard.cli import cli
from guard.sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "surface.json"
KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
LIST = '- {account: "123456789012", region: eu-west-1, stack: dev}\n'
# Maps in JSON output whose keys are names of the user's; "*" stands for each.
NAMED = {"topics", "resources", "settings", "config", "principals", "sources", "names", "unseen"}


def surface(folder: Path) -> dict[str, list[str]]:
    """Everything, sorted; `folder` takes files that are needed on the way."""
    made = {
        "command line": options(cli, "guard"),
        "config": config(),
        "exports": exports(),
        "json": output(folder),
        "python": names(),
        "rules": shipped(),
    }
    return {name: sorted(set(lines)) for name, lines in made.items()}


def options(command: click.Command, name: str) -> Iterator[str]:
    """Each command, each of its options and the words that an option takes."""
    yield name
    for one in command.params:
        for flag in one.opts if isinstance(one, click.Option) else [one.human_readable_name]:
            yield f"{name} {flag}"
            if isinstance(one.type, click.Choice):
                yield from (f"{name} {flag} {word}" for word in one.type.choices)
    context = click.Context(command)
    for child in command.list_commands(context) if isinstance(command, click.Group) else ():
        found = command.get_command(context, child)  # type: ignore[attr-defined]
        yield from options(found, f"{name} {child}")


def config() -> Iterator[str]:
    """Each config key with type and default."""
    keys = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    for key, entry in keys.items():
        default = f" = {json.dumps(entry['default'])}" if "default" in entry else ""
        yield f"{key}: {entry['type']}{default}"


def exports() -> Iterator[str]:
    """What the root program exports."""
    for line in (ROOT / "__main__.py").read_text().splitlines():
        if line.startswith('pulumi.export("'):
            yield line.split('"')[1]


def names() -> Iterator[str]:
    """What `__all__` names."""
    for module in (guard, pattern, rules, settings):
        yield from (f"{module.__name__}.{name}" for name in module.__all__)


def shipped() -> Iterator[str]:
    """Each shipped rule: pack, id, severity, when it rings."""
    for pack in rules.load(rules.shipped()).packs:
        for rule in pack.rules:
            alarm = rule.alarm
            yield f"{pack.name} {rule.id}: {rule.severity}, {alarm.threshold} in {alarm.period} s"


def output(folder: Path) -> Iterator[str]:
    """Each field of each command's JSON, over the worked stack in the sandbox."""
    (folder / "accounts.yaml").write_text(LIST)
    (folder / "event.json").write_text('{"userIdentity": {"type": "Root"}, "eventType": "AwsApiCall"}')
    fleet = ["--accounts", str(folder / "accounts.yaml"), "--base", "dev"]
    runs = {
        "plan": [],
        "check": ["essentials"],
        "rules": [],
        "backtest": ["guard/sandbox/incident.jsonl"],
        "explain": ["root-usage", str(folder / "event.json")],
        "verify": [],
        "confirm": ["--status"],
        "fleet matrix": fleet,
        "fleet plan": [*fleet, "--jobs", "1"],
        "fleet verify": [*fleet, "--jobs", "1"],
    }
    with chdir(ROOT), Sandbox() as aws, patch.dict(os.environ, KEYS):
        aws.deploy(ROOT, "dev")
        for command, words in runs.items():
            result = CliRunner().invoke(cli, [*command.split(), *words, "--format", "json"], catch_exceptions=False)
            yield from (f"guard {command}: {path}" for path in fields(json.loads(result.stdout), ""))


@contextmanager
def chdir(folder: Path) -> Iterator[None]:
    """The folder as working directory; contextlib has it from Python 3.11 on."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def fields(value: Any, path: str) -> Iterator[str]:
    """The path of each leaf with its type; what is null or empty says nothing of it."""
    if isinstance(value, Mapping):
        named = path.rsplit(".", 1)[-1].rstrip("[]") in NAMED
        for key, inner in value.items():
            yield from fields(inner, f"{path}.{'*' if named else key}".removeprefix("."))
    elif isinstance(value, list):
        for inner in value:
            yield from fields(inner, f"{path}[]")
    elif value is not None:
        kinds = {bool: "boolean", str: "text", int: "number", float: "number"}
        yield f"{path} {kinds[type(value)]}"


def removed(before: Mapping[str, list[str]], now: Mapping[str, list[str]]) -> list[str]:
    """The lines that are gone."""
    return [f"{name}: {line}" for name in before for line in sorted(set(before[name]) - set(now.get(name, ())))]


def main() -> None:
    """Write the lines, or compare."""
    with tempfile.TemporaryDirectory() as folder:
        now = surface(Path(folder))
    if "--check" not in sys.argv:
        GOLDEN.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    elif json.loads(GOLDEN.read_text(encoding="utf-8")) != now:
        sys.exit("tests/surface.json is out of date: make surface, and read the difference")


if __name__ == "__main__":
    main()
