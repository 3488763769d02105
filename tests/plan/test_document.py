"""A plan as JSON, there and back, and what stays hidden in it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from guard.cli.plan import command
from guard.errors import ConfigError
from guard.plan import Plan, changes, document, mask
from guard.settings.encrypted import PLACEHOLDER
from tests.plan.sample import PLAN

ROOT = Path(__file__).parents[2]


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
    plan = mask.shown(_with(PLACEHOLDER.format(1)), masked=False)
    masked = mask.shown(_with(PLACEHOLDER.format(1)), masked=True)

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


@pytest.mark.parametrize("key", document.SHAPES)
@pytest.mark.parametrize("value", [None, 5, "x"])
def test_a_part_of_another_shape_is_named(key: str, value: object) -> None:
    """Such a base is refused before it is compared."""
    found = {**document.write(PLAN, masked=False), key: value}
    with pytest.raises(ConfigError, match=f"base.json: the plan is broken at '{key}': write it anew"):
        document.read(found, "base.json")


def test_a_base_nested_too_deeply_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As any other file that is no JSON."""
    monkeypatch.chdir(ROOT)
    base = tmp_path / "base.json"
    base.write_text("[" * 100_000)
    error = CliRunner().invoke(command, ["--diff", str(base)]).exception
    assert isinstance(error, ConfigError)
    assert "base.json: no JSON" in str(error)


def _with(address: str) -> Plan:
    return replace(PLAN, topics={"guard-alerts": (address,)})
