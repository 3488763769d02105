"""What is deployed: one file a Pulumi component.

AccountGuard holds an AuditTrail, Notifications, a Watchdog and RuleAlarms.
"""

from guard.component.account_guard import AccountGuard
from guard.component.args import AccountGuardArgs, AuditTrailArgs, RuleAlarmsArgs
from guard.component.audit_trail import AuditTrail
from guard.component.rule_alarms import RuleAlarms

__all__ = [
    "AccountGuard",
    "AccountGuardArgs",
    "AuditTrail",
    "AuditTrailArgs",
    "RuleAlarms",
    "RuleAlarmsArgs",
]
