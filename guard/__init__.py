"""Makes an AWS account speak up. `from guard import AccountGuard` brings Pulumi; `import guard` does not."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guard.component import AccountGuard, AccountGuardArgs, AuditTrail, AuditTrailArgs, RuleAlarms, RuleAlarmsArgs

__all__ = ["AccountGuard", "AccountGuardArgs", "AuditTrail", "AuditTrailArgs", "RuleAlarms", "RuleAlarmsArgs"]


def __getattr__(name: str) -> Any:
    """The component's classes, loaded when asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'guard' has no attribute '{name}'")
    from guard import component

    return getattr(component, name)
