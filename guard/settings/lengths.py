"""Patterns that a log group's name makes too long: CloudWatch Logs would refuse them, halfway through a deployment."""

from collections.abc import Iterator, Mapping
from typing import Any

from guard.errors import Fault
from guard.rules import fill_text
from guard.rules.limits import MAX_LENGTH
from guard.rules.model import RuleSet
from guard.rules.placeholders import LONGEST


def given_group(given: Mapping[str, Any]) -> tuple[str, str]:
    """The key that names a log group, and the name; "" for one that no key names, or that is known only later."""
    trail = given.get("trail")
    within = {f"trail.{key}": name for key, name in trail.items()} if isinstance(trail, Mapping) else {}
    named = {key: name for key, name in {**given, **within}.items() if key.split(".")[-1] in ("logGroup", "log_group")}
    return next(((key, name) for key, name in named.items() if isinstance(name, str)), ("", ""))


def overlong(place: str, values: Mapping[str, Any], rules: RuleSet) -> Iterator[Fault]:
    """A fault for each rule with a pattern that is too long with these `values` of its placeholders; those that are
    known only later are taken for the longest there are.
    """
    known = {**LONGEST, **{key: value for key, value in values.items() if isinstance(value, str)}}
    for rule in rules.rules:
        length = max(len(fill_text(pattern, known)) for pattern in rule.patterns)
        if length > MAX_LENGTH:
            what = f"a name of {len(known['logGroup'])} characters makes a pattern of rule '{rule.id}' {length:,} long"
            fix = f"{MAX_LENGTH:,} are allowed: name another log group, or disable the rule under 'overrides'"
            yield Fault(place, what, fix)
