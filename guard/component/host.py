"""Hosts the components for the other Pulumi languages: what `plugin/` runs."""

import sys
from collections.abc import Mapping
from importlib.metadata import version

import pulumi
from pulumi.provider import ConstructResult, main
from pulumi.provider.experimental.component import ComponentProvider

from guard.component.account_guard import AccountGuard
from guard.component.audit_trail import AuditTrail
from guard.component.errors import HOSTED, checked
from guard.component.rule_alarms import RuleAlarms
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
        HOSTED.set(True)  # in this request's context alone
        checked(inputs, name, None, "config", shape=SHAPES[component])
        return super().construct(name, resource_type, inputs, options)


def serve() -> None:
    """Serve the components to the engine that started this process, until it ends it."""
    main(Host(), sys.argv[1:])
