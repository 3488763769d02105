"""A component under an explicit provider of another account, region and partition."""

import json
import re
from typing import Any

import pytest

from tests.engine.harness import Project

PROGRAM = """
import pulumi
import pulumi_aws as aws
from guard import AccountGuard

for name, (region, account) in %s.items():
    provider = aws.Provider(name, region=region, allowed_account_ids=[account])
    AccountGuard(
        name,
        {"emails": ["a@example.com"], "packs": ["essentials"]},
        pulumi.ResourceOptions(provider=provider),
    )
"""
PLACES = {
    "china": ("cn-north-1", "222222222222"),
    "gov": ("us-gov-west-1", "333333333333"),
    "other": ("ap-south-1", "444444444444"),
}
PARTITION = {"china": "aws-cn", "gov": "aws-us-gov", "other": "aws"}
ARN = re.compile(r"arn:([\w-]*):([\w-]*):([\w-]*):(\d*):")


@pytest.fixture(scope="module")
def made(project: Project) -> list[dict[str, Any]]:
    """Three guards, deployed at once into three partitions."""
    project.write(program=PROGRAM % json.dumps(PLACES))
    return project.up()


def arns(made: list[dict[str, Any]], name: str) -> set[tuple[str, ...]]:
    """Partition, service, region and account of each ARN in what one guard's resources were made with."""
    region = PLACES[name][0]
    texts = [json.dumps(line["inputs"]) for line in made if line["region"] == region]
    return {found for text in texts for found in ARN.findall(text)}


@pytest.mark.parametrize("name", PLACES)
def test_everything_is_made_by_that_provider(made: list[dict[str, Any]], name: str) -> None:
    """Trail, bucket, filters: each guard has all of its own."""
    region, account = PLACES[name]
    mine = [line for line in made if line["region"] == region]

    assert {line["account"] for line in mine} == {account}
    assert len(mine) == len(made) / len(PLACES)


@pytest.mark.parametrize("name", PLACES)
def test_every_arn_is_of_that_partition(made: list[dict[str, Any]], name: str) -> None:
    """In policies, key policies, actions: nowhere another partition."""
    assert {partition for partition, *_ in arns(made, name)} == {PARTITION[name]}


@pytest.mark.parametrize("name", PLACES)
def test_every_arn_is_of_that_account_and_region(made: list[dict[str, Any]], name: str) -> None:
    """Global services have no region in their ARN, buckets no account."""
    region, account = PLACES[name]

    assert {found for _, _, found, _ in arns(made, name)} <= {region, "", "*"}
    assert {found for *_, found in arns(made, name)} <= {account, ""}


def test_no_account_of_another(made: list[dict[str, Any]]) -> None:
    """Conditions on accounts name the provider's own."""
    for region, account in PLACES.values():
        texts = [json.dumps(line["inputs"]) for line in made if line["region"] == region]
        assert set(re.findall(r"\b\d{12}\b", "".join(texts))) <= {account}
