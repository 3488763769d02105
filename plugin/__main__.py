"""AccountGuard for the other Pulumi languages: `pulumi package add <repository>.git/plugin`."""

from importlib.metadata import version

from pulumi.provider.experimental import component_provider_host

from guard.component import AccountGuard, AuditTrail, RuleAlarms

if __name__ == "__main__":
    component_provider_host(
        components=[AccountGuard, AuditTrail, RuleAlarms],
        name="guard",
        version=version("account-guard"),
    )
