"""From the YAML of a pack, or the rules of a stack's config, to Rules; every fault at once."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from guard.errors import PatternError
from guard.pattern import parse
from guard.rules import arns
from guard.rules import fields as f
from guard.rules.conditions import KNOWN, ConditionError, clauses
from guard.rules.limits import MAX_LENGTH
from guard.rules.model import SEVERITIES, Alarm, Examples, Pack, Place, Rule
from guard.rules.placeholders import LONGEST, SAMPLE, fill_text, unknown
from guard.rules.values import Faults, Value
from guard.rules.words import meant

MAX_NAME = 64
UNNAMED = "?"
MAX_ACTIONS = 4  # CloudWatch takes five, and one is the topic
DAY, WEEK, HOUR = 86_400, 604_800, 3_600

ID = f.form(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "lower-case words joined by '-', such as root-usage")
_LINK = f.form(r"https://[^\s<>\"]+", "an https:// address")
_ARN = f.form(arns.ACTION, "the ARN of an action, such as an SNS topic's or, without $LATEST, a function's")
_TECHNIQUE = f.form(r"T\d{4}(\.\d{3})?", "an ATT&CK technique, such as T1078.004")
_WORD = re.compile(r"[a-z0-9][a-z0-9.-]*")

ALARM = f.Keys(
    {
        "period": f.whole(60, WEEK),
        "threshold": f.whole(1, 1_000_000_000),
        "evaluation_periods": f.whole(1, DAY // 60),
        "datapoints_to_alarm": f.whole(1, DAY // 60),
    }
)
EXAMPLES = f.Keys(
    {"match": f.several(f.event, least=1), "no_match": f.several(f.event, least=1)}, ("match", "no_match")
)
_OF_ALARM = dict.fromkeys(ALARM.readers, "alarm")
_WITHIN = {**_OF_ALARM, **dict.fromkeys(EXAMPLES.readers, "examples")}
_CONDITIONS = f.mapped(f.text_or_flag, re.compile(r"[a-z][a-z_]*|\$\..+"), f"{KNOWN} or a selector such as $.eventName")


def new_id(value: Value, name: str, faults: Faults) -> Any:
    """A rule's id. Other names are made of it: twins end in `-exact`, the watchdog's alarms begin with its name."""
    found = ID(value, name, faults)
    if found is f.WRONG:
        return found
    if len(found) > MAX_NAME:
        faults.note(value.place, f"'id' has {len(found)} characters", f"use {MAX_NAME} at most")
    if found.endswith("-exact") or found.startswith("watchdog-"):
        faults.note(value.place, "'id' ends in -exact or begins with watchdog-", "choose another id")
    return found


def exclusion(value: Value, name: str, faults: Faults) -> Any:
    """One item of `exclude`: conditions that compile."""
    before = len(faults.found)
    item = _CONDITIONS(value, name, faults)
    if item is f.WRONG or len(faults.found) > before:
        return f.WRONG
    if not item:
        faults.note(value.place, f"'{name}' is an empty map, which would exclude everything", "add a condition")
        return f.WRONG
    for condition in value.data.values():
        _check_placeholders(condition, faults, "G503")
    try:
        clauses([item])
    except ConditionError as error:
        faults.note(value.place, f"'{name}': {error}", error.fix, "G503")
        return f.WRONG
    return item


SHARED: Mapping[str, f.Read] = {
    "severity": f.choice(*SEVERITIES),
    "attack": f.several(_TECHNIQUE),
    "references": f.several(_LINK),
    "first_step": f.text,
    "false_positives": f.several(f.text),
    "alarm": f.structure(ALARM),
    "accept": f.mapped(f.text, re.compile(r"[A-Z]{1,4}[0-9]{2,4}"), "the code of a finding, such as G101"),
    "exclude": f.several(exclusion),
    "actions": f.several(_ARN, most=MAX_ACTIONS),
}
RULE = f.Keys(
    {
        "id": new_id,
        "title": f.text,
        "description": f.text,
        "pattern": f.text,
        "more_patterns": f.several(f.text),
        "controls": f.mapped(f.several(f.text, least=1), _WORD, "a standard's name, such as cis-5.0"),
        "covers": f.several(ID),
        "examples": f.structure(EXAMPLES),
        **SHARED,
    },
    ("id", "title", "severity", "pattern", "examples"),
    _WITHIN,
)
OWN_RULE = f.Keys(RULE.readers, ("id", "severity", "pattern"), _WITHIN)
DEFAULTS = f.Keys(SHARED, within=_OF_ALARM)
PACK = f.Keys(
    {
        "title": f.text,
        "description": f.text,
        "topic": f.choice("watchdog"),
        "defaults": f.structure(DEFAULTS),
        "rules": lambda value, _name, _faults: value,
    },
    ("title", "rules"),
)


def pack(value: Value, name: str, faults: Faults) -> Pack:
    """The pack of a document. Rules with faults are left out: `faults` tells of them."""
    if isinstance(value.data, list):
        faults.note(value.place, "'pack' is a list", "write `title: ...` and `rules:` above it")
        return Pack(name, name, "", ())
    read = PACK.read(value, "pack", faults) or {}
    rules = read.pop("rules", None)
    _odd_outside_rules(value, faults)
    defaults = {**read.pop("defaults", {}), "topic": read.get("topic", "")}
    found = _rules(rules, RULE, defaults, name, faults) if rules else ()
    return Pack(name, read.get("title", name), read.get("description", ""), found, _ids(rules))


def own(value: Value, faults: Faults) -> Pack:
    """The rules that a stack's config holds, as a pack named `rules`."""
    return Pack("rules", "Own rules", "", _rules(value, OWN_RULE, {}, "rules", faults), _ids(value))


