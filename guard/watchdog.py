"""The last resort's alarms, as data: the component makes them, and `guard verify` looks for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from guard.settings import PROJECT, Settings

HOUR = 3600
SILENT = "watchdog-silent"
FAILED = "watchdog-failed"
UNDELIVERED = "watchdog-undelivered"
TEXTS: Mapping[str, tuple[str, str]] = {  # what the mail says: what happened, what to do first
    SILENT: (
        (
            "No CloudTrail event has reached the log group for {hours} h: the trail was stopped, or its way is cut. "
            "A mail that says OK has the same text, and means that events arrive again."
        ),
        "run `guard verify {place}`; look at the trail's status (aws cloudtrail get-trail-status) and start it again.",
    ),
    FAILED: (
        "SNS could not deliver a mail of topic {topic}: somebody was not told of an alarm.",
        "run `guard confirm --status {place}` and look at the alarms that rang today.",
    ),
    UNDELIVERED: (
        "Alarms published to topic {topic} and SNS delivered nothing: no confirmed address, or no right to it.",
        "run `guard confirm --status {place}`, then `guard verify {place}`.",
    ),
}


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of AWS's own, summed over `period` seconds. A dimension may be known only later."""

    namespace: str
    name: str
    dimensions: Mapping[str, Any]
    period: int


@dataclass(frozen=True, slots=True)
class WatchdogAlarm:
    """One alarm: on one metric, or on the result of an expression over several (id -> metric)."""

    id: str
    description: str
    comparison: str
    threshold: int
    evaluation_periods: int
    missing: str
    metrics: Mapping[str, Metric]
    expression: str = ""
    label: str = ""
    notify_ok: bool = False


def alarms(wanted: Settings, log_group: Any) -> Iterator[WatchdogAlarm]:
    """The heartbeat of the log group, then two alarms for each topic; somebody else's topic is theirs to watch."""
    place = led_to(wanted.component)
    yield silent(wanted.heartbeat_hours, log_group, place)
    for route in wanted.routes:
        if route != "watchdog":
            topic = wanted.names.topic(route)
            yield failed(route, topic, place)
            yield undelivered(route, topic, place)


def led_to(component: str) -> str:
    """What leads a command to the guard: its stack, or its component in a program of somebody's own."""
    stack = component.removeprefix(f"{PROJECT}-")
    return f"--name {component}" if stack == component else f"--stack {stack}"


def silent(hours: int, log_group: Any, place: str) -> WatchdogAlarm:
    """Rings when no event arrives; its OK is mailed too.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
    """
    return WatchdogAlarm(
        id=SILENT,
        description=text(SILENT, SILENT, hours=hours, place=place),
        comparison="LessThanThreshold",
        threshold=1,
        evaluation_periods=hours,
        missing="breaching",
        metrics={"events": Metric("AWS/Logs", "IncomingLogEvents", {"LogGroupName": log_group}, HOUR)},
        notify_ok=True,
    )


def failed(route: str, topic: str, place: str) -> WatchdogAlarm:
    """Rings when SNS fails to deliver a message of a topic."""
    return WatchdogAlarm(
        id=named(FAILED, route),
        description=text(FAILED, named(FAILED, route), topic=topic, place=place),
        comparison="GreaterThanThreshold",
        threshold=0,
        evaluation_periods=1,
        missing="notBreaching",
        metrics={"failed": of_topic("NumberOfNotificationsFailed", topic, 300)},
    )


def undelivered(route: str, topic: str, place: str) -> WatchdogAlarm:
    """Rings when messages were published to a topic within the hour and none was delivered."""
    return WatchdogAlarm(
        id=named(UNDELIVERED, route),
        description=text(UNDELIVERED, named(UNDELIVERED, route), topic=topic, place=place),
        comparison="GreaterThanThreshold",
        threshold=0,
        evaluation_periods=1,
        missing="notBreaching",
        metrics={
            "published": of_topic("NumberOfMessagesPublished", topic, HOUR),
            "delivered": of_topic("NumberOfNotificationsDelivered", topic, HOUR),
        },
        expression="IF(FILL(published, 0) > 0 AND FILL(delivered, 0) == 0, 1, 0)",
        label="published, none delivered",
    )


def of_topic(metric: str, topic: str, period: int) -> Metric:
    """A metric that SNS keeps of a topic."""
    return Metric("AWS/SNS", metric, {"TopicName": topic}, period)


def named(alarm: str, route: str) -> str:
    """The id of a topic's alarm."""
    return f"{alarm}-{route}" if route else alarm


def text(kind: str, alarm: str, **words: Any) -> str:
    """The alarm's description."""
    what, first = TEXTS[kind]
    return f"{what.format(**words)}\nSeverity: critical.\nFirst step: {first.format(**words)}\nRule: {alarm}"
