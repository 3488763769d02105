"""Reads a config or args into settings; every fault names its key."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

from guard import rules as rule_room
from guard.errors import ConfigError, Fault, RuleError
from guard.rules import DEFAULT_PACKS
from guard.rules.fields import WRONG, Read
from guard.rules.model import Place, RuleSet
from guard.rules.values import Faults, Value, inline
from guard.settings.idle import idle
from guard.settings.keys import RAW, TRAIL_NAME, snake
from guard.settings.lengths import given_group, overlong
from guard.settings.model import Settings, TrailChoice
from guard.settings.shapes import GUARD, Shape

Spelling = Literal["config", "args"]
SHORT_PERIOD = 300
NO_FILES = "name a shipped pack, or write its rules under 'rules': a component of another language reads no files"
_FIELDS = {field.name for field in fields(Settings)}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,62}")
OF_A_TRAIL = frozenset({"bucket", "role"})  # placeholders that a log group alone does not fill


def read(
    config: Mapping[str, Any],
    *,
    component: str,
    root: Path | None,
    spelling: Spelling = "config",
    shape: Shape = GUARD,
) -> Settings:
    """The settings of a config (keys in camelCase) or of args (with underscores); `shape`: of which component.
    Packs given by path stand in `root`; None where no path can be given. Raises ConfigError with every fault,
    those of packs and rules among them.
    """
    rename = snake if spelling == "args" else str
    readers = {rename(key): reader for key, reader in shape.readers.items()}
    faults = Faults()
    # A typed key without a default is required, says the CLI; so the optional ones default to nothing.
    given = {key: value for key, value in config.items() if value not in (None, "", {})}
    found = _read_keys(given, readers, faults)
    alone = "values" in readers or bool(found.get("trail", TrailChoice()).log_group)
    readable = found if "packs" in found else {**found, **_readable(given)}
    rules, broken = _rules(readable, root, alone=alone) if "packs" in readers else (RuleSet((), ()), ())
    every = [*(noted.fault for noted in faults.found), *broken]
    every += [Fault(rename(key), "is missing", fix) for key, fix in shape.required.items() if rename(key) not in given]
    if not _NAME.fullmatch(component):
        fix = "letters, digits and '-', a letter first, 63 at most: topics and dashboards bear it"
        every.append(Fault("name", f"'{component}' is no name for the component", fix))
    elif _names_trail(found, shape, rename) and not re.fullmatch(TRAIL_NAME, component):
        fix = f"3 characters at least, no '-' at the end or beside another; or set {rename('trailName')}"
        every.append(Fault("name", f"'{component}' is no name for a trail", fix))
    every += _together(given, found, rules, readers)
    key, group = given_group(given)
    if group:
        every += overlong(key, {"prefix": component, **_values(found), "logGroup": group}, rules)
    if every:
        raise ConfigError(every)
    plain = {snake(key): value for key, value in found.items()}
    known = {key: value for key, value in plain.items() if key in _FIELDS}
    return Settings(component=component, **{**known, "rules": rules, "warnings": tuple(_warnings(rules))})


def _read_keys(given: Mapping[str, Any], readers: Mapping[str, Read], faults: Faults) -> dict[str, Any]:
    found = {}
    for key, data in given.items():
        if key not in readers:
            near = difflib.get_close_matches(key, readers, n=1)
            fix = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(readers)}"
            faults.note(inline(None, key, faults).place, "unknown key", fix)
            continue
        item = Value(data, Place(key, 0, 0)) if key in RAW else inline(data, key, faults)
        value = readers[key](item, key, faults)
        if value is not WRONG:
            found[key] = value
    return found


def _names_trail(found: Mapping[str, Any], shape: Shape, rename: Callable[[str], str]) -> bool:
    """Whether a trail is made that bears the component's name."""
    return "trailName" in shape.readers and not found.get("trail") and not found.get(rename("trailName"))


def _readable(given: Mapping[str, Any]) -> dict[str, Any]:
    """Of packs that are no list of names, those that are names, with a mark that there are more."""
    if "packs" not in given:
        return {}
    packs = given["packs"] if isinstance(given["packs"], list | tuple) else ()
    return {"packs": [one for one in packs if isinstance(one, str) and one.strip()], "partial": True}


def _rules(found: Mapping[str, Any], root: Path | None, *, alone: bool) -> tuple[RuleSet, tuple[Fault, ...]]:
    """The rules, and what is wrong with them; `alone`: on a log group, and no trail fills their placeholders."""
    unknown = OF_A_TRAIL - _values(found).keys() if alone else frozenset()
    packs = found.get("packs", DEFAULT_PACKS)
    files = [pack for pack in packs if rule_room.is_path(pack)] if root is None else []
    refused = tuple(Fault(f"packs[{packs.index(pack)}]", f"'{pack}' is a file's path", NO_FILES) for pack in files)
    try:
        loaded = rule_room.load(
            [pack for pack in packs if pack not in files],
            rules=found.get("rules", ()),
            overrides=found.get("overrides", {}),
            root=root,
            unknown=unknown,
            partial=found.get("partial", False),
        )
    except RuleError as error:
        return RuleSet((), ()), (*refused, *error.faults)
    return loaded, refused


def _values(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """What fills the placeholders; all of them, where only the deployment knows which."""
    values = found.get("values", {})
    return values if isinstance(values, Mapping) else dict.fromkeys(OF_A_TRAIL, values)


def _together(
    given: Mapping[str, Any], found: Mapping[str, Any], rules: RuleSet, readers: Mapping[str, Read]
) -> Iterator[Fault]:
    """The faults that no single key shows."""
    if "emails" in readers and not given.keys() & {"emails", "topic"}:
        yield Fault("emails", "nobody to mail", "name at least one address: emails: [security@example.com]")
    quiet = [rule.id for rule in rules.rules if rule.topic == "quiet"]
    if "recipients" in readers and quiet and "quiet" not in (given.get("recipients") or {}):
        what = f"no recipients for the exact twin{'s' if len(quiet) > 1 else ''} {', '.join(quiet)}"
        yield Fault("recipients.quiet", what, "an auditor wants a subscriber: name an address")
    if readers.keys() & {"rolePath", "role_path"} and not found.get("trail"):
        yield from _same_tags(found.get("tags") or {})
    yield from idle(found, readers)


def _same_tags(tags: Iterable[str]) -> Iterator[Fault]:
    """A fault for each tag that the trail's role could not bear: to IAM alone a key's case does not count.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
    """
    seen: dict[str, str] = {}
    for key in tags:
        first = seen.setdefault(key.lower(), key)
        if first != key:
            yield Fault(f"tags.{key}", f"is the same as '{first}' to IAM, and CloudTrail's role bears both", "keep one")


def _warnings(rules: RuleSet) -> Iterator[str]:
    for rule_id, names in rules.open.items():
        holes = " and ".join(f"${{{name}}}" for name in names)
        yield f"rule '{rule_id}' isn't deployed: it names {holes}, which only a trail tells, not a log group"
    for rule in rules.rules:
        if rule.alarm.period < SHORT_PERIOD:
            yield (
                f"rule '{rule.id}': a period of {rule.alarm.period} s; CloudTrail delivers in batches some "
                f"minutes apart, so {SHORT_PERIOD} s or more counts what belongs together"
            )
