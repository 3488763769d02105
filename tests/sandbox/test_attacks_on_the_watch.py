"""Attacks on the log, or on what watches: each on a guard of its own."""

from collections.abc import Iterator

import pytest

from guard.sandbox.sandbox import Sandbox
from tests.sandbox.attacks import ATTACKS, Guard, noticed


@pytest.fixture
def guard() -> Iterator[Guard]:
    """A guard to break for good."""
    with Sandbox() as aws:
        yield Guard(aws)


@pytest.mark.parametrize("attack", [name for name, one in ATTACKS.items() if one.get("alone")])
def test_an_attack_is_noticed(guard: Guard, attack: str) -> None:
    """By the alarms of attacks.yaml at once, by the heartbeat in hours where the log is cut, by verify."""
    noticed(guard, ATTACKS[attack])
