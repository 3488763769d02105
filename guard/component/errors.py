"""What a component says to bad args: all faults at once and no traceback, in a program and in a host."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pulumi

from guard import settings
from guard.errors import ConfigError, Fault
from guard.settings import GUARD, Shape, Spelling

TITLE = "Account Guard cannot be deployed"
# Whether the component is built for a program in another language, by the host that serves it.
HOSTED: ContextVar[bool] = ContextVar("HOSTED", default=False)


def refusal(faults: Sequence[Fault]) -> Exception:
    """The error that ends a deployment for these faults: a RunError ends a program without a traceback; a host
    needs an InputPropertiesError, and the engine tells each property's.
    """
    if not HOSTED.get():
        return pulumi.RunError(f"{TITLE}:\n" + "\n".join(map(str, faults)))
    return pulumi.InputPropertiesError(TITLE, [_detail(fault) for fault in faults])


def _detail(fault: Fault) -> pulumi.InputPropertyErrorDetails:
    reason = ": ".join(part for part in (fault.what, fault.fix) if part)
    return {"property_path": fault.place, "reason": reason}


def checked(
    args: Mapping[str, Any], name: str, root: Path | None, spelling: Spelling = "args", *, shape: Shape = GUARD
) -> settings.Settings:
    """The settings of a component's args, or of a stack's config. Raises what `refusal` gives."""
    try:
        return settings.read(args, component=name, root=root, spelling=spelling, shape=shape)
    except ConfigError as error:
        raise refusal(error.faults) from None
