"""What a component says to bad args: all faults, no traceback in a program, properties in a host."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

from guard import settings
from guard.errors import ConfigError
from guard.settings import Spelling


class BadArgsError(pulumi.RunError, pulumi.InputPropertiesError):
    """Faults of a component's args.

    As a RunError it ends a program without a traceback; as an InputPropertiesError the host of a component
    in another language tells the engine which property is wrong.
    """

    def __init__(self, error: ConfigError) -> None:
        text = f"Account Guard cannot be deployed:\n{error}"
        details = [
            pulumi.InputPropertyErrorDetails(property_path=fault.place, reason=f"{fault.what}: {fault.fix}")
            for fault in error.faults
        ]
        pulumi.InputPropertiesError.__init__(self, text, details)


def checked(args: Mapping[str, Any], name: str, root: Path, spelling: Spelling = "args") -> settings.Settings:
    """The settings of a component's args, or of a stack's config. Raises BadArgsError."""
    try:
        return settings.read(args, component=name, root=root, spelling=spelling)
    except ConfigError as error:
        raise BadArgsError(error) from None
