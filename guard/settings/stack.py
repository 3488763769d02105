"""A stack's config as files hold it: `Pulumi.<stack>.yaml` over the defaults of `Pulumi.yaml`."""

import difflib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from guard.errors import ConfigError, Fault
from guard.rules import yamlfile
from guard.rules.arns import ACCOUNT, check_region
from guard.rules.fields import odd
from guard.rules.values import Faults
from guard.settings.encrypted import is_secure, readable
from guard.settings.model import UNREAD, Settings
from guard.settings.reader import read

PROJECT = "account-guard"
RULES = ("packs", "rules", "overrides")
SHOWN = 5  # stacks of a folder, where another is asked for


def load_stack(root: Path, stack: str) -> Settings:
    """The settings of a stack of the root program: `Pulumi.<stack>.yaml` over the defaults of `Pulumi.yaml`. A program
    of somebody's own may name its people itself. Raises ConfigError.
    """
    values = stack_config(root, stack)
    return settings_of(values, stack, root, component_of(values, root))


def component_of(values: Mapping[str, Any], root: Path) -> str:
    """The component that a config's keys tell of in a program of somebody's own; "" in the root program."""
    named = any(key.startswith(f"{PROJECT}:") for key in values)
    return PROJECT if named and project_name(root) != PROJECT else ""


def settings_of(values: Mapping[str, Any], stack: str, root: Path, component: str = "") -> Settings:
    """The settings of a stack's config, as `stack_config` gives it: of the root program's own component, or of one
    of this name in another program, whose people are unread where no key names them. Raises ConfigError.
    """
    given = {key.split(":", 1)[1]: value for key, value in values.items() if key.startswith(f"{PROJECT}:")}
    lost = [key for key in RULES if is_secure(given.get(key))]
    if lost:
        what, fix = "is encrypted, and tells what the rules are", "write it in plain text"
        raise ConfigError([Fault(f"Pulumi.{stack}.yaml: {key}", what, fix) for key in lost])
    own = readable(given)
    if not own and not component:
        fix = "for a guard in a program of your own, name its component (--name) or its packs (docs/verify.md)"
        raise ConfigError([Fault(f"Pulumi.{stack}.yaml", f"has no key of {PROJECT}", fix)])
    if component and not own.get("emails") and not own.get("topic"):
        own["emails"] = [f"somebody{UNREAD}"]
    settings = read(own, component=component or f"{PROJECT}-{stack}", root=root)
    accounts = _listed(values.get("aws:allowedAccountIds"))
    return replace(
        settings,
        region=_plain(values.get("aws:region", "")),
        profile=_plain(values.get("aws:profile", "")),
        accounts=() if any(map(_encrypted, accounts)) else tuple(map(str, accounts)),
    )


def _listed(value: Any) -> list[Any]:
    """A list, which `pulumi config set` may have written as text."""
    found = _typed(value, "array")
    return found if isinstance(found, list) else [found] if found else []


def _plain(value: Any) -> str:
    """A text; "" for one that is encrypted."""
    return "" if _encrypted(value) else str(value)


def _encrypted(value: Any) -> bool:
    return isinstance(value, dict)


def stack_config(root: Path, stack: str) -> dict[str, Any]:
    """`project:key` -> value, defaults of `Pulumi.yaml` merged, texts of typed keys read as their type."""
    return config_of(root, root / f"Pulumi.{stack}.yaml")


def config_of(root: Path, path: Path) -> dict[str, Any]:
    """The same, of any file that holds a stack's config."""
    values = over_defaults(root, _config(document(path), path))
    faults = [*_provider(values, path)]
    if faults:
        raise ConfigError(faults)
    return values


def _provider(values: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """What is odd in the keys of AWS's provider."""
    region = values.get("aws:region")
    if isinstance(region, str | int) and region:
        yield from check_region(f"{path}: aws:region", str(region))
    for account in _listed(values.get("aws:allowedAccountIds")):
        if not _encrypted(account) and not re.fullmatch(ACCOUNT, str(account)):
            yield Fault(
                f"{path}: aws:allowedAccountIds", f"'{account}' is no account", "write its 12 digits, in quotes"
            )


def _config(found: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """What a document holds under `config`. Raises ConfigError."""
    given = found.get("config") or {}
    if not isinstance(given, dict):
        raise ConfigError([Fault(f"{path}: config", "is no map", "write keys and values")])
    beside = [str(key) for key in found if ":" in str(key)]
    if beside:
        fix = "indent it, so that it stands below `config:`"
        raise ConfigError(
            [Fault(f"{path}: {key}", "stands beside `config:`, where nothing reads it", fix) for key in beside]
        )
    return given


def project_name(root: Path) -> str:
    """The name of the project in `root`, which keys of its config have where they name none."""
    return _named(document(root / "Pulumi.yaml", whole=False))


def _named(project: Mapping[str, Any]) -> str:
    return str(project.get("name", PROJECT))


def over_defaults(root: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """A config's keys and values over the defaults of `Pulumi.yaml`."""
    path = root / "Pulumi.yaml"
    project = document(path, whole=False)
    name = _named(project)
    # A key is declared with its type and default, or has its value: https://www.pulumi.com/docs/iac/concepts/config/
    types = {
        key if ":" in key else f"{name}:{key}": entry if isinstance(entry, dict) else {"value": entry}
        for key, entry in _config(project, path).items()
    }
    values = {key: entry[word] for key, entry in types.items() for word in ("default", "value") if word in entry}
    values |= {key if ":" in key else f"{name}:{key}": value for key, value in given.items()}
    return {key: _typed(value, types.get(key, {}).get("type", "string")) for key, value in values.items()}


def _typed(value: Any, kind: str) -> Any:
    """`pulumi config set` writes every plain value as text."""
    if isinstance(value, str) and kind != "string":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def document(path: Path, *, whole: bool = True) -> dict[str, Any]:
    """The map that a file of the engine's holds, as the engine reads it: `no` is a text, `010` is 8.
    With `whole`, repeated keys and odd tags are faults. Raises ConfigError.
    """
    faults = Faults()
    if not os.path.exists(path):  # noqa: PTH110 - no error for a name that is too long
        known = [one.name for one in path.parent.glob("Pulumi.*.yaml")]
        near = ", ".join(difflib.get_close_matches(path.name, known, n=SHOWN, cutoff=0)) or "none"
        more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
        fix = f"run guard in the stack's folder, or name another stack; here: {near}{more}"
        raise ConfigError([Fault(str(path), "no such file", fix)])
    value = yamlfile.read(path, str(path), faults, "keys and values", engine=True)
    if value and whole:
        odd(value, faults)
    if value and not isinstance(value.data, dict):
        faults.note(value.place, "is no map", "write keys and values")
    if not value or faults.found:
        raise ConfigError([noted.fault for noted in faults.found])
    found: dict[str, Any] = yamlfile.merged(value.plain)
    return found
