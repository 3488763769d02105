"""What a verification finds: PASS, FAIL or WARN, each with what was seen, why it matters and what mends it."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["PASS", "FAIL", "WARN"]
STATUSES: tuple[Status, ...] = ("FAIL", "WARN", "PASS")
DEPLOY = "deploy the stack again: pulumi up --refresh"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `check` is the check's name (trail, filters, ...), `subject` what of it."""

    check: str
    subject: str
    status: Status
    seen: str
    why: str = ""
    fix: str = ""


def judged(
    check: str, subject: str, *, fine: bool, seen: str, why: str, fix: str = DEPLOY, otherwise: Status = "FAIL"
) -> Finding:
    """A PASS that needs no advice, or a FAIL (or WARN) with it."""
    return Finding(check, subject, "PASS", seen) if fine else Finding(check, subject, otherwise, seen, why, fix)
