"""The last resort: rings when the log falls silent or mails are not delivered, with the fewest parts.

Its topic has no customer key and shares neither key nor policy with the rules' topics: nothing that
breaks them breaks it. It carries no event data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from guard.component import hooks
from guard.component.notifications import Topic
from guard.component.place import where
from guard.settings import Settings

HOUR = 3600
SILENT = "watchdog-silent"
FAILED = "watchdog-failed"
UNDELIVERED = "watchdog-undelivered"


@dataclass(frozen=True)
class Texts:
    """What the mail of a watchdog's alarm says."""

    what: str
    first: str

    def text(self, alarm: str) -> str:
        """The alarm's description."""
        return f"{self.what}\nSeverity: critical.\nFirst step: {self.first}\nRule: {alarm}"


TEXTS = {
    SILENT: Texts(
        "No CloudTrail event has reached the log group for {hours} h: the trail was stopped, or its way is cut.",
        "run `guard verify`; look at the trail's status (aws cloudtrail get-trail-status) and start it again.",
    ),
    FAILED: Texts(
        "SNS could not deliver a mail of topic {topic}: somebody was not told of an alarm.",
        "run `guard confirm --status` and look at the alarms that rang today.",
    ),
    UNDELIVERED: Texts(
        "Alarms published to topic {topic} and SNS delivered nothing: no confirmed address, or no right to it.",
        "run `guard confirm --status`, then `guard verify`.",
    ),
}


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
        names = wanted.names
        # Whoever is mailed only by severity is mailed here too where there is nobody else.
        emails = wanted.emails or next(iter(wanted.recipients.values()), ())
        made = Topic(self, names.topic("watchdog"), names.alarm_prefix, emails, where(self), None, wanted.tags)
        self.topic, self.subscriptions = made.arn, made.subscriptions
        self.opts = pulumi.ResourceOptions(parent=self, hooks=hooks.retrying(f"{name}-watchdog-retry", hooks.ALARM))
        self.alarms = [self.silent(log_group)]
        for route in self.routes():
            self.alarms += [self.failed(route), self.undelivered(route)]
        self.register_outputs({"topic": self.topic})

    def routes(self) -> list[str]:
        """The routes whose topics are watched; one of somebody else's is theirs to watch."""
        own = [] if self.wanted.topic else [""]
        return own + sorted(route for route, emails in self.wanted.recipients.items() if emails)

    def silent(self, log_group: pulumi.Input[str]) -> aws.cloudwatch.MetricAlarm:
        """Rings when no event arrives; its OK is mailed too.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
        """
        hours = self.wanted.heartbeat_hours
        return self.alarm(
            SILENT,
            {"hours": hours},
            namespace="AWS/Logs",
            metric_name="IncomingLogEvents",
            dimensions={"LogGroupName": log_group},
            statistic="Sum",
            comparison_operator="LessThanThreshold",
            threshold=1,
            period=HOUR,
            evaluation_periods=hours,
            datapoints_to_alarm=hours,
            treat_missing_data="breaching",
            ok_actions=[self.topic],
        )

    def failed(self, route: str) -> aws.cloudwatch.MetricAlarm:
        """Rings when SNS fails to deliver a message of a topic."""
        topic = self.wanted.names.topic(route)
        return self.alarm(
            _named(FAILED, route),
            {"topic": topic},
            namespace="AWS/SNS",
            metric_name="NumberOfNotificationsFailed",
            dimensions={"TopicName": topic},
            statistic="Sum",
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            period=300,
            evaluation_periods=1,
            datapoints_to_alarm=1,
            treat_missing_data="notBreaching",
        )

    def undelivered(self, route: str) -> aws.cloudwatch.MetricAlarm:
        """Rings when messages were published to a topic within the hour and none was delivered."""
        topic = self.wanted.names.topic(route)
        queries = [
            _metric("published", "NumberOfMessagesPublished", topic),
            _metric("delivered", "NumberOfNotificationsDelivered", topic),
            aws.cloudwatch.MetricAlarmMetricQueryArgs(
                id="lost",
                expression="IF(FILL(published, 0) > 0 AND FILL(delivered, 0) == 0, 1, 0)",
                label="published, none delivered",
                return_data=True,
            ),
        ]
        return self.alarm(
            _named(UNDELIVERED, route),
            {"topic": topic},
            metric_queries=queries,
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            evaluation_periods=1,
            datapoints_to_alarm=1,
            treat_missing_data="notBreaching",
        )

    def alarm(self, alarm: str, words: Mapping[str, Any], **settings: Any) -> aws.cloudwatch.MetricAlarm:
        """One alarm on the watchdog's topic."""
        kind = next(kind for kind in TEXTS if alarm.startswith(kind))
        return aws.cloudwatch.MetricAlarm(
            f"{self.name}-{alarm}",
            name=self.wanted.names.alarm(alarm),
            alarm_description=TEXTS[kind].text(alarm).format(**words),
            actions_enabled=True,
            alarm_actions=[self.topic],
            tags=self.wanted.tags,
            opts=self.opts,
            **settings,
        )


def _named(alarm: str, route: str) -> str:
    return f"{alarm}-{route}" if route else alarm


def _metric(query: str, metric: str, topic: str) -> aws.cloudwatch.MetricAlarmMetricQueryArgs:
    return aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id=query,
        return_data=False,
        metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
            namespace="AWS/SNS",
            metric_name=metric,
            dimensions={"TopicName": topic},
            period=HOUR,
            stat="Sum",
        ),
    )
