"""The plans of all stacks, in short: what each would watch, use and cost."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from guard.fleet.over import Outcome, outcomes, over
from guard.fleet.stacks import Fleet, Stack
from guard.plan import Plan, plan_of
from guard.plan.config import Config
from guard.settings import PROJECT

ANY = "<stack>"  # stands for a stack's own name where two plans are compared


@dataclass(frozen=True, slots=True)
class Planned:
    """One stack's plan in short; `over` names the quotas that it exceeds, costs are US dollars a month."""

    alarms: int
    resources: int
    recipients: int
    cost: float
    without_free_tier: float
    over: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def plans(
    fleet: Fleet, root: Path, events: int, jobs: int, tick: Callable[[int], object] = lambda _: None
) -> list[Outcome[Planned]]:
    """Every account's plan, in the list's order, `jobs` of them at once; `tick` is told of
    how many more there is a plan.

    Stacks of equal config and region differ in their names alone, unless the program asks for the name: of
    each such group the one with the longest name (names fill patterns, and patterns have a limit) and another
    are planned. Where these two agree the rest has the same plan; else each is planned by itself.
    """
    groups = alike(fleet.stacks)
    work = partial(planned, root=root, events=events, secret=fleet.base.config.secret)
    with _pool(jobs) as pool:

        def found(stacks: Sequence[Stack]) -> dict[str, tuple[Planned | None, str]]:
            asked = [(one.name, one.values) for one in stacks]
            return dict(zip((one.name for one in stacks), over(work, asked, pool, tick), strict=True))

        known = found([one for group in groups for one in group[:2]])
        odd = [group for group in groups if len({_named(known[one.name], one.name, ANY) for one in group[:2]}) > 1]
        known |= found([one for group in odd for one in group[2:]])
    every = []
    for group in groups:
        first = _named(known[group[0].name], group[0].name, ANY)
        every += [(one, known.get(one.name) or _named(first, ANY, one.name)) for one in group]
    tick(len(every) - len(known))
    return outcomes(fleet, [Outcome(stack.account, *result) for stack, result in every])


def _pool(jobs: int) -> Executor:
    """A process for each plan that is made at once, since the program's folder and Pulumi's state are the
    process's; one at a time is made here.
    """
    if jobs == 1:
        return ThreadPoolExecutor(1)
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))  # Pulumi's threads do not survive a fork


def alike(stacks: Sequence[Stack]) -> list[list[Stack]]:
    """The stacks in groups of equal config and region, the longest name first; the account they are bound to
    does not count.
    """
    groups: dict[str, list[Stack]] = {}
    for stack in stacks:
        own = {key: value for key, value in stack.values.items() if key != "aws:allowedAccountIds"}
        groups.setdefault(json.dumps(own, sort_keys=True, default=str), []).append(stack)
    return [sorted(group, key=lambda one: -len(one.name)) for group in groups.values()]


def planned(asked: tuple[str, Mapping[str, Any]], root: Path, events: int, secret: frozenset[str]) -> Planned:
    """The plan of a stack (its name, its values), in short. Raises GuardError."""
    name, values = asked
    return short(plan_of(Config(values, secret), root, name, events))


def short(plan: Plan) -> Planned:
    """A plan in short."""
    return Planned(
        alarms=len(plan.alarms),
        resources=sum(plan.resources.values()),
        recipients=len({address for found in plan.topics.values() for address in found}),
        cost=plan.cost.total,
        without_free_tier=plan.cost.without_free_tier,
        over=tuple(
            f"{one.name}: {one.used:,} of {one.limit:,}" for one in plan.quotas if one.limit and one.used > one.limit
        ),
        warnings=plan.warnings,
    )


def _named(found: tuple[Planned | None, str], name: str, other: str) -> tuple[Planned | None, str]:
    """What was found of one stack, as it reads of another."""
    result, error = found
    mine, others = f"{PROJECT}-{name}", f"{PROJECT}-{other}"
    if result is None:
        return None, error.replace(mine, others)
    return replace(result, warnings=tuple(one.replace(mine, others) for one in result.warnings)), ""
