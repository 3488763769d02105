"""The last resort: rings when the log falls silent or mails are not delivered, with the fewest parts.

Its topic has no customer key and shares neither key nor policy with the rules' topics: nothing that
breaks them breaks it. It carries no event data. What rings when: guard.watchdog.
"""

from typing import Any

import pulumi
import pulumi_aws as aws

from guard import watchdog
from guard.component import hooks
from guard.component.notifications import Topic
from guard.component.place import where
from guard.settings import Settings


class Watchdog(pulumi.ComponentResource):
    """A heartbeat of the log group, two alarms of each topic's delivery, and a topic of their own."""

    topic: pulumi.Output[str]
    """The ARN of the topic, which the self-protection rules mail through too."""

    def __init__(
        self,
        name: str,
        wanted: Settings,
        log_group: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("guard:index:Watchdog", name, None, opts)
        self.name, self.wanted = name, wanted
        names, emails = wanted.names, wanted.routes["watchdog"]
        made = Topic(self, names.topic("watchdog"), names.alarm_prefix, emails, where(self), None, wanted.tags)
        self.topic, self.subscriptions = made.arn, made.subscriptions
        self.opts = pulumi.ResourceOptions(parent=self, hooks=hooks.retrying(f"{name}-watchdog-retry", hooks.ALARM))
        self.alarms = [self.alarm(one) for one in watchdog.alarms(wanted, log_group)]
        self.register_outputs({"topic": self.topic})

    def alarm(self, one: watchdog.WatchdogAlarm) -> aws.cloudwatch.MetricAlarm:
        """One alarm on the watchdog's topic."""
        return aws.cloudwatch.MetricAlarm(
            f"{self.name}-{one.id}",
            name=self.wanted.names.alarm(one.id),
            alarm_description=one.description,
            comparison_operator=one.comparison,
            threshold=one.threshold,
            evaluation_periods=one.evaluation_periods,
            datapoints_to_alarm=one.evaluation_periods,
            treat_missing_data=one.missing,
            actions_enabled=True,
            alarm_actions=[self.topic],
            ok_actions=[self.topic] if one.notify_ok else None,
            tags=self.wanted.tags,
            opts=self.opts,
            **measured(one),
        )


def measured(one: watchdog.WatchdogAlarm) -> dict[str, Any]:
    """What the alarm looks at: its one metric, or metric math."""
    if one.expression:
        return {"metric_queries": [*(query(key, metric) for key, metric in one.metrics.items()), result(one)]}
    (metric,) = one.metrics.values()
    return {
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "dimensions": metric.dimensions,
        "statistic": "Sum",
        "period": metric.period,
    }


def query(key: str, metric: watchdog.Metric) -> aws.cloudwatch.MetricAlarmMetricQueryArgs:
    """One metric of metric math."""
    return aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id=key,
        return_data=False,
        metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions=metric.dimensions,
            period=metric.period,
            stat="Sum",
        ),
    )


def result(one: watchdog.WatchdogAlarm) -> aws.cloudwatch.MetricAlarmMetricQueryArgs:
    """What the alarm judges."""
    return aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id="lost", expression=one.expression, label=one.label, return_data=True
    )
