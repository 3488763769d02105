"""The least: whom to mail."""

import pulumi

from guard import AccountGuard

guard = AccountGuard("guard", {"emails": ["security@example.com"]})

pulumi.export("pendingConfirmations", guard.pending_confirmations)
