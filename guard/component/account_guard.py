"""The component: a trail, rules with alarms on it, people to mail, and a watchdog beside it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

from guard.component import dashboard
from guard.component.args import AccountGuardArgs, AuditTrailArgs, RuleAlarmsArgs
from guard.component.audit_trail import AuditTrail
from guard.component.errors import checked
from guard.component.existing import Existing
from guard.component.notifications import Notifications
from guard.component.place import where
from guard.component.rule_alarms import RuleAlarms
from guard.component.watchdog import Watchdog
from guard.names import Where
from guard.rules import DEFAULT_PACKS
from guard.settings import Settings


class AccountGuard(pulumi.ComponentResource):
    """Makes an AWS account speak up: CloudTrail, metric filters, alarms and mails for a list of rules."""

    trail: pulumi.Output[str]
    """The trail's name, "" where the rules stand on a log group alone."""
    bucket: pulumi.Output[str]
    """The name of the bucket that holds the log files, "" where the trail isn't ours."""
    log_group: pulumi.Output[str]
    """The name of the log group that the rules read."""
    topics: pulumi.Output[Mapping[str, str]]
    """By severity, `default` and `watchdog`: the ARN of the topic."""
    alarm_names: pulumi.Output[Sequence[str]]
    """The names of all alarms, sorted."""
    pending_confirmations: pulumi.Output[Sequence[str]]
    """The subscriptions that wait for somebody to confirm: topic and masked address, sorted."""

    def __init__(self, name: str, args: AccountGuardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guard:index:AccountGuard", name, None, opts)
        wanted = checked(args, name, Path.cwd())
        mine = pulumi.ResourceOptions(parent=self)
        source = self.source(name, wanted, mine)
        mails = Notifications(name, wanted, mine)
        watchdog = Watchdog(name, wanted, source.log_group, mine)
        topics = {**mails.topics, "watchdog": watchdog.topic}
        chosen: RuleAlarmsArgs = {
            "log_group": source.log_group,
            "topics": topics,
            "notify_ok": wanted.notify_ok,
            "tags": wanted.tags,
            "organization": wanted.organization,
            "values": {} if wanted.trail.log_group else {"bucket": source.bucket, "role": source.role_name},
            "packs": DEFAULT_PACKS if args.get("packs") is None else args["packs"],
            "rules": args.get("rules") or (),
            "overrides": args.get("overrides") or {},
        }
        alarms = RuleAlarms(name, chosen, mine)
        watched = pulumi.Output.all(*(alarm.name for alarm in watchdog.alarms))
        every = pulumi.Output.all(alarms.alarm_names, watched)
        self.trail, self.bucket, self.log_group = source.trail_name, source.bucket, source.log_group
        self.topics = pulumi.Output.all(**topics)
        self.alarm_names = every.apply(lambda found: sorted([*found[0], *found[1]]))
        self.pending_confirmations = pending([*mails.subscriptions, *watchdog.subscriptions])
        if wanted.dashboard:
            self.dashboard(name, wanted, mine)
        self.register_outputs(
            {
                "trail": self.trail,
                "bucket": self.bucket,
                "log_group": self.log_group,
                "topics": self.topics,
                "alarm_names": self.alarm_names,
                "pending_confirmations": self.pending_confirmations,
            }
        )

    def source(self, name: str, wanted: Settings, opts: pulumi.ResourceOptions) -> AuditTrail | Existing:
        """What the rules stand on: a trail of our own, or what is there."""
        if wanted.trail:
            return Existing(name, wanted, self)
        keys = AuditTrailArgs.__annotations__
        given: dict[str, Any] = {key: getattr(wanted, key) for key in keys}
        if wanted.object_lock:
            given["object_lock"] = {"mode": wanted.object_lock.mode, "days": wanted.object_lock.days}
        args: AuditTrailArgs = {**given}  # type: ignore[typeddict-item]
        return AuditTrail(name, args, opts)

    def dashboard(self, name: str, wanted: Settings, opts: pulumi.ResourceOptions) -> None:
        """The dashboard of all alarms and rules."""
        names, ids = wanted.names, [rule.id for rule in wanted.rules.rules]

        def body(here: Where, alarms: Sequence[str], group: str) -> str:
            arns = [here.arn("cloudwatch", f"alarm:{alarm}") for alarm in alarms]
            return dashboard.body(names, here, ids, arns, group)

        known = pulumi.Output.all(where(self), self.alarm_names, self.log_group)
        aws.cloudwatch.Dashboard(
            name, dashboard_name=names.dashboard, dashboard_body=known.apply(lambda found: body(*found)), opts=opts
        )


def pending(subscriptions: Sequence[aws.sns.TopicSubscription]) -> pulumi.Output[Sequence[str]]:
    """Which subscriptions nobody has confirmed."""
    found = [pulumi.Output.all(one.pending_confirmation, one.topic, one.endpoint) for one in subscriptions]
    return pulumi.Output.all(*found).apply(
        lambda every: sorted(
            f"{topic.rsplit(':', 1)[-1]}: {masked(address or '')}" for waits, topic, address in every if waits
        )
    )


def masked(address: str) -> str:
    """`security@example.com` as `s***@example.com`."""
    user, _, domain = address.partition("@")
    return f"{user[:1]}***@{domain}"
