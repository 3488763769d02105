"""The root program: the stack's config, one AccountGuard, and what others may want to know of it."""

import pulumi

from guard.component import AccountGuard
from guard.component.program import args

name = f"account-guard-{pulumi.get_stack()}"
guard = AccountGuard(name, args(name))

pulumi.export("trail", guard.trail)
pulumi.export("bucket", guard.bucket)
pulumi.export("logGroup", guard.log_group)
pulumi.export("topics", guard.topics)
pulumi.export("alarmNames", guard.alarm_names)
pulumi.export("pendingConfirmations", guard.pending_confirmations)
