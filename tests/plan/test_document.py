"""A plan as JSON, there and back, and what stays hidden in it."""

import json
from dataclasses import replace

import pytest

from guard.errors import ConfigError
from guard.plan import Plan, changes, document, mask
from tests.plan.sample import PLAN


def test_a_plan_survives_its_document() -> None:
    """What is read is what was written, addresses and all."""
    text = json.dumps(document.write(PLAN, masked=False))

    assert document.read(json.loads(text), "base.json") == (PLAN, False)


def test_a_masked_document_holds_no_address() -> None:
    """Only the first letter and the domain."""
    text = json.dumps(document.write(mask.shown(PLAN, masked=True), masked=True))

    assert "anna" not in text
    assert "a***@example.com" in text
    assert document.read(json.loads(text), "base.json")[1]


def test_a_secret_address_is_shown_as_secret() -> None:
    """Masked or not."""
    plan = mask.shown(_with(mask.PLACEHOLDER.format(1)), masked=False)
    masked = mask.shown(_with(mask.PLACEHOLDER.format(1)), masked=True)

    assert plan.topics == masked.topics == {"guard-alerts": ("[secret]",)}


def test_changed_recipients_are_masked() -> None:
    """In what is shown of a difference too; the rest is left as it is."""
    found = changes.changes(PLAN, _with("carla@example.org"))

    assert {one.name for one in mask.changed(found)} == {
        "a***@example.com",
        "b***@example.org",
        "c***@example.org",
    }


@pytest.mark.parametrize(
    "found", [None, [], {}, {"format": 99}, {"format": 1}, {"format": 1, "addresses": "shown", "cost": 1}]
)
def test_what_is_no_plan_is_one_message(found: object) -> None:
    """It says how to write one."""
    with pytest.raises(ConfigError, match=r"base.json: .*guard plan --format json"):
        document.read(found, "base.json")


def _with(address: str) -> Plan:
    return replace(PLAN, topics={"guard-alerts": (address,)})
