"""A new stack for a test; without the Pulumi CLI its tests skip and say so."""

from pathlib import Path

import pytest

from tests.engine import harness


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PULUMI_HOME that holds the AWS stand-in."""
    if not harness.available():
        pytest.skip("the Pulumi CLI (pulumi, pulumi-language-python) is not on the PATH")
    folder = tmp_path_factory.mktemp("home")
    harness.install(folder)
    return folder


@pytest.fixture(scope="module")
def project(home: Path, tmp_path_factory: pytest.TempPathFactory) -> harness.Project:
    """A stack that a module's tests share."""
    return harness.create(tmp_path_factory.mktemp("project"), home)
