"""The tables of what the provider calls: they name every type that the component registers, and calls that exist."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
import pytest

from guard import program
from guard.access import Request, allowed
from guard.grants import provider, scp
from guard.grants.actions import OTHERS
from guard.grants.commands import COMMANDS
from guard.grants.grant import WHEN, Grant, policy
from guard.grants.place import KINDS, Place
from guard.names import Where
from guard.settings.stack import settings_of
from tests.account.live import CONFIG, HERE
from tests.sandbox.deployed import REGION, ROOT

FUNCTION = f"arn:aws:lambda:{REGION}:123456789012:function:page"
FULL: Mapping[str, Any] = {
    **CONFIG,
    "account-guard:objectLock": {"mode": "GOVERNANCE", "days": 30},
    "account-guard:insights": True,
    "account-guard:permissionsBoundary": "arn:aws:iam::123456789012:policy/boundary",
    "account-guard:organization": True,
    "account-guard:overrides": {"root-usage": {"actions": [FUNCTION]}},
}
THEIRS = {key: value for key, value in CONFIG.items() if key != "account-guard:archiveDays"}
STACKS: Mapping[str, Mapping[str, Any]] = {
    "full": FULL,
    "plain": {**CONFIG, "account-guard:encryption": False, "account-guard:accessLogs": False},
    "no dashboard": {**CONFIG, "account-guard:dashboard": False},
    "their bucket": {**THEIRS, "account-guard:bucket": "theirs"},
    "their log group": {**THEIRS, "account-guard:trail": {"logGroup": "/theirs"}},
    "their topic": {**CONFIG, "account-guard:topic": f"arn:aws:sns:{REGION}:123456789012:theirs"},
}
# Actions that no operation bears the name of; what they are for stands in the IAM pages of their service.
ACTIONS_ALONE = {"iam:PassRole", "s3:BypassGovernanceRetention", "s3:DeleteObjectVersion"}
TAGGING = {"s3:TagResource", "s3:UntagResource", "s3:ListTagsForResource"}  # operations of S3 Control


def place(config: Mapping[str, Any]) -> Place:
    """A stack, placed."""
    return Place(settings_of(config, "dev", ROOT), HERE)


@pytest.mark.parametrize("stack", STACKS)
def test_every_type_that_a_stack_registers_is_in_the_table(stack: str) -> None:
    """And no other is taken to be its."""
    deployed = program.run(ROOT, "dev", config=STACKS[stack])
    registered = {one.type for one in deployed.resources if not one.component}
    here = place(STACKS[stack])
    assert {name for name, calls in provider.TYPES.items() if WHEN[calls.write[0].when](here)} == registered


def grants() -> Iterator[Grant]:
    """Every grant of every table."""
    for table in COMMANDS.values():
        yield from table
    yield from provider.deploy()
    yield from scp.HANDS_OFF


@cache
def operations(service: str) -> frozenset[str]:
    """What botocore knows of a service."""
    return frozenset(botocore.session.get_session().get_service_model(service).operation_names)


def test_every_operation_exists() -> None:
    """Under the name that botocore has for it, of services and kinds that are known."""
    named = {f"{one.service}:{operation}" for one in grants() for operation in one.operations}
    unknown = {name for name in named if name.split(":")[1] not in operations(name.split(":")[0])}
    assert unknown == ACTIONS_ALONE | TAGGING
    assert {one.on for one in grants()} <= KINDS.keys()
    assert {one.when for one in grants()} <= WHEN.keys()


def test_every_other_name_is_of_an_operation_that_is_used() -> None:
    """The table of differing names holds no leftovers."""
    named = {f"{one.service}:{operation}" for one in grants() for operation in one.operations}
    assert OTHERS.keys() - named == set()


def test_a_preview_writes_nothing() -> None:
    """Its actions read."""
    found = policy(place(FULL), provider.preview())
    verbs = ("Get", "List", "Describe")
    odd = [
        action for one in found["Statement"] for action in one["Action"] if not action.split(":")[1].startswith(verbs)
    ]
    assert odd == []


@pytest.mark.parametrize("stack", STACKS)
def test_policies_are_well_formed(stack: str) -> None:
    """Distinct letters-only Sids, resources that are there, shorter than the 6,144 characters of a managed policy."""
    at = place(STACKS[stack])
    for made in (policy(at, provider.deploy()), *(policy(at, table) for table in COMMANDS.values())):
        sids = [one["Sid"] for one in made["Statement"]]
        assert len(sids) == len(set(sids))
        assert all(sid.isalnum() for sid in sids)
        assert all(one["Action"] and one["Resource"] and one["Effect"] == "Allow" for one in made["Statement"])
        assert len(json.dumps(made, separators=(",", ":"))) <= 6144


def test_other_partitions_have_arns_of_their_own() -> None:
    """A stack in China is told so."""
    at = Place(settings_of(FULL, "dev", ROOT), Where("aws-cn", "cn-north-1", "123456789012"))
    made = policy(at, [one for one in provider.deploy() if one.on != "functions"])
    arns = [arn for one in made["Statement"] for arn in one["Resource"] if arn != "*"]
    assert {arn.split(":")[1] for arn in arns} == {"aws-cn"}


def test_services_of_other_partitions_have_other_suffixes() -> None:
    """Whoever drills in China publishes through a service whose name ends in .cn there."""
    at = Place(settings_of(FULL, "dev", ROOT), Where("aws-cn", "cn-north-1", "123456789012"))
    via = {"kms:ViaService": "sns.cn-north-1.amazonaws.com.cn"}
    asked = Request({"AWS": at.arns("role")[0]}, "kms:Decrypt", at.where.arn("kms", "key/1"), via)
    assert allowed([policy(at, COMMANDS["drill"])], asked)
