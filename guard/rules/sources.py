"""Where packs are: shipped ones by name, a user's own by path."""

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from guard.rules import loader, yamlfile
from guard.rules.model import Pack, Place, Rule
from guard.rules.values import Faults, Value
from guard.rules.words import meant

PACKS = Path(__file__).parent.parent / "packs"


@dataclass(frozen=True, slots=True)
class Source:
    """A pack as it is written, and the YAML of each of its rules by id."""

    pack: Pack
    values: Mapping[str, Value]


@cache
def shipped() -> tuple[str, ...]:
    """The names of the packs that come with the project."""
    return tuple(sorted(path.stem for path in PACKS.glob("*.yaml")))


@cache
def shipped_source(name: str) -> Source:
    """A shipped pack. Raises RuleError with every fault."""
    faults = Faults()
    found = _file(PACKS / f"{name}.yaml", f"guard/packs/{name}.yaml", name, faults)
    faults.stop()
    return found or Source(Pack(name, name, "", ()), {})


def _file(path: Path, file: str, name: str, faults: Faults) -> Source | None:
    value = yamlfile.read(path, file, faults)
    if value is None:
        return None
    pack = loader.pack(value, name, faults)
    return Source(pack, loader.by_id(value))


def is_path(name: str) -> bool:
    """Whether a pack's name is the path of a file."""
    return "/" in name or "\\" in name or name.endswith((".yaml", ".yml"))


def distinct(names: Iterable[str], root: Path) -> list[str]:
    """The names, each pack's once: `mine.yaml` and `./mine.yaml` are one."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(os.path.realpath(root / name) if is_path(name) else name, name)
    return list(first.values())


def read_source(name: str, root: Path, faults: Faults) -> Source | None:
    """A shipped pack by name, or a YAML file by path from `root`; None where it cannot be read at all."""
    if is_path(name):
        return _file(root / name, name, name, faults)
    if name in shipped():
        return shipped_source(name)
    fix = f"{meant(name, shipped())} (a file of yours ends in .yaml)"
    faults.note(Place("packs", 0, 0), f"no pack is named '{name}'", fix)
    return None


def elsewhere(rules: Mapping[str, Rule], named: Collection[str] = ()) -> dict[str, str]:
    """Rule id -> shipped pack, for rules that are not among `rules`; empty where no rule is named that is not:
    by the `covers` of one of them, or in `named`.
    """
    wanted = {other for rule in rules.values() for other in rule.covers} | set(named)
    if wanted <= rules.keys():
        return {}
    packs = (shipped_source(name).pack for name in shipped())
    return {rule.id: pack.name for pack in packs for rule in pack.rules if rule.id not in rules}
