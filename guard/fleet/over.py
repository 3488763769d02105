"""Runs one thing over all stacks, a bounded number at once; what fails for one is told, and stops no other."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass
from typing import Generic, TypeVar

from guard.errors import GuardError
from guard.fleet.accounts import Account
from guard.fleet.stacks import Fleet, told

T = TypeVar("T")
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What came of one account: a result, or why there is none."""

    account: Account
    result: T | None = None
    error: str = ""


def over(
    work: Callable[[Given], T], given: Sequence[Given], pool: Executor, tick: Callable[[int], object]
) -> list[tuple[T | None, str]]:
    """For each input, in order, the work's result, or None and why; `tick` is called at each one's end."""
    futures = [pool.submit(attempt, work, one) for one in given]
    for _ in as_completed(futures):
        tick(1)
    return [_settled(future) for future in futures]


def attempt(work: Callable[[Given], T], given: Given) -> tuple[T | None, str]:
    """The work's result, or None and why; where it runs, for not every exception crosses to another process."""
    try:
        return work(given), ""
    except GuardError as error:
        return None, str(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        return None, f"{type(error).__name__}: {error}"


def _settled(future: Future[tuple[T | None, str]]) -> tuple[T | None, str]:
    """What came of it; a worker that died (of memory, say) has an exception instead."""
    died = future.exception()
    return (None, f"{type(died).__name__}: {died}") if died else future.result()


def outcomes(fleet: Fleet, found: Iterable[Outcome[T]]) -> list[Outcome[T]]:
    """All accounts' outcomes, in the list's order: those that were found, and those whose settings are wrong."""
    known = {one.account.stack: one for one in found}
    wrong: dict[str, list[str]] = {}
    for account, fault in fleet.broken:
        wrong.setdefault(account.stack, []).append(str(told(account, fault)))
    return [
        known.get(account.stack) or Outcome(account, error="\n".join(wrong.get(account.stack, ())))
        for account in fleet.accounts
    ]
