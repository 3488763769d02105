"""The list of accounts: a YAML file, checked; every fault at once, with its place."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guard.rules.fields import WRONG, Keys, form, odd
from guard.rules.model import EMPTY, Place
from guard.rules.values import Faults, Value
from guard.rules.yamlfile import read as read_yaml

ACCOUNT = r"[0-9]{12}"
REGION = r"[a-z]{2}(-[a-z]+)+-[0-9]"
ROLE = r"arn:[a-z-]+:iam::[0-9]{12}:role/[\w+=,.@/-]+|[\w+=,.@-]{1,64}"
REQUIRED = frozenset({"account", "region"})
STACK = r"[A-Za-z0-9_.-]{1,100}"


@dataclass(frozen=True, slots=True)
class Account:
    """One account and region to guard. `role` is the ARN to assume there, or "" for the caller's own
    credentials; `config` holds the config keys that differ from the base stack's.
    """

    account: str
    region: str
    stack: str
    role: str = ""
    config: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    place: Place = Place("")


def read(path: Path) -> tuple[Account, ...]:
    """The accounts of a YAML list, in its order. Raises RuleError with every fault."""
    faults = Faults()
    document = read_yaml(path, str(path), faults)
    accounts: tuple[Account, ...] = ()
    if document is not None:
        odd(document, faults)
        accounts = tuple(each(document, faults))
        unique(accounts, faults)
    faults.stop()
    return accounts


def each(document: Value, faults: Faults) -> Iterator[Account]:
    """The accounts that could be read."""
    if not isinstance(document.data, list) or not document.data:
        faults.note(document.place, "is no list of accounts", "write a list: `- {account: ..., region: ...}`")
        return
    for number, item in enumerate(document.data):
        found = KEYS.read(item, f"account {number + 1}", faults)
        if found is not None and found.keys() >= REQUIRED:
            yield make(found, item.place)


def make(found: Mapping[str, Any], place: Place) -> Account:
    """The account; the stack is named for account and region where no name is given."""
    partition = "aws-cn" if found["region"].startswith("cn-") else "aws"
    partition = "aws-us-gov" if found["region"].startswith("us-gov-") else partition
    role = found.get("role", "")
    if role and not role.startswith("arn:"):
        role = f"arn:{partition}:iam::{found['account']}:role/{role}"
    stack = found.get("stack", f"{found['account']}-{found['region']}")
    return Account(found["account"], found["region"], stack, role, found.get("config", EMPTY), place)


def unique(accounts: tuple[Account, ...], faults: Faults) -> None:
    """Note a stack that is there twice: it would be deployed into two accounts in turn."""
    count = Counter(account.stack for account in accounts)
    for account in accounts:
        if count[account.stack] > 1:
            faults.note(account.place, f"the stack '{account.stack}' is there twice", "give each a name: `stack:`")


def config(value: Value, name: str, faults: Faults) -> Any:
    """Config keys and their values."""
    if isinstance(value.data, dict):
        return value.plain
    faults.note(value.place, f"'{name}' is no map", "write config keys and values, as in Pulumi.<stack>.yaml")
    return WRONG


KEYS = Keys(
    {
        "account": form(ACCOUNT, 'the 12 digits in quotes, such as "111122223333"'),
        "region": form(REGION, "a region, such as eu-west-1"),
        "role": form(ROLE, "a role's ARN, or its name"),
        "stack": form(STACK, "letters, digits, '_', '.' and '-'"),
        "config": config,
    },
    required=REQUIRED,
)
