"""What a stack would watch, use and cost, before it is deployed; and what a change of it changes."""

from dataclasses import replace
from pathlib import Path

from guard import program, settings
from guard.plan.build import build
from guard.plan.config import Config, read
from guard.plan.model import Plan

__all__ = ["Plan", "make", "plan_of"]


def make(root: Path, stack: str, events: int) -> Plan:
    """The plan of a stack of the project in `root`, at `events` management events a month: its program run
    under Pulumi's mocks, no credentials needed. Raises GuardError.
    """
    return plan_of(read(root, stack), root, stack, events)


def plan_of(config: Config, root: Path, stack: str, events: int) -> Plan:
    """The same, of a config that no file need hold."""
    wanted = settings.read(config.own(), component=f"{settings.PROJECT}-{stack}", root=root)
    deployment = program.run(root, stack, config=config.values)
    region = str(config.values.get("aws:region", ""))
    plan = build(deployment.resources, replace(wanted, region=region), stack, events)
    return replace(plan, warnings=(*config.notes, *plan.warnings), secret_addresses=config.secret_addresses)