def by_id(value: Value) -> dict[str, Value]:
    """The YAML of each rule of a pack by its id."""
    rules = value.data.get("rules") if isinstance(value.data, dict) else None
    return {_named(item): item for item in _items(rules)}


def _items(rules: Value | None) -> list[Value]:
    return rules.data if rules and isinstance(rules.data, list) else []


def _ids(rules: Value | None) -> tuple[tuple[str, Place], ...]:
    named = ((_named(item), item.place) for item in _items(rules))
    return tuple((name, place) for name, place in named if name != UNNAMED)


def _odd_outside_rules(value: Value, faults: Faults) -> None:
    if isinstance(value.data, dict):
        rest = {key: item for key, item in value.data.items() if key != "rules"}
        f.odd(replace(value, data=rest), faults)


def _rules(value: Value, keys: f.Keys, defaults: Mapping[str, Any], pack_name: str, faults: Faults) -> tuple[Rule, ...]:
    if not isinstance(value.data, list) or not value.data:
        found = "an empty list" if value.data == [] else f.kind(value.data)
        faults.note(value.place, f"'rules' is {found}", "write a list with at least one rule")
        return ()
    read = [_rule(item, keys, defaults, pack_name, faults) for item in value.data]
    faults.rule = ""
    return tuple(rule for rule in read if rule)


def _rule(value: Value, keys: f.Keys, defaults: Mapping[str, Any], pack_name: str, faults: Faults) -> Rule | None:
    faults.rule = _named(value)
    before = len(faults.found)
    inherited = replace(keys, required=[key for key in keys.required if key not in defaults])
    read = inherited.read(value, "rule", faults)
    f.odd(value, faults)
    if read is None:
        return None
    merged = {**defaults, **read, "alarm": {**defaults.get("alarm", {}), **read.get("alarm", {})}}
    merged["alarm"] = _alarm(merged["alarm"], value.data.get("alarm", value).place, faults)
    _check_patterns(value, merged, faults)
    if len(faults.found) > before:
        return None
    merged["examples"] = Examples(**merged.get("examples", {}))
    merged.setdefault("title", merged["id"])
    merged.setdefault("description", merged["title"])
    return Rule(**merged, pack=pack_name, place=value.place)


def _named(value: Value) -> str:
    """How faults name the rule: its id, or UNNAMED."""
    found = value.data.get("id") if isinstance(value.data, dict) else None
    return found.data if found and isinstance(found.data, str) and len(found.data) <= MAX_NAME else UNNAMED


def alarm_faults(read: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What CloudWatch would refuse of alarm settings: (what, fix)."""
    alarm = Alarm(**{"datapoints_to_alarm": read.get("evaluation_periods", 1), **read})
    total, most = alarm.period * alarm.evaluation_periods, WEEK if alarm.period >= HOUR else DAY
    checks = (
        (alarm.period % 60 != 0, f"'period' is {alarm.period}", "write a multiple of 60 seconds"),
        (
            total > most,
            f"period x evaluation_periods is {total:,} s",
            f"keep it within {most:,} s (86,400; 604,800 when the period is an hour or more)",
        ),
        (
            alarm.datapoints_to_alarm > alarm.evaluation_periods,
            f"'datapoints_to_alarm' is {alarm.datapoints_to_alarm}",
            f"it can be {alarm.evaluation_periods} at most, as evaluation_periods is",
        ),
    )
    return [(what, fix) for wrong, what, fix in checks if wrong]


def _alarm(read: Mapping[str, Any], place: Place, faults: Faults) -> Alarm:
    for what, fix in alarm_faults(read):
        faults.note(place, what, fix)
    return Alarm(**{"datapoints_to_alarm": read.get("evaluation_periods", 1), **read})


def _check_patterns(value: Value, read: Mapping[str, Any], faults: Faults) -> None:
    if "pattern" in read:
        _check_pattern(value.data["pattern"], read["pattern"], faults)
    for number, pattern in enumerate(read.get("more_patterns", ())):
        _check_pattern(value.data["more_patterns"].data[number], pattern, faults)


def _check_pattern(value: Value, pattern: str, faults: Faults) -> None:
    length = max(len(value.data), len(fill_text(pattern, LONGEST)))
    if length > MAX_LENGTH:
        fix = "CloudWatch Logs takes 1,024: split it"
        faults.note(value.place, f"the pattern has {length:,} characters", fix, "G002")
    _check_placeholders(value, faults, "G002")
    if length <= MAX_LENGTH:
        try:
            parse(pattern)
        except PatternError as error:
            shift = len(value.data) - len(value.data.lstrip())
            where = value.at(error.column - 1 + shift)
            faults.note(where, f"the pattern: {error.message}", error.hint or "see docs/patterns.md", "G002")


def _check_placeholders(value: Value, faults: Faults, code: str) -> None:
    for name in unknown(value.data) if isinstance(value.data, str) else ():
        offset = value.data.find("${" + name)
        faults.note(value.at(offset), f"unknown placeholder '${{{name}}}'", meant(name, SAMPLE), code)
