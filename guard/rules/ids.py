"""Which rule ids there are, and what to do about one that is not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from guard.rules.model import Pack, Place, Rule
from guard.rules.values import Faults, Value
from guard.rules.words import meant

WATCHDOG = "the watchdog's alarms are no rules: of them, heartbeatHours alone can be set"


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of a load. `elsewhere`: those of shipped packs that are not enabled, with their pack;
    `broken`: those of rules with faults; `partial`: a pack could not be read, so any id may be in it.
    """

    rules: Mapping[str, Rule]
    elsewhere: Mapping[str, str]
    broken: frozenset[str]
    partial: bool

    def wanting(self, name: str, *, deployed: bool) -> str:
        """What to do about an id that is unknown (or, for `deployed`, not loaded); "" where it is fine."""
        if name in self.rules or name in self.broken or self.partial:
            return ""
        if name.startswith("watchdog-"):
            return WATCHDOG
        if name in self.elsewhere:
            return f"add '{self.elsewhere[name]}' to packs" if deployed else ""
        return meant(name, self.rules if deployed else self.rules.keys() | self.elsewhere.keys())


def unique(packs: Iterable[Pack], faults: Faults) -> dict[str, Rule]:
    """Every rule by id; a fault where an id is repeated."""
    packs = tuple(packs)
    first: dict[str, Place] = {}
    for name, place in (one for pack in packs for one in pack.ids):
        if name in first:
            faults.rule = name
            faults.note(place, f"the id is repeated (first at {first[name]})", "choose another id")
        first.setdefault(name, place)
    faults.rule = ""
    found: dict[str, Rule] = {}
    for rule in (rule for pack in packs for rule in pack.rules):
        found.setdefault(rule.id, rule)
    return found


def closure(rule_id: str, rules: Mapping[str, Rule]) -> set[str]:
    """The rule and all that it covers, directly or through others."""
    found: set[str] = set()
    ahead = [rule_id]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += rules[name].covers if name in rules else ()
    return found


def check_covers(ids: Ids, values: Mapping[str, Value], faults: Faults) -> None:
    """A fault for each `covers` that names no rule, the rule itself, or one that covers it in turn; `values` is the
    YAML of rules by id, where there is any.
    """
    for rule in ids.rules.values():
        faults.rule = rule.id
        written = values.get(rule.id, Value({}, rule.place))
        for number, other in enumerate(rule.covers):
            place, fix = written.of("covers", number), ids.wanting(other, deployed=False)
            if fix:
                faults.note(place, f"'covers' names '{other}', which no rule has", fix)
            elif rule.id in closure(other, ids.rules):
                what = f"'covers' goes round in a circle through '{other}'"
                faults.note(place, what, "keep one direction")
    faults.rule = ""


def covered(rules: Mapping[str, Rule]) -> dict[str, str]:
    """Rule id -> id of the rule that takes its place and is deployed itself."""
    by = {name: closure(name, rules) & rules.keys() - {name} for name in sorted(rules)}
    hidden = set().union(*by.values())
    found: dict[str, str] = {}
    for name, others in by.items():
        if name not in hidden:
            found.update(dict.fromkeys(sorted(others - found.keys()), name))
    return dict(sorted(found.items()))
