"""Is the wire whole? The live account against the stack's settings; reads, and never writes."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

from guard.account import alarms, filters, recipients, trail
from guard.account.account import Account
from guard.account.findings import Finding

Check: TypeAlias = Callable[[Account], Iterator[Finding]]
CHECKS: Mapping[str, Check] = {
    "trail": trail.check,
    "filters": filters.check,
    "alarms": alarms.check,
    "recipients": recipients.check,
}
THREADS = 8


def verify(
    account: Account, checks: Mapping[str, Check] = CHECKS, done: Callable[[str], None] = lambda _: None
) -> list[Finding]:
    """Every finding of every check, in the order of the table; a call that is denied is a finding of its check.
    `done` hears each check's name when it is through, from the caller's thread.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        running = {pool.submit(_guarded, name, check, account): name for name, check in checks.items()}
        for future in as_completed(running):
            done(running[future])
        return [finding for future in running for finding in future.result()]


def _guarded(name: str, check: Check, account: Account) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(check(account))  # what came before a denied call is kept
    except (ClientError, BotoCoreError) as error:
        found.append(unread(name, error))
    return found


def unread(check: str, error: ClientError | BotoCoreError) -> Finding:
    """A check that could not look at all it wants."""
    why = "what could not be read may be broken"
    fix = "look whether it is there, and give these credentials the rights that `guard policy verify` prints"
    return Finding(check, "look", "FAIL", str(error), why, fix)
