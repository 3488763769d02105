"""The root program's part: from the stack's config to the args of one AccountGuard."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi

from guard.component.args import AccountGuardArgs
from guard.component.errors import checked
from guard.settings import READERS, Secret, snake


def args(name: str) -> AccountGuardArgs:
    """The config's keys as args of the component of this name; e-mail addresses that are encrypted there stay
    secret. Raises RunError with every fault, each with the config's key.
    """
    config = pulumi.Config()
    found = {key: value for key in READERS if (value := read(config, key)) is not None}
    checked(found, name, Path.cwd(), "config")
    return cast("AccountGuardArgs", {snake(key): value for key, value in found.items()})


def read(config: pulumi.Config, key: str) -> Any:
    """One key's value; None where it is not set."""
    full = config.full_key(key)
    secret = pulumi.runtime.is_config_secret(full)
    text = pulumi.runtime.get_config(full)
    if text is None:
        return None
    value = parsed(text)
    return hidden(value) if secret else value


def parsed(text: str) -> Any:
    """A value as JSON has it; a plain text where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def hidden(value: Any) -> Any:
    """The texts in a value, marked as secret."""
    if isinstance(value, list):
        return [hidden(item) for item in value]
    if isinstance(value, dict):
        return {key: hidden(item) for key, item in value.items()}
    return Secret(value) if isinstance(value, str) else value
