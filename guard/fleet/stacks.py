"""A stack for each account: its config file, and the matrix by which CI deploys them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from guard.errors import ConfigError, Fault
from guard.fleet.accounts import Account

PROJECT = "account-guard"


def base_config(root: Path, stack: str) -> Mapping[str, Any]:
    """The config of `Pulumi.<stack>.yaml`, which every account shares; {} where `stack` is ""."""
    if not stack:
        return {}
    path = root / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        raise ConfigError([Fault(str(path), "is not there", "name the stack that all share: --base STACK")])
    document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return dict(document.get("config") or {})


def qualified(key: str) -> str:
    """A config key with its namespace, as Pulumi writes it."""
    return key if ":" in key else f"{PROJECT}:{key}"


def stack_config(account: Account, base: Mapping[str, Any]) -> dict[str, Any]:
    """The stack's config: the base's, what differs, and the region and account that it may touch."""
    merged = {qualified(key): value for key, value in (*base.items(), *account.config.items())}
    bound = {"aws:region": account.region, "aws:allowedAccountIds": [account.account]}
    return dict(sorted({**merged, **bound}.items()))


def matrix(accounts: Sequence[Account]) -> dict[str, list[dict[str, str]]]:
    """What `strategy.matrix` of GitHub Actions takes: one entry a stack."""
    return {
        "include": [
            {"stack": item.stack, "account": item.account, "region": item.region, "role": item.role}
            for item in accounts
        ]
    }


def stack_file(config: Mapping[str, Any]) -> str:
    """The text of `Pulumi.<stack>.yaml`."""
    return yaml.safe_dump({"config": dict(config)}, sort_keys=False, allow_unicode=True)
