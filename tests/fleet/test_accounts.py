"""The list of accounts: what an entry means, and every fault of it."""

from pathlib import Path

import pytest

from guard.errors import RuleError
from guard.fleet import accounts
from tests.fleet.listed import ROOT, written
from tests.pages import fenced

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
PLACES = ["2:12", "3:11", "4:3", "5:3", "6:3", "8:3", "10:11"]

# entry -> what is said of it
ODD = {
    '- {account: "111122223333", region: eu-west-1, role: "arn:aws:iam::444455556666:role/deploy"}': (
        "is not one of account 111122223333 in eu-west-1"
    ),
    '- {account: "111122223333", region: cn-north-1, role: "arn:aws:iam::111122223333:role/deploy"}': (
        "is not one of account 111122223333 in cn-north-1"
    ),
    "".join(f'- {{account: "{n}11122223333", region: eu-west-1, stack: a}}\n' for n in (1, 2)): (
        "1:3: the stack 'a' is there twice: give each a name"
    ),
    '- {account: "111122223333", region: eu-west-1}\n- {account: "111122223333", region: eu-west-1, stack: b}': (
        "2:3: account 111122223333 in eu-west-1 is there twice"
    ),
    '- {account: "111122223333", region: eu-west-1, config: {"aws:region": us-east-1}}': (
        "'aws:region' follows from `account` and `region`: leave it out"
    ),
    '- {account: "111122223333", region: eu-west-1, stack: my_stack}': "letters, digits and '-', 49 at most",
    '- {account: "111122223333", region: eu-west-1, wave: 0}': "a whole number from 1 to 100",
    "account: 1": "is no list of accounts: write one account a line",
    "[]": "is no list of accounts: write one account a line",
}


def test_an_account_names_its_stack_and_its_role_in_its_partition(tmp_path: Path) -> None:
    """Without a name the stack is account and region; a role's name becomes its ARN, of the region's partition."""
    first, second, china = accounts.read(written(tmp_path))

    assert (first.stack, first.role) == ("111122223333-eu-west-1", "arn:aws:iam::111122223333:role/guard-deploy")
    assert (first.wave, second.wave) == (1, 2)
    assert (china.stack, china.role) == ("china", "")
    assert china.role_named("guard-verify") == "arn:aws-cn:iam::444455556666:role/guard-verify"


def test_every_fault_of_the_list_comes_at_once_with_its_place(tmp_path: Path) -> None:
    """A number for an account, an odd region, a misspelt key, a repeated account, a config that is no map."""
    path = written(tmp_path, BROKEN)

    with pytest.raises(RuleError) as error:
        accounts.read(path)

    assert [fault.place.removeprefix(f"{path}:") for fault in error.value.faults] == PLACES, str(error.value)
    assert "did you mean 'region'" in str(error.value)


@pytest.mark.parametrize(("text", "said"), ODD.items(), ids=ODD.values())
def test_what_would_go_wrong_later_is_told_now(tmp_path: Path, text: str, said: str) -> None:
    """A role elsewhere, two of one name or place, a stack that cannot be named so."""
    with pytest.raises(RuleError) as error:
        accounts.read(written(tmp_path, text))

    assert said in str(error.value)


def test_an_empty_list_is_told(tmp_path: Path) -> None:
    """So is a list that is not there."""
    with pytest.raises(RuleError, match="is empty: write one account a line"):
        accounts.read(written(tmp_path, ""))
    with pytest.raises(RuleError, match="cannot be read"):
        accounts.read(tmp_path / "none.yaml")


def test_the_list_of_the_docs_is_one(tmp_path: Path) -> None:
    """docs/many-accounts.md shows a list that is taken, with every key but none more."""
    (block,) = fenced(ROOT / "docs/many-accounts.md", "yaml")
    first, *_, last = accounts.read(written(tmp_path, block))

    assert (first.wave, last.stack, last.role_named("x")) == (1, "gov", "arn:aws-us-gov:iam::777788889999:role/x")
    assert all(f"{key}:" in block for key in accounts.KEYS.readers)
