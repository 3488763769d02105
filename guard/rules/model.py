"""What a rule, its alarm and a pack are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

Severity = Literal["low", "medium", "high", "critical"]
MissingData = Literal["notBreaching", "breaching", "missing", "ignore"]
Event: TypeAlias = Mapping[str, Any]
SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high", "critical")
EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a thing stands in a file; line and column count from 1. `str` gives `file:line:column`.
    Line 0: `file` is a key of the stack's config.
    """

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Alarm:
    """When a rule's alarm rings: Sum over `period` seconds >= `threshold` in `datapoints_to_alarm` of
    `evaluation_periods` periods.
    """

    period: int = 300
    threshold: int = 1
    evaluation_periods: int = 1
    datapoints_to_alarm: int = 1
    treat_missing_data: MissingData = "notBreaching"
    comparison: str = "GreaterThanOrEqualToThreshold"


@dataclass(frozen=True, slots=True)
class Examples:
    """Events, cut to the fields that the pattern reads, which the rule must and must not match."""

    match: tuple[Event, ...] = ()
    no_match: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a filter pattern, its alarm, and what a person needs to know of both.

    `pattern` is the text that is deployed; `more_patterns` are further filters on the same metric.
    `topic`: "" mails by severity, "watchdog" through the last resort's topic, "quiet" through
    `recipients.quiet`.
    """

    id: str
    title: str
    description: str
    severity: Severity
    pattern: str
    more_patterns: tuple[str, ...] = ()
    controls: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: EMPTY)
    attack: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    first_step: str = ""
    false_positives: tuple[str, ...] = ()
    alarm: Alarm = Alarm()
    covers: tuple[str, ...] = ()
    examples: Examples = Examples()
    accept: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    exclude: tuple[Mapping[str, str | bool], ...] = ()
    actions: tuple[str, ...] = ()
    topic: str = ""
    pack: str = ""
    place: Place = Place("")

    @property
    def patterns(self) -> tuple[str, ...]:
        """The text of every filter of the rule, the first first."""
        return (self.pattern, *self.more_patterns)


@dataclass(frozen=True, slots=True)
class Pack:
    """A YAML file of rules. `name` is the file's stem for shipped packs, else its path as given; `ids` has each id
    that is written, with its place, those of rules that are left out for their faults among them.
    """

    name: str
    title: str
    description: str
    rules: tuple[Rule, ...]
    ids: tuple[tuple[str, Place], ...] = ()


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What a stack enables: `rules` to deploy, sorted by id; `covered` (rule id -> id of the rule that
    takes its place); `disabled` ids; `open` (rule id -> the placeholders that nothing fills).
    """

    packs: tuple[Pack, ...]
    rules: tuple[Rule, ...]
    covered: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    disabled: tuple[str, ...] = ()
    open: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: EMPTY)
