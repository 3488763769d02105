"""What a stack's config changes of rules: `overrides` by rule id."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from guard.rules import fields as f
from guard.rules.ids import Ids
from guard.rules.loader import ALARM, SHARED, alarm_faults
from guard.rules.model import EMPTY, Alarm, Rule
from guard.rules.values import Faults, Value

_KEYS = f.Keys(
    {
        "enabled": f.flag,
        "severity": SHARED["severity"],
        "alarm": SHARED["alarm"],
        "actions": SHARED["actions"],
        "exclude": SHARED["exclude"],
        "keep_exact": f.flag,
        **ALARM.readers,
    }
)


@dataclass(frozen=True, slots=True)
class Override:
    """The changes of one rule; None and empty leave it as it is."""

    enabled: bool = True
    severity: Any = None
    alarm: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    actions: tuple[str, ...] = ()
    exclude: tuple[Mapping[str, str | bool], ...] = ()
    keep_exact: bool = False

    def apply(self, rule: Rule) -> Rule:
        """The rule with other severity, alarm, actions and exclusions."""
        return replace(
            rule,
            severity=self.severity or rule.severity,
            alarm=_merged(rule.alarm, self.alarm),
            actions=self.actions or rule.actions,
            exclude=rule.exclude + self.exclude,
        )


def _merged(alarm: Alarm, changes: Mapping[str, Any]) -> Alarm:
    """The alarm changed; other periods to evaluate, and no word on datapoints, mean all of them."""
    if "evaluation_periods" in changes:
        changes = {"datapoints_to_alarm": changes["evaluation_periods"], **changes}
    return replace(alarm, **changes)


def read(value: Value, ids: Ids, faults: Faults) -> dict[str, Override]:
    """Rule id -> Override."""
    if not isinstance(value.data, dict):
        faults.note(value.place, f"'overrides' is {f.kind(value.data)}", "write a map of rule ids")
        return {}
    found = {}
    for name, item in value.data.items():
        fix = ids.wanting(name, deployed=True)
        if fix:
            faults.note(value.keys[name], f"no rule has the id '{name}'", fix)
        elif name in ids.rules:
            found[name] = _one(item, ids.rules[name], faults)
    return found


def _one(value: Value, rule: Rule, faults: Faults) -> Override:
    read_keys = _KEYS.read(value, f"overrides.{rule.id}", faults) or {}
    flat = {key: read_keys.pop(key) for key in ALARM.readers if key in read_keys}
    alarm = {**read_keys.pop("alarm", {}), **flat}
    settings = asdict(_merged(rule.alarm, alarm))
    for what, fix in alarm_faults({key: settings[key] for key in ALARM.readers}):
        faults.note(value.place, what, fix)
    if read_keys.get("keep_exact") and not rule.controls:
        faults.note(value.of("keep_exact"), "is for rules with controls", "leave it out")
    return Override(alarm=alarm, **read_keys)
