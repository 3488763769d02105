"""The list of accounts, and the stacks made of it."""

from pathlib import Path

import pytest

from guard.errors import ConfigError, RuleError
from guard.fleet import accounts, stacks

LIST = """
- account: "111122223333"
  region: eu-west-1
  role: deploy
- account: "444455556666"
  region: cn-north-1
  role: deploy
  stack: china
  config:
    emails: [cn@example.com]
    aws:region: us-east-1
"""

BROKEN = """
- account: 111122223333
  region: europe
- account: "444455556666"
  regoin: eu-west-1
- account: "777788889999"
  region: eu-west-1
- account: "777788889999"
  region: eu-west-1
  config: [none]
"""


def written(path: Path, text: str) -> Path:
    """The text in a file."""
    path.write_text(text)
    return path


def test_an_account_names_its_stack_and_its_role_in_its_partition(tmp_path: Path) -> None:
    """Without a name the stack is account and region; a role's name becomes its ARN."""
    first, second = accounts.read(written(tmp_path / "accounts.yaml", LIST))

    assert (first.stack, first.role) == ("111122223333-eu-west-1", "arn:aws:iam::111122223333:role/deploy")
    assert (second.stack, second.role) == ("china", "arn:aws-cn:iam::444455556666:role/deploy")


def test_every_fault_of_the_list_comes_at_once_with_its_place(tmp_path: Path) -> None:
    """A number for an account, an odd region, a misspelt key, a repeated stack, a config that is no map."""
    path = written(tmp_path / "accounts.yaml", BROKEN)

    with pytest.raises(RuleError) as error:
        accounts.read(path)

    text = str(error.value)
    assert [fault.place.removeprefix(f"{path}:") for fault in error.value.faults] == [
        "2:12",
        "3:11",
        "4:3",
        "5:3",
        "6:3",
        "8:3",
        "10:11",
    ], text
    assert "did you mean 'region'" in text


def test_a_stack_is_bound_to_its_account_and_region(tmp_path: Path) -> None:
    """`allowedAccountIds` and the region win over the base's and the account's own config."""
    base = written(tmp_path / "Pulumi.base.yaml", "config:\n  aws:region: eu-west-1\n  account-guard:packs: [cis]\n")
    _, china = accounts.read(written(tmp_path / "accounts.yaml", LIST))

    config = stacks.stack_config(china, stacks.base_config(base.parent, "base"))

    assert config == {
        "account-guard:emails": ["cn@example.com"],
        "account-guard:packs": ["cis"],
        "aws:allowedAccountIds": ["444455556666"],
        "aws:region": "cn-north-1",
    }


def test_a_missing_base_is_named(tmp_path: Path) -> None:
    """The base stack's file must be there."""
    with pytest.raises(ConfigError, match=r"Pulumi\.none\.yaml: is not there"):
        stacks.base_config(tmp_path, "none")
