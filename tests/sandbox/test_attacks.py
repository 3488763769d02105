"""Attacks on a guard whose log works on: each is noticed, and told."""

from collections.abc import Iterator

import pytest

from guard.sandbox.sandbox import Sandbox
from tests.sandbox.attacks import ATTACKS, Guard, noticed


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    """One guard for all of them: each breaks another part of it."""
    with Sandbox() as aws:
        yield Guard(aws)


@pytest.mark.parametrize("attack", [name for name, one in ATTACKS.items() if not one.get("alone")])
def test_an_attack_is_noticed(guard: Guard, attack: str) -> None:
    """By the alarms of attacks.yaml at once, by the heartbeat in hours where the log is cut, by verify."""
    noticed(guard, ATTACKS[attack])
