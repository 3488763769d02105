"""A stack's config, or a component's args, as typed settings; each error names the key."""

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from guard import rules as rule_room
from guard.errors import ConfigError, Fault, RuleError
from guard.names import Names
from guard.rules import DEFAULT_PACKS
from guard.rules.fields import WRONG, Keys, Read, choice, flag, form, mapped, several, structure, text, whole
from guard.rules.model import EMPTY, SEVERITIES, RuleSet
from guard.rules.values import Faults, Value, inline

PROJECT = "account-guard"
ROUTES = (*SEVERITIES, "quiet")
Spelling = Literal["config", "args"]
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTION = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
SHORT_PERIOD = 300
_ADDRESS = re.compile(r"[^\s@<>,;\"()]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,62}")


class Secret(str):
    """An address that the stack's config holds encrypted; it stays a secret in the stack's state."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ObjectLock:
    """Default retention of the log bucket's objects, in days."""

    mode: Literal["GOVERNANCE", "COMPLIANCE"]
    days: int


@dataclass(frozen=True, slots=True)
class TrailChoice:
    """Which trail the rules stand on: one of our own (the default), one that exists, or a log group."""

    existing: str = ""
    log_group: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a stack wants, checked. What a component's args hold may be a Pulumi output where it is a leaf:
    an address, a tag, an ARN; everything else is plain.
    """

    component: str
    rules: RuleSet
    emails: tuple[Any, ...]
    recipients: Mapping[str, tuple[Any, ...]] = field(default_factory=lambda: EMPTY)
    retention_days: int = 365
    archive_days: int = 0
    encryption: bool = True
    access_logs: bool = True
    object_lock: ObjectLock | None = None
    data_events: bool = False
    insights: bool = False
    protect: bool = True
    heartbeat_hours: int = 3
    dashboard: bool = True
    notify_ok: bool = False
    permissions_boundary: Any = None
    role_path: str = "/"
    tags: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    region: str = ""
    trail: TrailChoice = TrailChoice()
    organization: bool = False
    bucket: Any = None
    key: Any = None
    topic: Any = None
    warnings: tuple[str, ...] = ()

    @property
    def names(self) -> Names:
        """The physical names."""
        return Names(self.component)


def _later(read: Read) -> Read:
    """A reader of a leaf that Pulumi may know only later."""

    def read_or_wait(value: Value, name: str, faults: Faults) -> Any:
        known = isinstance(value.data, str | int | float | list | dict | type(None))
        return read(value, name, faults) if known else value.data

    return read_or_wait


def _address(value: Value, name: str, faults: Faults) -> Any:  # noqa: ARG001 - a reader's signature
    if isinstance(value.data, str) and _ADDRESS.fullmatch(value.data.strip()):
        return type(value.data)(value.data.strip())
    faults.note(value.place, f"{_shown(value)} is no e-mail address", "write one such as security@example.com")
    return WRONG


def _shown(value: Value) -> str:
    return "[secret]" if isinstance(value.data, Secret) else f"'{value.data}'"


def _addresses(value: Value, name: str, faults: Faults) -> Any:
    """A list of addresses, none twice."""
    found = several(_later(_address), least=1)(value, name, faults)
    seen: set[str] = set()
    for item in value.data if isinstance(value.data, list) else ():
        address = item.data.strip().lower() if isinstance(item.data, str) else ""
        if address and address in seen:
            faults.note(item.place, f"{_shown(item)} is there twice", "leave one out")
        seen.add(address)
    return found


def _retention(value: Value, name: str, faults: Faults) -> Any:
    days = whole(1, RETENTION[-1])(value, name, faults)
    if days is WRONG or days in RETENTION:
        return days
    near = min(RETENTION, key=lambda offered: abs(offered - days))
    faults.note(
        value.place,
        f"CloudWatch Logs has no retention of {days} days",
        f"write {near}, or one of {RETENTION}",
    )
    return WRONG


def _lock(value: Value, name: str, faults: Faults) -> Any:
    keys = {"mode": choice("GOVERNANCE", "COMPLIANCE"), "days": whole(1, 36_500)}
    found = structure(Keys(keys, ("mode", "days")))(value, name, faults)
    return ObjectLock(**found) if found is not WRONG and len(found) == len(keys) else WRONG


def _trail(value: Value, name: str, faults: Faults) -> Any:
    keys = Keys({"existing": text, "log_group": text, "logGroup": text})
    found = structure(keys)(value, name, faults)
    if found is WRONG:
        return WRONG
    chosen = TrailChoice(found.get("existing", ""), found.get("log_group", found.get("logGroup", "")))
    if chosen.existing and chosen.log_group:
        faults.note(value.place, "both 'existing' and 'logGroup'", "an existing trail brings its log group")
    return chosen


def _routes(value: Value, name: str, faults: Faults) -> Any:
    if isinstance(value.data, dict):
        for route in value.data.keys() - set(ROUTES):
            faults.note(value.keys[route], f"unknown severity '{route}'", f"known are {', '.join(ROUTES)}")
    return mapped(_addresses, re.compile(".*"), "")(value, name, faults)


def _any(value: Value, name: str, faults: Faults) -> Any:  # noqa: ARG001 - a reader's signature
    return value.plain


_ARN = _later(form(r"arn:[a-z0-9-]+:[a-z0-9-]+:\S*", "an ARN"))
# camelCase in a stack's config, underscores in a component's args
READERS: Mapping[str, Read] = {
    "emails": _addresses,
    "packs": several(text),
    "rules": _any,
    "overrides": _any,
    "recipients": _routes,
    "retentionDays": _retention,
    "archiveDays": whole(0, 36_500),
    "encryption": flag,
    "accessLogs": flag,
    "objectLock": _lock,
    "dataEvents": flag,
    "insights": flag,
    "protect": flag,
    "heartbeatHours": whole(1, 168),
    "dashboard": flag,
    "notifyOk": flag,
    "permissionsBoundary": _ARN,
    "rolePath": form(r"/([!-.0-~]+/)*", "a path such as /security/"),
    "tags": mapped(_later(text), re.compile(r"(?!aws:)[\w .:/=+@-]{1,128}"), "a tag's key"),
    "trail": _trail,
    "organization": flag,
    "bucket": _later(text),
    "key": _ARN,
    "topic": _ARN,
}


def snake(key: str) -> str:
    """`retentionDays` as `retention_days`."""
    return re.sub(r"[A-Z]", lambda capital: f"_{capital[0].lower()}", key)


def read(
    config: Mapping[str, Any],
    *,
    component: str,
    root: Path,
    spelling: Spelling = "config",
) -> Settings:
    """The settings of a config (keys in camelCase) or of args (with underscores). Packs given by path stand
    in `root`. Raises ConfigError with every fault, those of packs and rules among them.
    """
    rename = snake if spelling == "args" else str
    readers = {rename(key): reader for key, reader in READERS.items()}
    faults = Faults()
    # A typed key without a default is required, says the CLI; so the optional ones default to nothing.
    given = {key: value for key, value in config.items() if value not in (None, "", {})}
    found = _read_keys(given, readers, faults)
    rules, broken = _rules(found, root)
    every = [*(fault for _, fault in faults.found), *broken]
    if not _NAME.fullmatch(component):
        fix = "letters, digits and '-', a letter first, 63 at most: topics and dashboards bear it"
        every.append(Fault("name", f"'{component}' is no name for the component", fix))
    every += _together(given, found, rules, rename)
    if every:
        raise ConfigError(every)
    plain = {snake(key): value for key, value in found.items()}
    leave = {"packs", "rules", "overrides"}
    return Settings(
        component=component,
        rules=rules,
        warnings=tuple(_warnings(rules)),
        **{key: value for key, value in plain.items() if key not in leave},
    )


def _read_keys(given: Mapping[str, Any], readers: Mapping[str, Read], faults: Faults) -> dict[str, Any]:
    found = {}
    for key, data in given.items():
        if key not in readers:
            near = difflib.get_close_matches(key, readers, n=1)
            fix = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(readers)}"
            faults.note(inline(None, key, faults).place, "unknown key", fix)
            continue
        value = readers[key](inline(data, key, faults), key, faults)
        if value is not WRONG:
            found[key] = value
    return found


def _rules(found: Mapping[str, Any], root: Path) -> tuple[RuleSet, tuple[Fault, ...]]:
    try:
        loaded = rule_room.load(
            found.get("packs", DEFAULT_PACKS),
            rules=found.get("rules") or (),
            overrides=found.get("overrides") or {},
            root=root,
        )
    except RuleError as error:
        return RuleSet((), ()), error.faults
    return loaded, ()


def _together(given: Mapping[str, Any], found: Mapping[str, Any], rules: RuleSet, rename: Any) -> Iterator[Fault]:
    """The faults that no single key shows."""
    if "emails" not in given and rename("topic") not in given:
        yield Fault("emails", "nobody to mail", "name at least one address: emails: [security@example.com]")
    quiet = [rule.id for rule in rules.rules if rule.topic == "quiet"]
    if quiet and "quiet" not in (given.get("recipients") or {}):
        what = f"no recipients for the exact twin{'s' if len(quiet) > 1 else ''} {', '.join(quiet)}"
        yield Fault("recipients.quiet", what, "an auditor wants a subscriber: name an address")
    trail = found.get("trail", TrailChoice())
    if (trail.existing or trail.log_group) and found.get("organization"):
        yield Fault("organization", "makes a trail, and 'trail' names one", "leave one of the two out")


def _warnings(rules: RuleSet) -> Iterator[str]:
    for rule in rules.rules:
        if rule.alarm.period < SHORT_PERIOD:
            yield (
                f"rule '{rule.id}': a period of {rule.alarm.period} s; CloudTrail delivers in batches some "
                f"minutes apart, so {SHORT_PERIOD} s or more counts what belongs together"
            )


def load_stack(root: Path, stack: str) -> Settings:
    """The settings of a stack of the root program: `Pulumi.<stack>.yaml` over the defaults of `Pulumi.yaml`.
    Raises ConfigError.
    """
    from dataclasses import replace

    values = stack_config(root, stack)
    own = {key.split(":", 1)[1]: value for key, value in values.items() if key.startswith(f"{PROJECT}:")}
    settings = read(own, component=f"{PROJECT}-{stack}", root=root)
    return replace(settings, region=str(values.get("aws:region", "")))


def stack_config(root: Path, stack: str) -> dict[str, Any]:
    """`project:key` -> value, defaults of `Pulumi.yaml` merged, texts of typed keys read as their type."""
    project = _document(root / "Pulumi.yaml")
    path = root / f"Pulumi.{stack}.yaml"
    given = _document(path).get("config") or {}
    if not isinstance(given, dict):
        raise ConfigError([Fault(f"{path}: config", "is no map", "write keys and values")])
    name = str(project.get("name", PROJECT))
    types = {f"{name}:{key}": entry for key, entry in (project.get("config") or {}).items() if ":" not in key}
    values = {key: entry["default"] for key, entry in types.items() if "default" in entry}
    values |= {key if ":" in key else f"{name}:{key}": value for key, value in given.items()}
    return {key: _typed(value, types.get(key, {}).get("type", "string")) for key, value in values.items()}


def _typed(value: Any, kind: str) -> Any:
    """`pulumi config set` writes every plain value as text."""
    if isinstance(value, str) and kind != "string":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _document(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(one.name for one in path.parent.glob("Pulumi.*.yaml"))) or "none"
        fix = f"run guard in the stack's folder, or name another stack; here: {known}"
        raise ConfigError([Fault(str(path), "no such file", fix)]) from None
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise ConfigError([Fault(str(path), f"cannot be read: {error}", "mend it")]) from None
    if not isinstance(document, dict):
        raise ConfigError([Fault(str(path), "is no map", "write keys and values")])
    return document
