"""What `pip install` brings: the packs, the type information, and no more than requirements.txt asks for."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = ("guard", "pyproject.toml", "requirements.txt", "README.md", "LICENSE")
# A program that uses the wheel, each line with the fault that a type checker finds in it.
CONSUMER = """
import pulumi
from guard import AccountGuard, AccountGuardArgs, AuditTrail, RuleAlarms

args: AccountGuardArgs = {"emails": ["security@example.com"]}
made = AccountGuard("guard", {"emails": ["security@example.com"]})
name: pulumi.Output[str] = made.log_group
AccountGuard("later", {"emails": [name], "tags": {"log": name}}, pulumi.ResourceOptions(protect=True))
AccountGuard("key", {"email": ["security@example.com"]})  # typeddict-unknown-key
AccountGuard("type", {"retention_days": "long"})  # typeddict-item
AuditTrail("trail", {"retention_days": name})  # typeddict-item
RuleAlarms("alarms", {"log_group": name})
RuleAlarms("missing", {})  # typeddict-item
made.nothing  # attr-defined
"""
MYPY = """
[mypy]
strict = true
[mypy-pulumi_aws.*]
follow_imports = skip
"""
UNWANTED = shutil.ignore_patterns("__pycache__", "*.pyc")


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """A command's exit code and what it said."""
    own = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(command, cwd=cwd, env=own, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an sdist and of the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("project")
    for part in map(ROOT.joinpath, PARTS):
        if part.is_dir():
            shutil.copytree(part, folder / part.name, ignore=UNWANTED)
        else:
            shutil.copy(part, folder)
    done = run(sys.executable, "-m", "build", "--no-isolation", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "dist"


@pytest.fixture(scope="module")
def wheel(dist: Path) -> zipfile.ZipFile:
    """The wheel."""
    return zipfile.ZipFile(next(dist.glob("*.whl")))


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    """What the wheel says of itself."""
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(wheel.read(name).decode())


def test_the_wheel_holds_every_file(wheel: zipfile.ZipFile) -> None:
    """Modules, packs, the sandbox's incident, and `py.typed`."""
    files = {str(path.relative_to(ROOT)) for path in (ROOT / "guard").rglob("*") if path.is_file()}
    wanted = {name for name in files if "__pycache__" not in name}
    assert wanted - set(wheel.namelist()) == set()
    assert "guard/py.typed" in wanted


def test_the_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    """No tests, no root program."""
    assert {name.split("/")[0].partition("-")[0] for name in wheel.namelist()} == {"guard", "account_guard"}


def test_the_wheel_asks_for_what_requirements_name(metadata: Message) -> None:
    """Pulumi, its AWS provider and a YAML reader; everything else is an extra."""
    needed = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    wanted = (ROOT / "requirements.txt").read_text().split()
    assert sorted(map(normal, needed)) == sorted(map(normal, wanted))


def normal(requirement: str) -> tuple[str, ...]:
    """`pulumi>=3.244,<4` whichever way round its bounds are written."""
    name = requirement.partition(">")[0].partition("<")[0]
    return (name.strip(), *sorted(requirement[len(name) :].split(",")))


def test_the_index_would_take_it(dist: Path) -> None:
    """Metadata and README are sound."""
    done = run(sys.executable, "-m", "twine", "check", "--strict", *dist.iterdir())
    assert done.returncode == 0, done.stdout


def test_type_checkers_know_the_components(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """A program that uses the installed wheel: a wrong key, type or name is an error, the rest is none."""
    place = tmp_path / "environment"
    venv.create(place)
    installed = Path(sysconfig.get_path("purelib", vars={"base": str(place)}))
    wheel.extractall(installed)
    (installed / "others.pth").write_text(sysconfig.get_path("purelib"))
    (tmp_path / "program.py").write_text(CONSUMER)
    (tmp_path / "mypy.ini").write_text(MYPY)

    done = run(
        *(sys.executable, "-m", "mypy", "--python-executable", place / "bin" / "python", "program.py"), cwd=tmp_path
    )

    found = re.findall(r"^program.py:(\d+): error: .*\[(.+)\]$", done.stdout, re.MULTILINE)
    lines = [line.rpartition("  # ")[2] if "  # " in line else "" for line in CONSUMER.splitlines()]
    assert found == [(str(number), code) for number, code in enumerate(lines, 1) if code], done.stdout
