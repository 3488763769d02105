"""The root program: the stack's config, one AccountGuard, and what others may want to know of it."""

import pulumi

from guard.component import AccountGuard
from guard.component.program import args

guard = AccountGuard(f"account-guard-{pulumi.get_stack()}", args())

pulumi.export("trail", guard.trail)
pulumi.export("bucket", guard.bucket)
pulumi.export("logGroup", guard.log_group)
pulumi.export("topics", guard.topics)
pulumi.export("alarmNames", guard.alarm_names)
pulumi.export("pendingConfirmations", guard.pending_confirmations)
