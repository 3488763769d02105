"""The controls of each standard that rules name, and why those that no rule has are no alarms.

Ids only; the standards' texts are their publishers'. A control is met by a rule, by the stack (`met`) as it is
configured or with another option, or is no alarm (`elsewhere`: the longest prefix that fits tells why).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from guard.rules.model import Rule

Met = Literal["rule", "gap", "stack", "option", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Part:
    """What a stack does that meets a control, and the config key that it hangs on; "" where it always does."""

    what: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Standard:
    """`controls` in the standard's order, all that it has where it is `whole`; `met`: control -> the part of the
    stack that meets it; `elsewhere`: prefix of a control -> why it is no alarm.
    """

    title: str
    controls: tuple[str, ...]
    met: Mapping[str, Part] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False

    def coverage(
        self, rules: Iterable[Rule], known: Iterable[Rule], name: str, lacks: Mapping[str, str]
    ) -> "tuple[Control, ...]":
        """Each control in order: which of the rules have it, or which of the known ones would, or why none.
        `lacks`: the config keys whose parts the stack does not have, each with what would give them.
        """
        having, would = _ids(rules, name), _ids(known, name)
        return tuple(
            self._control(control, having.get(control, ()), would.get(control, ()), lacks) for control in self.controls
        )

    def _control(
        self, control: str, having: tuple[str, ...], would: tuple[str, ...], lacks: Mapping[str, str]
    ) -> "Control":
        part = self.met.get(control)
        if having or would:
            return Control(control, "rule" if having else "gap", having or would, "")
        if part is None:
            return Control(control, "elsewhere", (), self.reason(control))
        if part.key in lacks:
            return Control(control, "option", (), f"{lacks[part.key]} {part.what}")
        return Control(control, "stack", (), part.what)

    def reason(self, control: str) -> str:
        """Why a control is no alarm; "" where it should be one."""
        fitting = [prefix for prefix in self.elsewhere if f"{control}.".startswith(f"{prefix}.")]
        return self.elsewhere[max(fitting, key=len)] if fitting else ""


@dataclass(frozen=True, slots=True)
class Control:
    """How a control is met. `rules`: for `rule` those that have it, for `gap` those that would; `why`: what of
    the stack meets it, or (`option`) would if it were configured otherwise, or why it is no alarm.
    """

    id: str
    met: Met
    rules: tuple[str, ...]
    why: str


def _ids(rules: Iterable[Rule], standard: str) -> dict[str, tuple[str, ...]]:
    """Control -> the rules that have it."""
    found: dict[str, tuple[str, ...]] = {}
    for rule in rules:
        for control in rule.controls.get(standard, ()):
            found[control] = (*found.get(control, ()), rule.id)
    return found


def span(text: str) -> tuple[str, ...]:
    """`"1.1-1.3 2.1"` -> 1.1, 1.2, 1.3, 2.1."""
    found: list[str] = []
    for word in text.split():
        first, _, last = word.partition("-")
        head, _, start = first.rpartition(".")
        end = last.rpartition(".")[2] or start
        found += [f"{head}.{number}" for number in range(int(start), int(end) + 1)]
    return tuple(found)


SCANNER = "a state, for a scanner such as Prowler or Security Hub to read"
IDENTITY = f"settings of users, roles and the root user: {SCANNER}"
STORAGE = f"settings of storage and databases: {SCANNER}"
LOGGING = f"settings of other services' logs and keys: {SCANNER}"
NETWORK = f"what the network lets through: {SCANNER}"
HUB = f"that Security Hub is enabled: {SCANNER}; detection has a rule for switching it off"
STACK = (
    Part("the trail records all regions", "trail"),
    Part("the trail's files are validated", "trail"),
    Part("the trail's bucket is private", "bucket"),
    Part("the trail writes to CloudWatch Logs", "trail"),
    Part("the trail's bucket logs its access", "accessLogs"),
    Part("the trail is encrypted with a customer's key", "encryption"),
    Part("data events are recorded", "dataEvents"),
    Part("data events are recorded", "dataEvents"),
)


def _cis(version: str, controls: str, stack: str, *, first: int = 1, hub: str = "") -> Standard:
    """A version of the CIS AWS Foundations Benchmark. `stack`: the controls that STACK meets, `-` where the
    version has none; `first`: the number of the section on identities.
    """
    met = {control: what for control, what in zip(stack.split(), STACK, strict=True) if control != "-"}
    sections = (IDENTITY, STORAGE, LOGGING, "", NETWORK)
    why = {str(first + number): reason for number, reason in enumerate(sections) if reason}
    elsewhere = {**why, **({hub: HUB} if hub else {})}
    return Standard(f"CIS AWS Foundations Benchmark {version}", span(controls), met, elsewhere, whole=True)


_FIVE = "2.2.1-2.2.4 2.3.1 3.1-3.9 4.1-4.16 5.1.1-5.1.2 5.2-5.7"
_SIX = "2.2-2.21 3.1.1-3.1.4 3.2.1-3.2.4 3.3.1"
_LATER = "5.1-5.16 6.1.1-6.1.2 6.2-6"
_PROWLER = "cloudwatch_log_metric_filter"
STANDARDS: Mapping[str, Standard] = MappingProxyType(
    {
        "cis-1.2": Standard(
            "CIS AWS Foundations Benchmark 1.2.0",
            span("1.1-1.22 2.1-2.9 3.1-3.14 4.1-4.4"),
            dict(zip(("2.1", "2.2", "2.3", "2.4", "2.6", "2.7"), STACK, strict=False)),
            {"1": IDENTITY, "2": LOGGING, "4": NETWORK},
            whole=True,
        ),
        "cis-1.3": _cis(
            "1.3.0",
            "1.1-1.22 2.1.1-2.1.2 2.2.1 3.1-3.11 4.1-4.15 5.1-5.4",
            "3.1 3.2 3.3 3.4 3.6 3.7 3.10 3.11",
        ),
        "cis-1.4": _cis(
            "1.4.0",
            "1.1-1.21 2.1.1-2.1.5 2.2.1 2.3.1 3.1-3.11 4.1-4.15 5.1-5.4",
            "3.1 3.2 3.3 3.4 3.6 3.7 3.10 3.11",
        ),
        "cis-1.5": _cis(
            "1.5.0",
            "1.1-1.21 2.1.1-2.1.5 2.2.1 2.3.1-2.3.3 2.4.1 3.1-3.11 4.1-4.16 5.1-5.5",
            "3.1 3.2 3.3 3.4 3.6 3.7 3.10 3.11",
            hub="4.16",
        ),
        "cis-2.0": _cis(
            "2.0.0",
            "1.1-1.22 2.1.1-2.1.4 2.2.1 2.3.1-2.3.3 2.4.1 3.1-3.11 4.1-4.16 5.1-5.6",
            "3.1 3.2 3.3 3.4 3.6 3.7 3.10 3.11",
            hub="4.16",
        ),
        "cis-3.0": _cis(
            "3.0.0",
            "1.1-1.22 2.1.1-2.1.4 2.2.1 2.3.1-2.3.3 2.4.1 3.1-3.9 4.1-4.16 5.1-5.6",
            "3.1 3.2 - - 3.4 3.5 3.8 3.9",
            hub="4.16",
        ),
        "cis-4.0": _cis("4.0.1", f"1.1-1.22 2.1.1-2.1.4 {_FIVE}", "3.1 3.2 - - 3.4 3.5 3.8 3.9", hub="4.16"),
        "cis-5.0": _cis("5.0.0", f"1.1-1.21 2.1.1-2.1.4 {_FIVE}", "3.1 3.2 - - 3.4 3.5 3.8 3.9", hub="4.16"),
        "cis-6.0": _cis("6.0.0", f"2.1 {_SIX} 4.1-4.9 {_LATER}.7", "4.1 4.2 - - 4.4 4.5 4.8 4.9", first=2, hub="5.16"),
        "cis-7.0": _cis(
            "7.0.0", f"2.1.1-2.1.6 {_SIX} 4.1-4.10 {_LATER}.8", "4.1 4.2 - - 4.4 4.5 4.8 4.9", first=2, hub="5.16"
        ),
        "security-hub": Standard(
            "Security Hub's CloudWatch controls",
            span("CloudWatch.1-CloudWatch.17"),
            {
                "CloudWatch.15": Part("every alarm has an action"),
                "CloudWatch.16": Part("the log group keeps events for a year", "retentionDays"),
                "CloudWatch.17": Part("every alarm's actions are enabled"),
            },
        ),
        "nist-800-171": Standard(
            "NIST SP 800-171 revision 2",
            span(
                "3.1.1-3.1.22 3.2.1-3.2.3 3.3.1-3.3.9 3.4.1-3.4.9 3.5.1-3.5.11 3.6.1-3.6.3 3.7.1-3.7.6 3.8.1-3.8.9 "
                "3.9.1-3.9.2 3.10.1-3.10.6 3.11.1-3.11.3 3.12.1-3.12.4 3.13.1-3.13.16 3.14.1-3.14.7"
            ),
            elsewhere={"3": "Security Hub maps no CloudWatch alarm to it"},
            whole=True,
        ),
        "pci-dss-3.2.1": Standard("PCI DSS 3.2.1, what Security Hub checks by an alarm", ("7.2.1",)),
        "prowler": Standard(
            "Prowler's checks of metric filters",
            (
                f"{_PROWLER}_unauthorized_api_calls",
                f"{_PROWLER}_sign_in_without_mfa",
                f"{_PROWLER}_root_usage",
                f"{_PROWLER}_policy_changes",
                f"{_PROWLER}_and_alarm_for_cloudtrail_configuration_changes_enabled",
                f"{_PROWLER}_authentication_failures",
                f"{_PROWLER}_disable_or_scheduled_deletion_of_kms_cmk",
                f"{_PROWLER}_for_s3_bucket_policy_changes",
                f"{_PROWLER}_and_alarm_for_aws_config_configuration_changes_enabled",
                f"{_PROWLER}_security_group_changes",
                "cloudwatch_changes_to_network_acls_alarm_configured",
                "cloudwatch_changes_to_network_gateways_alarm_configured",
                "cloudwatch_changes_to_network_route_tables_alarm_configured",
                "cloudwatch_changes_to_vpcs_alarm_configured",
                f"{_PROWLER}_aws_organizations_changes",
            ),
        ),
        "steampipe": Standard(
            "Steampipe's controls of metric filters",
            tuple(
                f"log_metric_filter_{name}"
                for name in (
                    *("unauthorized_api", "console_login_mfa", "root_login", "iam_policy"),
                    *("cloudtrail_configuration", "console_authentication_failure", "disable_or_delete_cmk"),
                    *("bucket_policy", "config_configuration", "security_group", "network_acl"),
                    *("network_gateway", "route_table", "vpc", "organization"),
                )
            ),
        ),
    }
)
