"""`Pulumi.<stack>.yaml` of each stack: what all share, what the account's entry adds, bound to its account."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from guard.errors import ConfigError, Fault
from guard.fleet.accounts import Account
from guard.fleet.stacks import Base, Fleet, own_config
from guard.settings import PROJECT

MARK = "# Written by `guard fleet matrix --write`; change the list of accounts or the base stack instead.\n"


class _Dumper(yaml.SafeDumper):
    """Writes texts that look like numbers in quotes: to the Pulumi CLI a bare 012345678901 is the number
    12345678901. What stacks share is written out in each.
    """

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        """No anchors and aliases."""
        return True


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'" if text.isdigit() else None),
)


def config(account: Account, base: Base) -> dict[str, Any]:
    """A stack's config as its file holds it: encrypted values of the base as they stand there."""
    given = base.document.get("config") or {}
    shared = {key if ":" in key else f"{PROJECT}:{key}": value for key, value in given.items()}
    return dict(sorted({**shared, **own_config(account)}.items()))


def text(document: Mapping[str, Any]) -> str:
    """A document as YAML."""
    return yaml.dump(dict(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True)


def write(fleet: Fleet, root: Path) -> list[Path]:
    """Write each stack's file; the paths. What else the base's file holds (`environment`, `encryptionsalt`)
    comes along, and what a stack's own file holds of that stays. Raises ConfigError where a file is there
    that something else wrote.
    """
    paths = [root / f"Pulumi.{account.stack}.yaml" for account in fleet.accounts]
    there = {path: path.read_text(encoding="utf-8") for path in paths if path.is_file()}
    foreign = [path for path, old in there.items() if not old.startswith(MARK)]
    if foreign:
        fix = "remove it, or give the account another name: `stack:`"
        raise ConfigError(Fault(str(path), "is there, and was written by hand", fix) for path in foreign)
    for account, path in zip(fleet.accounts, paths, strict=True):
        old = yaml.safe_load(there.get(path, "")) or {}
        document = {**fleet.base.document, **old, "config": config(account, fleet.base)}
        path.write_text(MARK + text(document), encoding="utf-8")
    return paths


def left(fleet: Fleet, root: Path) -> list[str]:
    """The names of files that were written for stacks which the list has no more."""
    mine = {f"Pulumi.{account.stack}.yaml" for account in fleet.accounts}
    others = (path for path in root.glob("Pulumi.*.yaml") if path.name not in mine)
    return sorted(path.name for path in others if path.read_text(encoding="utf-8", errors="replace").startswith(MARK))
