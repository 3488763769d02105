"""Is the wire whole? The live account against the stack's settings; reads, and never writes."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

from guard.account import (
    alarms,
    arriving,
    before,
    bucket,
    filters,
    group,
    keys,
    mutes,
    quotas,
    rang,
    recipients,
    role,
    topics,
    trail,
)
from guard.account.account import Account
from guard.account.findings import Finding, unread
from guard.errors import GuardError

Check: TypeAlias = Callable[[Account], Iterator[Finding]]
CHECKS: Mapping[str, Check] = {
    trail.CHECK: trail.check,
    arriving.CHECK: arriving.check,
    bucket.CHECK: bucket.check,
    group.CHECK: group.check,
    keys.CHECK: keys.check,
    role.CHECK: role.check,
    filters.CHECK: filters.check,
    alarms.CHECK: alarms.check,
    mutes.CHECK: mutes.check,
    rang.CHECK: rang.check,
    topics.CHECK: topics.check,
    recipients.CHECK: recipients.check,
    quotas.CHECK: quotas.check,
}
BEFORE: Mapping[str, Check] = {  # where nothing is deployed yet
    before.CHECK: before.names,
    quotas.CHECK: before.room,
    "what is used": before.used,
}
THREADS = 8


def verify(
    account: Account, checks: Mapping[str, Check] = CHECKS, done: Callable[[str], None] = lambda _: None
) -> list[Finding]:
    """Every finding of every check, in the order of the table; a call that is denied is a finding of its check.
    `done` hears each check's name when it is through, from the caller's thread.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        running = {pool.submit(guarded, name, check, account): name for name, check in checks.items()}
        for future in as_completed(running):
            done(running[future])
        return [finding for future in running for finding in future.result()]


def guarded(name: str, check: Check, account: Account) -> list[Finding]:
    """A check's findings; what came before a denied call is kept."""
    found: list[Finding] = []
    try:
        found.extend(check(account))
    except (ClientError, BotoCoreError, GuardError) as error:
        found.append(unread(name, error))
    return found
