"""The schema is what it was, and good for every language."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from guard.component.host import SHAPES
from tests.plugin.schema import GOLDEN, schema

FOUND = schema()
TYPES = {**FOUND["types"], **FOUND["resources"]}


def properties(kind: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The inputs and outputs of a component, or the properties of a type."""
    yield from kind.get("inputProperties", {}).items()
    yield from kind.get("properties", {}).items()


def test_the_schema_is_the_golden_one() -> None:
    """A change breaks programs in other languages; `python -m tests.plugin.schema` takes one on purpose."""
    assert json.loads(GOLDEN.read_text()) == FOUND


@pytest.mark.parametrize("name", TYPES)
def test_everything_is_described(name: str) -> None:
    """Each component, type and property says what it is, in one line: this becomes the SDKs' reference."""
    told = {name: TYPES[name], **dict(properties(TYPES[name]))}
    assert [key for key, one in told.items() if not one.get("description") or "\n" in one["description"]] == []


@pytest.mark.parametrize("component", SHAPES, ids=lambda one: one.__name__)
def test_the_inputs_are_those_that_are_read(component: type) -> None:
    """No key of the args is refused by the settings, and none that they read is missing."""
    inputs = FOUND["resources"][f"guard:index:{component.__name__}"]
    assert inputs["inputProperties"].keys() == SHAPES[component].readers.keys()
    assert inputs["requiredInputs"] == list(SHAPES[component].required)


@pytest.mark.parametrize("name", TYPES)
def test_what_decides_what_is_made_is_plain(name: str) -> None:
    """Numbers, switches, lists and structures are known at once; texts may be outputs, and maps that decide nothing."""
    inputs = TYPES[name].get("inputProperties", TYPES[name].get("properties", {}))
    free = {key for key, one in inputs.items() if one.get("type") != "string" and not one.get("plain")}
    assert free == ({"topics", "values"} if name.endswith(":RuleAlarms") else set())
