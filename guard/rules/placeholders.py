"""What a pattern may leave open, filled at deployment: `${bucket} ${prefix} ${logGroup} ${role}`."""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from guard.rules.model import Examples, Rule

# bucket: the log bucket's name; prefix: the component's name, with which the guard's names begin;
# logGroup: the log group's name; role: the name of CloudTrail's role.
SAMPLE: Mapping[str, str] = MappingProxyType(
    {
        "bucket": "account-guard-dev-logs-0123456789abcdef",
        "prefix": "account-guard-dev",
        "logGroup": "/account-guard-dev/cloudtrail",
        "role": "CloudTrail_CloudWatchLogs_0123456789abcdef",
    }
)
# Values as long as they come: lengths are judged with these.
LONGEST: Mapping[str, str] = MappingProxyType(
    {name: "x" * length for name, length in {"bucket": 63, "prefix": 64, "logGroup": 77, "role": 64}.items()}
)
_OPEN = re.compile(r"\$\{([^}]*)\}")


def fill_text(pattern: str, values: Mapping[str, str]) -> str:
    """The pattern with its placeholders replaced; those that `values` lacks are left."""
    return _OPEN.sub(lambda found: values.get(found[1], found[0]), pattern)


def unknown(pattern: str) -> list[str]:
    """The names of placeholders that nothing fills."""
    return [name for name in _OPEN.findall(pattern) if name not in SAMPLE]


def open_names(rule: Rule) -> frozenset[str]:
    """The placeholders that a rule's patterns and exclusions hold."""
    excluded = (value for condition in rule.exclude for value in condition.values() if isinstance(value, str))
    return frozenset(name for text in (*rule.patterns, *excluded) for name in _OPEN.findall(text))


def _fill_data(data: Any, values: Mapping[str, str]) -> Any:
    if isinstance(data, str):
        return fill_text(data, values)
    if isinstance(data, Mapping):
        return {key: _fill_data(item, values) for key, item in data.items()}
    return [_fill_data(item, values) for item in data] if isinstance(data, list) else data


def fill(rule: Rule, values: Mapping[str, str]) -> Rule:
    """The rule with the placeholders of its patterns, exclusions and examples replaced."""
    if not open_names(rule):
        return rule
    first, *more = (fill_text(pattern, values) for pattern in rule.patterns)
    match, no_match = (
        tuple(_fill_data(event, values) for event in events) for events in (rule.examples.match, rule.examples.no_match)
    )
    exclude = tuple(_fill_data(condition, values) for condition in rule.exclude)
    examples = Examples(match, no_match)
    return replace(rule, pattern=first, more_patterns=tuple(more), exclude=exclude, examples=examples)
