"""The hook for pre-commit: it takes packs, and runs `guard check` over them."""

import re
import shlex
from pathlib import Path

import yaml
from click.testing import CliRunner

from guard.cli import cli

ROOT = Path(__file__).resolve().parents[1]
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


def test_it_takes_packs_alone() -> None:
    """Files of a folder `packs`, as pre-commit matches them."""
    wanted = re.compile(HOOK["files"])

    assert wanted.search("packs/ours.yaml")
    assert wanted.search("guard/packs/cis.yaml")
    assert not wanted.search("docs/packs.md")
    assert not wanted.search("Pulumi.dev.yaml")


def test_it_brings_the_command() -> None:
    """The extra that it installs is the one that has the command's packages."""
    assert HOOK["additional_dependencies"] == [".[cli]"]
    assert re.search(r"^cli = \[.*click", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)


def test_it_checks_each_file(tmp_path: Path) -> None:
    """Its entry with file names behind it: 0 for a clean pack, 1 for one with an error in it, which is named."""
    broken = tmp_path / "broken.yaml"
    broken.write_text("title: Broken\nrules:\n  - id: nothing\n    title: Nothing\n")
    name, *words = shlex.split(HOOK["entry"])

    clean = CliRunner().invoke(cli, [*words, str(ROOT / "guard/packs/essentials.yaml")])
    wrong = CliRunner().invoke(cli, [*words, str(ROOT / "guard/packs/essentials.yaml"), str(broken)])

    assert (name, clean.exit_code, wrong.exit_code) == ("guard", 0, 1)
    assert f"{broken}:3:5: error" in wrong.output
