"""The plans of a fleet: equal stacks planned once, odd ones by themselves, a broken one told."""

import shutil
from pathlib import Path

import pytest

from guard.fleet.plans import alike, plans
from guard.plan import Plan, plan_of
from guard.plan.config import Config
from tests.fleet.listed import ROOT, fleet

EVENTS = 1_000_000
ALIKE = "".join(f'- {{account: "11112222333{n}", region: eu-west-1}}\n' for n in range(4))
ALIKE += '- {account: "111122223334", region: eu-west-1, stack: the-one-with-the-longest-name}\n'
MIXED = """
- {account: "111122223333", region: eu-west-1}
- {account: "444455556666", region: us-east-1, config: {emails: [nobody]}}
- {account: "777788889999", region: us-east-1, config: {packs: [cis]}}
"""


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stacks whose program is run, as it happens."""
    made: list[str] = []

    def noted(config: Config, root: Path, stack: str, events: int) -> Plan:
        made.append(stack)
        return plan_of(config, root, stack, events)

    monkeypatch.setattr("guard.fleet.plans.plan_of", noted)
    return made


def test_equal_stacks_are_planned_twice_and_agree(tmp_path: Path, counted: list[str]) -> None:
    """Five accounts of one config and region: two programs run, five plans come of it."""
    found = plans(fleet(tmp_path, ALIKE), ROOT, EVENTS, jobs=1)

    assert len(counted) == 2
    assert [one.account.account for one in found] == [f"11112222333{n}" for n in range(5)]
    assert found[0].result
    assert found[0].result.alarms > 10
    assert {one.result for one in found} == {found[0].result}


def test_a_program_that_asks_for_its_stack_is_planned_for_each(tmp_path: Path, counted: list[str]) -> None:
    """Where two of a group differ, nothing is taken from another."""
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    program = (ROOT / "__main__.py").read_text()
    odd = (
        'import pulumi_aws\nif pulumi.get_stack().startswith("the-"):\n    pulumi_aws.sns.Topic("more", name="more")\n'
    )
    (tmp_path / "__main__.py").write_text(f"{program}\n{odd}")

    found = plans(fleet(tmp_path, ALIKE, root=tmp_path), tmp_path, EVENTS, jobs=1)

    assert len(counted) == 5
    first, *others, last = [one.result.resources if one.result else 0 for one in found]
    assert (others, last) == ([first] * 3, first + 1)


def test_one_accounts_failure_stops_no_other(tmp_path: Path) -> None:
    """Plans in two processes: the account with a bad address is told, with its place; the others are planned."""
    first, broken, last = plans(fleet(tmp_path, MIXED), ROOT, EVENTS, jobs=2)

    assert first.result
    assert last.result
    assert first.result.alarms != last.result.alarms
    assert broken.result is None
    assert "accounts.yaml:3:66: 444455556666-us-east-1: emails[0]: 'nobody' is no e-mail address" in broken.error


def test_what_a_program_raises_is_told(tmp_path: Path) -> None:
    """An exception of the stack's own program is that stack's failure, without a traceback."""
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "__main__.py").write_text("raise KeyError('vpc')\n")

    found = plans(fleet(tmp_path, MIXED, root=tmp_path), tmp_path, EVENTS, jobs=1)

    told = [one.error for one in found if "nobody" not in one.error]
    assert len(told) == 2
    assert all("__main__.py:1: KeyError: 'vpc'" in one for one in told)


def test_another_region_is_another_group(tmp_path: Path) -> None:
    """Config and region must be equal; the account need not be."""
    elsewhere = '- {account: "111122223335", region: us-east-1}\n'

    groups = alike(fleet(tmp_path, ALIKE + elsewhere).stacks)

    assert sorted(map(len, groups)) == [1, 5]
