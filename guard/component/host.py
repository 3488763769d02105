"""Hosts the components for the other Pulumi languages: what `plugin/` runs."""

import sys
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import pulumi
from pulumi.provider import ConstructResult, main
from pulumi.provider.experimental.component import ComponentProvider

from guard import settings
from guard.component.account_guard import AccountGuard
from guard.component.audit_trail import AuditTrail
from guard.component.rule_alarms import RuleAlarms
from guard.errors import ConfigError, Fault
from guard.settings import ALARMS, GUARD, TRAIL, Shape

PACKAGE = "guard"
SHAPES: Mapping[type[pulumi.ComponentResource], Shape] = {AccountGuard: GUARD, AuditTrail: TRAIL, RuleAlarms: ALARMS}


class Host(ComponentProvider):
    """The SDK's host of components, which tells bad inputs.

    `component_provider_host` drops unknown inputs, stops at the first one that is missing, and makes a traceback
    of whatever a component raises, so that an InputPropertiesError never reaches the engine.
    """

    def __init__(self) -> None:
        super().__init__(list(SHAPES), PACKAGE, version=version("account-guard"))

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: pulumi.Inputs,
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """The component of these inputs, spelt as in the schema. Raises InputPropertiesError with every fault."""
        self.validate_resource_type(PACKAGE, resource_type)
        component = self._components[resource_type.rsplit(":", 1)[-1]]
        check(name, inputs, SHAPES[component])
        return super().construct(name, resource_type, inputs, options)


def check(name: str, inputs: Mapping[str, Any], shape: Shape) -> None:
    """Raises InputPropertiesError with every fault of a component's inputs, each with its property."""
    try:
        settings.read(inputs, component=name, root=None, shape=shape)
    except ConfigError as error:
        raise pulumi.InputPropertiesError("Account Guard cannot be deployed", list(map(detail, error.faults))) from None


def detail(fault: Fault) -> pulumi.InputPropertyErrorDetails:
    """A fault as the engine takes it: where, and what is wrong and what to do."""
    reason = ": ".join(part for part in (fault.what, fault.fix) if part)
    return {"property_path": fault.place, "reason": reason}


def serve() -> None:
    """Serve the components to the engine that started this process, until it ends it."""
    main(Host(), sys.argv[1:])
