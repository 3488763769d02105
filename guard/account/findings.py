"""What a verification finds: PASS, FAIL or WARN, each with what was seen, why it matters and what mends it."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["PASS", "FAIL", "WARN"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    check: str
    status: Status
    seen: str
    why: str = ""
    fix: str = ""


def judged(check: str, *, fine: bool, seen: str, why: str, fix: str, else_: Status = "FAIL") -> Finding:
    """A PASS that needs no advice, or a FAIL (or WARN) with it."""
    return Finding(check, "PASS", seen) if fine else Finding(check, else_, seen, why, fix)
