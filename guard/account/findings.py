"""What a verification finds: PASS, FAIL or WARN, each with what was seen, why it matters and what mends it."""

from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import ClientError

from guard.errors import GuardError

Status = Literal["PASS", "FAIL", "WARN"]
UNREAD = "what cannot be read may be broken"
DEPLOY = "deploy the stack again: pulumi up --refresh"
GONE = f"see whether account, region and the config's name for it are right; if the stack makes it, {DEPLOY}"


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


def unread(check: str, error: Exception, subject: str = "look", status: Status = "FAIL") -> Finding:
    """What could not be looked at. Nobody knows then whether the wire is whole, so it fails."""
    if isinstance(error, GuardError):
        return Finding(check, subject, status, str(error), UNREAD, "mend what it names, or name another in the config")
    if not isinstance(error, ClientError):
        return Finding(check, subject, status, str(error), UNREAD, "look at the network and the region")
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    gone = "NotFound" in code or code.startswith("NoSuch")
    fix = GONE if gone else "give these credentials the rights that `guard policy verify` prints"
    return Finding(check, subject, status, f"{error.operation_name}: {code}: {message}", UNREAD, fix)
