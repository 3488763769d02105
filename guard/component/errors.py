"""What a component says to bad args: all faults at once, without a traceback."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

from guard import settings
from guard.errors import ConfigError
from guard.settings import GUARD, Shape, Spelling


class BadArgsError(pulumi.RunError):
    """Faults of a component's args. As a RunError it ends a program without a traceback."""

    def __init__(self, error: ConfigError) -> None:
        super().__init__(f"Account Guard cannot be deployed:\n{error}")


def checked(
    args: Mapping[str, Any], name: str, root: Path, spelling: Spelling = "args", *, shape: Shape = GUARD
) -> settings.Settings:
    """The settings of a component's args, or of a stack's config. Raises BadArgsError."""
    try:
        return settings.read(args, component=name, root=root, spelling=spelling, shape=shape)
    except ConfigError as error:
        raise BadArgsError(error) from None
