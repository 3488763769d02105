"""The locked packages: pinned with hashes, one version in both locks, and none from an index of somebody's own."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("dev.txt", "cli.txt")
PIN = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^ ;\\]+)(?P<marker> ; [^\\]+)? \\\n(?P<hashes>(?:    --hash=.+\n)+)",
    re.MULTILINE,
)


def pins(lock: str) -> dict[tuple[str, str], str]:
    """Package and version, with their hashes."""
    return {
        (one["name"], one["version"]): one["hashes"] for one in PIN.finditer((ROOT / "requirements" / lock).read_text())
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes(lock: str) -> None:
    """No line names a package without a version and a hash, an index or an address."""
    text = (ROOT / "requirements" / lock).read_text()
    heads = [line for line in text.splitlines() if line and line[0] not in " #"]

    assert len(heads) == len(pins(lock)) > 30
    assert "://" not in text
    assert "index" not in {line.split()[0].lstrip("-") for line in heads}


def test_what_ci_runs_with_a_role_is_what_is_audited() -> None:
    """Each package of the smaller lock stands in the larger, which `make audit` reads, at the same version."""
    assert pins("cli.txt").keys() <= pins("dev.txt").keys()


def test_no_tool_of_development_runs_with_a_role() -> None:
    """The smaller lock holds what the program and the command need, and no more."""
    names = {name for name, _ in pins("cli.txt")}

    assert {"pulumi", "pulumi-aws", "pyyaml", "click", "boto3"} <= names
    assert not {"pytest", "ruff", "mypy", "moto", "build", "twine"} & names
