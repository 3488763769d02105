"""Fixtures: a guard in the sandbox's AWS, deployed as `guard sandbox` does."""

from collections.abc import Iterator

import pytest

from guard.sandbox.sandbox import Sandbox
from tests.sandbox.deployed import Deployed


@pytest.fixture
def guard() -> Iterator[Deployed]:
    """A guard of one's own, to break."""
    with Sandbox() as aws:
        yield Deployed(aws)


@pytest.fixture(scope="module")
def shared() -> Iterator[Deployed]:
    """A guard to look at."""
    with Sandbox() as aws:
        yield Deployed(aws)
