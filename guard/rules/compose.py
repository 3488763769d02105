"""Packs, own rules and overrides to the rules that a stack deploys."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from guard.rules.exclude import excluded
from guard.rules.ids import covered
from guard.rules.model import EMPTY, Pack, Place, Rule, RuleSet
from guard.rules.overrides import Override
from guard.rules.placeholders import open_names
from guard.rules.values import Faults

NO_OVERRIDE = Override()


def compose(
    packs: tuple[Pack, ...], overrides: Mapping[str, Override], faults: Faults, unknown: Collection[str] = ()
) -> RuleSet:
    """The rules to deploy, sorted by id: overrides applied, exclusions compiled; covered ones and those that
    hold an `unknown` placeholder left out.
    """
    rules = {rule.id: rule for pack in packs for rule in pack.rules}
    disabled = tuple(sorted(name for name, override in overrides.items() if not override.enabled))
    changed = {name: overrides.get(name, NO_OVERRIDE).apply(rule) for name, rule in sorted(rules.items())}
    lacking = {name: tuple(sorted(open_names(rule).intersection(unknown))) for name, rule in changed.items()}
    holes = {name: names for name, names in lacking.items() if names and name not in disabled}
    enabled = {name: rule for name, rule in rules.items() if name not in disabled and name not in holes}
    out = covered(enabled)
    deployed = (
        final
        for name in sorted(enabled.keys() - out.keys())
        for final in _final(enabled[name], changed[name], overrides.get(name, NO_OVERRIDE), faults)
    )
    return RuleSet(packs, tuple(sorted(deployed, key=lambda rule: rule.id)), out, disabled, holes)


def _final(rule: Rule, changed: Rule, override: Override, faults: Faults) -> Iterator[Rule]:
    """The rule as it is deployed, `changed` by its override, and its exact twin where that is kept: that one has
    the controls then, and the alarm settings that an auditor expects.
    """
    place = Place(f"overrides.{rule.id}.exclude", 0, 0) if override.exclude else rule.place
    if not (override.keep_exact and changed.exclude):
        yield excluded(changed, faults, place)
        return
    yield excluded(replace(changed, controls=EMPTY), faults, place)
    name, title = f"{rule.id}-exact", f"{rule.title} (exact text)"
    said = f"{rule.description} Counted by the auditors' exact text, with what rule {rule.id} leaves out."
    yield replace(rule, id=name, title=title, description=said, exclude=(), topic="quiet", covers=(), actions=())
