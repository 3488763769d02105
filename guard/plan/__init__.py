"""What a stack would watch, use and cost, before it is deployed; and what a change of it changes."""

from dataclasses import replace
from pathlib import Path

from guard import program
from guard.plan.build import build
from guard.plan.config import Config, read
from guard.plan.model import Plan
from guard.settings import PROJECT
from guard.settings.stack import project_name, settings_of

__all__ = ["Plan", "make", "plan_of"]


def make(root: Path, stack: str, events: int) -> Plan:
    """The plan of a stack of the project in `root`, at `events` management events a month: its program run
    under Pulumi's mocks, no credentials needed. Raises GuardError.
    """
    return plan_of(read(root, stack), root, stack, events)


def plan_of(config: Config, root: Path, stack: str, events: int) -> Plan:
    """The same, of a config that no file need hold. Of a program of somebody's own the alarms say themselves what
    they are: keys of a guard there are only for the commands that don't run it.
    """
    values, component = config.values, ""
    if not config.own() or project_name(root) != PROJECT:
        others = {key: value for key, value in values.items() if not key.startswith(f"{PROJECT}:")}
        values, component = {f"{PROJECT}:packs": [], **others}, PROJECT
    wanted = settings_of(values, stack, root, component)
    deployment = program.run(root, stack, config=config.values)
    plan = build(deployment.resources, wanted, stack, events)
    return replace(
        plan,
        settings={} if component else plan.settings,
        warnings=(*config.notes, *deployment.messages, *plan.warnings),
        secret_addresses=config.secret_addresses,
    )
