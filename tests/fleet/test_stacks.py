"""The stacks of a list: their config, bound to account and region, and the faults of their settings."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from guard.errors import ConfigError
from guard.fleet import files, stacks
from guard.fleet.matrix import JOBS, github
from tests.fleet.listed import ROOT, fleet

FAULTY = """
- {account: "111122223333", region: eu-west-1}
- account: "444455556666"
  region: eu-west-1
  config:
    emails: [cn@example.com, nobody]
    overrides:
      vpc-changes: {alarm: {period: 7}}
"""


def test_a_stack_is_bound_to_its_account_and_region(tmp_path: Path) -> None:
    """The base's config, the account's keys over it, `allowedAccountIds` and the region."""
    found = fleet(tmp_path)

    config = files.config(found.accounts[2], found.base)

    assert config["aws:allowedAccountIds"] == ["444455556666"]
    assert config["aws:region"] == "cn-north-1"
    assert config["account-guard:emails"] == ["cn@example.com"]
    assert config["account-guard:packs"] == ["essentials", "self-protection"]
    assert config["account-guard:retentionDays"] == 90
    china = found.stacks[2].settings
    assert (china.component, china.region, china.retention_days) == ("account-guard-china", "cn-north-1", 90)


def test_every_accounts_faults_are_told_where_they_stand(tmp_path: Path) -> None:
    """A bad override of one account has its file, line and column; so has the account that lacks an address."""
    found = fleet(tmp_path, FAULTY, base="")

    said = [str(fault).removeprefix(str(tmp_path)) for fault in stacks.faults(found)]

    assert [one.split(": ")[:3] for one in said] == [
        ["/accounts.yaml:2:3", "111122223333-eu-west-1", "emails"],
        ["/accounts.yaml:6:30", "444455556666-eu-west-1", "emails[1]"],
        ["/accounts.yaml:8:37", "444455556666-eu-west-1", "overrides.vpc-changes.alarm.period"],
    ]


def test_a_fault_of_what_all_share_is_told_once(tmp_path: Path) -> None:
    """In the base stack's file; and what every account lacks is told of every account."""
    (tmp_path / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    (tmp_path / "Pulumi.base.yaml").write_text("config:\n  emails: [security@example.com]\n  retentionDays: 2\n")

    shared = [str(fault) for fault in stacks.faults(fleet(tmp_path, base="base", root=tmp_path))]
    two = '- {account: "111122223333", region: eu-west-1}\n- {account: "444455556666", region: eu-west-1}'
    lacking = [str(fault) for fault in stacks.faults(fleet(tmp_path, two, base=""))]

    assert [one.split(": CloudWatch")[0] for one in shared] == ["Pulumi.base.yaml: retentionDays"]
    assert len(lacking) == 1
    assert lacking[0].startswith("every account: emails: nobody to mail")
    assert lacking[0].endswith("or name the stack that all share: --base STACK")


def test_a_missing_base_is_named(tmp_path: Path) -> None:
    """The base stack's file must be there."""
    with pytest.raises(ConfigError, match=r"Pulumi\.none\.yaml: no such file"):
        fleet(tmp_path, base="none")


def test_the_files_hold_the_stacks(tmp_path: Path) -> None:
    """Each account's digits stay a text, for the Pulumi CLI too; a second writing changes nothing."""
    found = fleet(tmp_path)

    paths = files.write(found, tmp_path)
    texts = [path.read_text() for path in paths]
    files.write(found, tmp_path)

    assert [path.name for path in paths] == [
        "Pulumi.111122223333-eu-west-1.yaml",
        "Pulumi.012345678901-eu-west-1.yaml",
        "Pulumi.china.yaml",
    ]
    assert "- '012345678901'\n" in texts[1]
    assert [yaml.safe_load(text)["config"] for text in texts] == [
        files.config(account, found.base) for account in found.accounts
    ]
    assert [path.read_text() for path in paths] == texts


def test_the_files_keep_what_encryption_needs(tmp_path: Path) -> None:
    """An encrypted value and its salt come from the base; a salt that a stack has of its own stays."""
    (tmp_path / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    base = {"encryptionsalt": "v1:base", "config": {"account-guard:emails": [{"secure": "v1:x"}]}}
    (tmp_path / "Pulumi.base.yaml").write_text(yaml.safe_dump(base))
    found = fleet(tmp_path, base="base", root=tmp_path)

    first, second, _ = files.write(found, tmp_path)
    second.write_text(second.read_text().replace("v1:base", "v1:own"))
    files.write(found, tmp_path)

    assert yaml.safe_load(first.read_text())["config"]["account-guard:emails"] == [{"secure": "v1:x"}]
    assert yaml.safe_load(first.read_text())["encryptionsalt"] == "v1:base"
    assert yaml.safe_load(second.read_text())["encryptionsalt"] == "v1:own"


def test_a_file_of_an_entry_that_is_gone(tmp_path: Path) -> None:
    """Is left over, which other files of the folder are not."""
    (tmp_path / "Pulumi.mine.yaml").write_text("config: {}\n")
    found = fleet(tmp_path)
    files.write(found, tmp_path)

    assert files.left(found, tmp_path) == []
    assert files.left(replace(found, accounts=found.accounts[1:]), tmp_path) == ["Pulumi.111122223333-eu-west-1.yaml"]


def test_a_file_written_by_hand_stays(tmp_path: Path) -> None:
    """Nothing is written where one stack's file is somebody's own."""
    (tmp_path / "Pulumi.china.yaml").write_text("config: {}\n")

    with pytest.raises(ConfigError, match=r"Pulumi\.china\.yaml: is there, and was written by hand"):
        files.write(fleet(tmp_path), tmp_path)

    assert not (tmp_path / "Pulumi.111122223333-eu-west-1.yaml").exists()


def test_the_matrix_runs_wave_by_wave(tmp_path: Path) -> None:
    """One entry a batch, whose own matrix has a job for each stack: where it goes and the role that takes it there."""
    first, second = github(fleet(tmp_path).accounts)["include"]

    assert (first["batch"], [one["stack"] for one in first["stacks"]["include"]]) == (
        "wave 1",
        ["111122223333-eu-west-1", "china"],
    )
    assert second["stacks"]["include"] == [
        {
            "stack": "012345678901-eu-west-1",
            "account": "012345678901",
            "region": "eu-west-1",
            "role": "arn:aws:iam::012345678901:role/guard-deploy",
        }
    ]


def test_no_matrix_is_larger_than_github_takes(tmp_path: Path) -> None:
    """600 stacks of one wave are three batches, each stack in one of them."""
    text = "".join(f'- {{account: "{number:012}", region: eu-west-1}}\n' for number in range(600))

    batches = github(fleet(tmp_path, text).accounts, role="guard-read")["include"]

    sizes = [len(one["stacks"]["include"]) for one in batches]
    assert (sizes, [one["batch"] for one in batches][1]) == ([256, 256, 88], "wave 1, part 2 of 3")
    assert max(sizes) <= JOBS
    assert len({entry["stack"] for one in batches for entry in one["stacks"]["include"]}) == 600
    assert "arn:aws:iam::000000000599:role/guard-read" in json.dumps(batches[2])
