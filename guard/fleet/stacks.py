"""A stack for each account: what it is to be, from what all share and what the account's entry adds; checked."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from guard.errors import ConfigError, Fault
from guard.fleet.accounts import BOUND, Account
from guard.plan import config
from guard.rules.model import Place
from guard.rules.values import Value
from guard.settings import PROJECT, Settings
from guard.settings.stack import document, over_defaults, settings_of


@dataclass(frozen=True, slots=True)
class Base:
    """What all stacks share: the base stack's name, "" for none, its file's document, and its config read."""

    name: str
    document: Mapping[str, Any]
    config: config.Config


@dataclass(frozen=True, slots=True)
class Stack:
    """One account's stack: its config, `project:key` -> value with the defaults, and the settings of it."""

    account: Account
    values: Mapping[str, Any]
    settings: Settings

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.account.stack


@dataclass(frozen=True, slots=True)
class Fleet:
    """All accounts, what they share, the stacks of those whose settings were read, and the others' faults."""

    accounts: tuple[Account, ...]
    base: Base
    stacks: tuple[Stack, ...]
    broken: tuple[tuple[Account, Fault], ...]


def read_base(root: Path, name: str) -> Base:
    """The base stack of the project in `root`; only the project's defaults where `name` is "". Raises ConfigError."""
    if not name:
        return Base("", {}, config.Config(over_defaults(root, {})))
    read = config.read(root, name)
    return Base(name, document(root / f"Pulumi.{name}.yaml"), read)


def own_config(account: Account) -> dict[str, Any]:
    """What the account's entry adds: `project:key` -> value, and the account and region that it may touch."""
    given = {key if ":" in key else f"{PROJECT}:{key}": value for key, value in account.config.plain.items()}
    return {**given, "aws:allowedAccountIds": [account.account], "aws:region": account.region}


def make(accounts: Sequence[Account], base: Base, root: Path) -> Fleet:
    """The accounts' stacks, each with settings that were read; equal configs are read once."""
    known: dict[str, Settings | tuple[Fault, ...]] = {}
    stacks: list[Stack] = []
    broken: list[tuple[Account, Fault]] = []
    for account in accounts:
        values = {**base.config.values, **own_config(account)}
        key = json.dumps({name: value for name, value in values.items() if name not in BOUND}, default=str)
        if key not in known:
            known[key] = _settings(values, account, root)
        found = known[key]
        if isinstance(found, Settings):
            mine = replace(found, component=f"{PROJECT}-{account.stack}", region=account.region)
            stacks.append(Stack(account, values, mine))
        else:
            broken += [(account, fault) for fault in sorted(found, key=partial(place, account))]
    return Fleet(tuple(accounts), base, tuple(stacks), tuple(broken))


def _settings(values: Mapping[str, Any], account: Account, root: Path) -> Settings | tuple[Fault, ...]:
    try:
        return settings_of(values, account.stack, root)
    except ConfigError as error:
        return error.faults


def faults(fleet: Fleet) -> Iterator[Fault]:
    """Each fault where its cause stands: in the base stack, missing in every account, or in an account's entry;
    a shared one once.
    """
    shared = Counter(fault for account, fault in fleet.broken if not _wrote(account, fault))
    everywhere = {fault for fault, count in shared.items() if count == len(fleet.accounts)}
    inherited = {fault for fault in shared if _key(fault) in _keys(fleet.base.document.get("config") or {})}
    for fault in shared:
        if fault in inherited:
            yield Fault(f"Pulumi.{fleet.base.name}.yaml: {fault.place}", fault.what, fault.fix)
        elif fault in everywhere:
            more = "" if fleet.base.name else "; or name the stack that all share: --base STACK"
            yield Fault(f"every account: {fault.place}", fault.what, f"{fault.fix}{more}")
    for account, fault in fleet.broken:
        if _wrote(account, fault) or fault not in inherited | everywhere:
            yield told(account, fault)


def told(account: Account, fault: Fault) -> Fault:
    """A fault of an account's settings, with its place in the list."""
    return Fault(f"{place(account, fault)}: {account.stack}: {fault.place}", fault.what, fault.fix)


def place(account: Account, fault: Fault) -> Place:
    """Where a fault's cause stands in the list: the key or what is in it, else the account's entry."""
    return _place(account.config, fault.place) or account.place


def _key(fault: Fault) -> str:
    """The config key that a fault's place begins with: `overrides` of `overrides.root-usage.alarm`."""
    return re.split(r"[.\[]", fault.place, maxsplit=1)[0]


def _keys(config: Mapping[str, Any]) -> set[str]:
    return {key.removeprefix(f"{PROJECT}:") for key in config}


def _wrote(account: Account, fault: Fault) -> bool:
    return _key(fault) in _keys(account.config.data)


def _place(value: Value, path: str) -> Place | None:
    """The place of what a path such as `emails[0]` leads to, or of the last on its way; None without a step."""
    if isinstance(value.data, Mapping):
        steps = {key.removeprefix(f"{PROJECT}:"): inner for key, inner in value.data.items()}
    else:
        steps = {f"[{n}]": inner for n, inner in enumerate(value.data)} if isinstance(value.data, list) else {}
    for step, inner in steps.items():
        rest = path.removeprefix(step)
        if rest != path and (not rest or rest[0] in ".["):
            return _place(inner, rest.removeprefix(".")) or inner.place
    return None
