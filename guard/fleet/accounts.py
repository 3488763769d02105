"""The list of accounts: a YAML file, checked; every fault at once, with its place."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guard.names import partition
from guard.rules.arns import ACCOUNT, REGION
from guard.rules.fields import WRONG, Keys, form, odd, whole
from guard.rules.model import Place
from guard.rules.values import Faults, Value
from guard.rules.yamlfile import read as read_yaml

ROLE = r"(arn:[a-z-]+:iam::[0-9]{12}:role/)?([\w+=,.@-]+/)*[\w+=,.@-]{1,64}"  # a name may have a path before it
STACK = r"[A-Za-z0-9][A-Za-z0-9-]{0,48}"  # topics bear it, behind the project's name
BOUND = frozenset({"aws:allowedAccountIds", "aws:region"})  # config keys that the entry itself sets
REQUIRED = frozenset({"account", "region"})
EXAMPLE = '- {account: "111122223333", region: eu-west-1, role: guard-deploy}'


@dataclass(frozen=True, slots=True)
class Account:
    """One account and region to guard. `role` is the ARN to assume there, or "" for the caller's own
    credentials; `wave` says when it is deployed, 1 first; `config` holds the config keys that differ from
    the base stack's, with their places.
    """

    account: str
    region: str
    stack: str
    role: str = ""
    wave: int = 1
    config: Value = field(default_factory=lambda: Value({}, Place("")))
    place: Place = Place("")

    def role_named(self, name: str) -> str:
        """The ARN of a role of the account."""
        return role_arn(name, self.account, self.region)


def read(path: Path) -> tuple[Account, ...]:
    """The accounts of a YAML list, in its order. Raises RuleError with every fault."""
    faults = Faults()
    document = read_yaml(path, str(path), faults, f"one account a line: {EXAMPLE}")
    accounts: tuple[Account, ...] = ()
    if document is not None:
        odd(document, faults)
        accounts = tuple(each(document, faults))
        role_elsewhere(accounts, faults)
        unique(accounts, faults)
    faults.stop()
    return accounts


def each(document: Value, faults: Faults) -> Iterator[Account]:
    """The accounts that could be read."""
    if not isinstance(document.data, list) or not document.data:
        faults.note(document.place, "is no list of accounts", f"write one account a line: {EXAMPLE}")
        return
    for number, item in enumerate(document.data):
        found = KEYS.read(item, f"account {number + 1}", faults)
        if found is not None and found.keys() >= REQUIRED:
            yield make(found, item.place)


def make(found: Mapping[str, Any], place: Place) -> Account:
    """The account; the stack is named for account and region where no name is given."""
    name = found.get("stack", f"{found['account']}-{found['region']}")
    role = role_arn(found["role"], found["account"], found["region"]) if "role" in found else ""
    more = {key: found[key] for key in ("wave", "config") if key in found}
    return Account(found["account"], found["region"], name, role, place=place, **more)


def role_arn(role: str, account: str, region: str) -> str:
    """A role's ARN, of its ARN or of its name in an account."""
    return role if role.startswith("arn:") else f"arn:{partition(region)}:iam::{account}:role/{role}"


def role_elsewhere(accounts: tuple[Account, ...], faults: Faults) -> None:
    """Note a role of another account or partition: whoever assumes it deploys there."""
    for one in accounts:
        if one.role and not one.role.startswith(one.role_named("")):
            what = f"the role {one.role} is not one of account {one.account} in {one.region}"
            faults.note(one.place, what, "name a role of the account itself")


def unique(accounts: tuple[Account, ...], faults: Faults) -> None:
    """Note what is there twice: a place would have two trails, a stack would be deployed into two accounts in
    turn.
    """
    places, stacks = Counter((one.account, one.region) for one in accounts), Counter(one.stack for one in accounts)
    for one in accounts:
        if places[one.account, one.region] > 1:
            faults.note(one.place, f"account {one.account} in {one.region} is there twice", "keep one of them")
        elif stacks[one.stack] > 1:
            faults.note(one.place, f"the stack '{one.stack}' is there twice", "give each a name: `stack:`")


def config(value: Value, name: str, faults: Faults) -> Any:
    """Config keys and their values, as they stand; account and region are not theirs to say."""
    if not isinstance(value.data, dict):
        faults.note(value.place, f"'{name}' is no map", "write config keys and values, as in Pulumi.<stack>.yaml")
        return WRONG
    for key in BOUND & value.data.keys():
        faults.note(value.keys[key], f"'{key}' follows from `account` and `region`", "leave it out")
    return value


KEYS = Keys(
    {
        "account": form(ACCOUNT, 'the 12 digits in quotes, such as "111122223333"'),
        "region": form(REGION, "a region, such as eu-west-1"),
        "role": form(ROLE, "a role's ARN, or its name"),
        "stack": form(STACK, "letters, digits and '-', 49 at most"),
        "wave": whole(1, 100),
        "config": config,
    },
    required=REQUIRED,
)
