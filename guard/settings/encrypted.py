"""What a stack's file holds encrypted, as `{secure: ...}`, where nothing decrypts it."""

from collections.abc import Iterator, Mapping
from typing import Any

from guard.settings.model import UNREAD

# Stands for an address that cannot be decrypted here: the settings want an address.
PLACEHOLDER = "secret-{}" + UNREAD


def is_secure(value: Any) -> bool:
    """Whether a value, or one inside it, is encrypted."""
    if isinstance(value, dict):
        return _is_whole(value) or any(map(is_secure, value.values()))
    return isinstance(value, list) and any(map(is_secure, value))


def readable(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The values of a config's keys with an address of its own for each encrypted one; other encrypted keys are left
    out. `prefix`: what the keys of the project begin with.
    """
    emails, recipients, topic = (f"{prefix}{key}" for key in ("emails", "recipients", "topic"))
    count = iter(range(1, 1000))
    hidden = {key: value for key, value in values.items() if is_secure(value)}
    shown = {
        key: _hide(value, count, key)
        for key, value in hidden.items()
        if key == emails or (key == recipients and not _is_whole(value))
    }
    found = {**{key: value for key, value in values.items() if key not in hidden}, **shown}
    if topic in hidden and not found.get(emails):
        found[emails] = [PLACEHOLDER.format(next(count))]
    return found


def _is_whole(value: Any) -> bool:
    """Whether a value is encrypted as a whole."""
    return isinstance(value, dict) and set(value) == {"secure"}


def _hide(value: Any, count: Iterator[int], key: str) -> Any:
    """A value with an address of its own in each encrypted place."""
    if _is_whole(value):
        address = PLACEHOLDER.format(next(count))
        return [address] if key.endswith("emails") else address
    if isinstance(value, dict):
        return {inner: _hide(one, count, "") for inner, one in value.items()}
    return [_hide(one, count, "") for one in value] if isinstance(value, list) else value
