"""Packs, own rules and overrides to the rules that a stack deploys."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from guard.rules.exclude import excluded
from guard.rules.ids import covered
from guard.rules.model import Pack, Rule, RuleSet
from guard.rules.overrides import Override
from guard.rules.values import Faults

NO_OVERRIDE = Override()


def compose(packs: tuple[Pack, ...], overrides: Mapping[str, Override], faults: Faults) -> RuleSet:
    """The rules to deploy, sorted by id: overrides applied, covered ones left out, exclusions compiled."""
    rules = {rule.id: rule for pack in packs for rule in pack.rules}
    disabled = tuple(sorted(name for name, override in overrides.items() if not override.enabled))
    enabled = {name: rule for name, rule in rules.items() if name not in disabled}
    out = covered(enabled)
    deployed = (
        final
        for name in sorted(enabled.keys() - out.keys())
        for final in _final(enabled[name], overrides.get(name, NO_OVERRIDE), faults)
    )
    return RuleSet(packs, tuple(sorted(deployed, key=lambda rule: rule.id)), out, disabled)


def _final(rule: Rule, override: Override, faults: Faults) -> Iterator[Rule]:
    """The rule as it is deployed, and its exact twin where that is kept."""
    changed = override.apply(rule)
    yield excluded(changed, faults)
    if override.keep_exact and changed.exclude:
        yield replace(
            changed,
            id=f"{rule.id}-exact",
            title=f"{rule.title} (exact)",
            exclude=(),
            topic="quiet",
            covers=(),
        )
