"""The rule model: load packs, own rules and overrides into the rules that a stack deploys."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from guard.errors import RuleError
from guard.rules import compose, loader
from guard.rules import overrides as changes
from guard.rules.describe import description
from guard.rules.ids import Ids, check_covers, unique
from guard.rules.model import SEVERITIES, Alarm, Event, Examples, Pack, Place, Rule, RuleSet, Severity
from guard.rules.placeholders import SAMPLE, fill, fill_text, open_names
from guard.rules.sources import distinct, elsewhere, is_path, read_source, shipped
from guard.rules.values import Faults, inline

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
    "description",
    "fill",
    "fill_text",
    "is_path",
    "load",
    "open_names",
    "read_pack",
    "shipped",
]

DEFAULT_PACKS = ("essentials", "self-protection")


def read_pack(name: str, *, root: Path | None = None) -> Pack:
    """A shipped pack by name or a YAML file by path (from `root`), as it is written: exclusions not compiled.

    Raises RuleError with every fault.
    """
    faults = Faults()
    found = read_source(name, root or Path.cwd(), faults)
    faults.stop()
    return found.pack if found else Pack(name, name, "", ())


def load(
    packs: Sequence[str] = DEFAULT_PACKS,
    *,
    rules: Sequence[Mapping[str, Any]] = (),
    overrides: Mapping[str, Any] | None = None,
    root: Path | None = None,
    unknown: Collection[str] = (),
    partial: bool = False,
) -> RuleSet:
    """The rules that a stack deploys.

    `packs`: names of shipped packs, or YAML files by path from `root` (the working directory). `rules`: own
    rules as plain data. `overrides`: by rule id. `unknown`: placeholders that nothing will fill; rules that
    hold one are left out. `partial`: more packs are meant, so no id is unknown. Raises RuleError with every fault
    of all of them.
    """
    faults = Faults()
    sources = [read_source(name, root or Path.cwd(), faults) for name in distinct(packs, root or Path.cwd())]
    read = [source and source.pack for source in sources]
    if rules:
        read.append(loader.own(inline(rules, "rules", faults), faults))
    found = tuple(pack for pack in read if pack)
    by_id = unique(found, faults)
    changed = inline(overrides or {}, "overrides", faults)
    broken = frozenset(faults.broken - {""})
    others = elsewhere(by_id, changed.keys)
    ids = Ids(by_id, others, broken, partial=partial or len(found) < len(read))
    check_covers(ids, {key: value for source in sources if source for key, value in source.values.items()}, faults)
    read_overrides = changes.read(changed, ids, faults)
    faults.stop()
    composed = compose.compose(found, read_overrides, faults, unknown)
    faults.stop()
    return composed
