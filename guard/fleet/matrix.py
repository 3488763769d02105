"""The matrix by which CI deploys the stacks: waves in order, each in batches that GitHub Actions takes."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from guard.fleet.accounts import Account

JOBS = 256  # https://docs.github.com/en/actions/reference/limits: jobs of one matrix


def github(accounts: Sequence[Account], role: str = "") -> dict[str, Any]:
    """What `strategy.matrix` of GitHub Actions takes: one entry a batch, to be run one after the other, whose
    `stacks` is the matrix of the batch. `role` names a role in place of the list's.
    """
    return {"include": [{"batch": name, "stacks": {"include": found}} for name, found in batches(accounts, role)]}


def batches(accounts: Sequence[Account], role: str = "") -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Name and entries of each batch: one wave's stacks, 256 at most, in the list's order."""
    for wave, found in groupby(sorted(accounts, key=lambda one: one.wave), key=lambda one: one.wave):
        every = [entry(account, role) for account in found]
        parts = [every[start : start + JOBS] for start in range(0, len(every), JOBS)]
        for number, part in enumerate(parts, start=1):
            yield f"wave {wave}" + (f", part {number} of {len(parts)}" if len(parts) > 1 else ""), part


def entry(account: Account, role: str = "") -> dict[str, str]:
    """One job: the stack, where it goes, and the role that takes it there."""
    arn = account.role_named(role) if role else account.role
    return {"stack": account.stack, "account": account.account, "region": account.region, "role": arn}
