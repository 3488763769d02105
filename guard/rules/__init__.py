"""The rule model: load packs, own rules and overrides into the rules that a stack deploys."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from guard.errors import RuleError
from guard.rules import compose, loader, yamlfile
from guard.rules import overrides as changes
from guard.rules.ids import Ids, check_covers, unique
from guard.rules.model import SEVERITIES, Alarm, Event, Examples, Pack, Place, Rule, RuleSet, Severity
from guard.rules.placeholders import SAMPLE, fill
from guard.rules.values import Faults, Value, inline, meant

__all__ = [
    "SAMPLE",
    "SEVERITIES",
    "Alarm",
    "Event",
    "Examples",
    "Pack",
    "Place",
    "Rule",
    "RuleError",
    "RuleSet",
    "Severity",
    "fill",
    "load",
    "read_pack",
    "shipped",
]

PACKS = Path(__file__).parent.parent / "packs"
DEFAULT_PACKS = ("essentials", "self-protection")


@cache
def shipped() -> tuple[str, ...]:
    """The names of the packs that come with the project."""
    return tuple(sorted(path.stem for path in PACKS.glob("*.yaml")))


@cache
def _shipped_pack(name: str) -> Pack:
    faults = Faults()
    found = _file(PACKS / f"{name}.yaml", f"guard/packs/{name}.yaml", name, faults)
    faults.stop()
    assert found is not None  # noqa: S101 - no fault, so there is a pack
    return found


def _file(path: Path, file: str, name: str, faults: Faults) -> Pack | None:
    value = yamlfile.read(path, file, faults)
    return loader.pack(value, name, faults) if value else None


def _is_path(name: str) -> bool:
    return "/" in name or "\\" in name or name.endswith((".yaml", ".yml"))


def read_pack(name: str, *, root: Path | None = None, faults: Faults | None = None) -> Pack | None:
    """A shipped pack by name or a YAML file by path (from `root`), as it is written: exclusions not compiled.

    Raises RuleError with every fault, or notes them in `faults` where given.
    """
    mine = Faults() if faults is None else faults
    found = None
    if _is_path(name):
        found = _file((root or Path.cwd()) / name, name, name, mine)
    elif name in shipped():
        found = _shipped_pack(name)
    else:
        fix = meant(name, shipped())
        mine.note(
            Place("packs", 0, 0), f"no pack is named '{name}'", f"{fix} (a file of yours ends in .yaml)"
        )
    if faults is None:
        mine.stop()
    return found


def load(
    packs: Sequence[str] = DEFAULT_PACKS,
    *,
    rules: Sequence[Mapping[str, Any]] = (),
    overrides: Mapping[str, Any] | None = None,
    root: Path | None = None,
) -> RuleSet:
    """The rules that a stack deploys.

    `packs`: names of shipped packs, or YAML files by path from `root` (the working directory). `rules`: own
    rules as plain data. `overrides`: by rule id. Raises RuleError with every fault of all of them.
    """
    faults = Faults()
    read = [read_pack(name, root=root, faults=faults) for name in dict.fromkeys(packs)]
    if rules:
        read.append(loader.own(inline(rules, "rules", faults), faults))
    found = tuple(pack for pack in read if pack)
    by_id = unique(found, faults)
    changed = inline(overrides or {}, "overrides", faults)
    broken = frozenset(faults.broken - {""})
    ids = Ids(by_id, _elsewhere(by_id, changed), broken, partial=len(found) < len(read))
    check_covers(ids, faults)
    read_overrides = changes.read(changed, ids, faults)
    faults.stop()
    composed = compose.compose(found, read_overrides, faults)
    faults.stop()
    return composed


def _elsewhere(rules: Mapping[str, Rule], overrides: Value) -> dict[str, str]:
    """Rule id -> shipped pack, for rules not loaded; empty where no name needs it."""
    named = {other for rule in rules.values() for other in rule.covers} | overrides.keys.keys()
    if named <= rules.keys():
        return {}
    packs = (_shipped_pack(name) for name in shipped())
    return {rule.id: pack.name for pack in packs for rule in pack.rules if rule.id not in rules}
