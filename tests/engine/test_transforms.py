"""A stack's transforms reach what is within the component; only the real engine runs them."""

import re
from typing import Any

import pytest

from tests.engine.harness import ROOT, Project

PAGE = (ROOT / "docs" / "reuse.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made(project: Project) -> list[dict[str, Any]]:
    """What the page's own program makes."""
    shown = [block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "transform" in block]
    assert len(shown) == 1
    project.write(program=shown[0])
    return project.up()


def inputs(made: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The inputs of everything of a type."""
    return [line["inputs"] for line in made if line["type"] == kind]


def test_a_transform_adds_a_tag_to_the_components_buckets(made: list[dict[str, Any]]) -> None:
    """Both of them, two levels down."""
    assert [one["tags"] for one in inputs(made, "aws:s3/bucket:Bucket")] == [{"data-class": "audit"}] * 2


def test_a_transform_sets_what_no_argument_does(made: list[dict[str, Any]]) -> None:
    """And leaves the rest of the key as the component wants it."""
    keys = inputs(made, "aws:kms/key:Key")
    assert [(one["multiRegion"], one["enableKeyRotation"]) for one in keys] == [(True, True)] * 2


def test_what_a_transform_leaves_alone(made: list[dict[str, Any]]) -> None:
    """Is as it was: one trail, and an alarm for each rule."""
    assert [one["name"] for one in inputs(made, "aws:cloudtrail/trail:Trail")] == ["guard"]
    assert not [one for one in inputs(made, "aws:cloudwatch/metricAlarm:MetricAlarm") if "data-class" in str(one)]
