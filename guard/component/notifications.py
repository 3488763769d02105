"""Topics and whom they mail: one for `emails`, one for each severity with recipients of its own."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from guard import policies
from guard.component.place import at_home, policy, where
from guard.settings import Secret, Settings

TOPICS_KEY_WINDOW = 30  # days


class Notifications(pulumi.ComponentResource):
    """The rules' topics, their key, and the subscriptions."""

    topics: Mapping[str, pulumi.Output[str]]
    """By severity, and `default`: the ARN of the topic."""

    def __init__(self, name: str, wanted: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guard:index:Notifications", name, None, opts)
        self.name, self.wanted, self.at = name, wanted, where(self)
        self.subscriptions: list[aws.sns.TopicSubscription] = []
        key = self.key()
        routes = {route: emails for route, emails in wanted.routes.items() if route != "watchdog"}
        self.topics = {route or "default": self.topic(route, emails, key) for route, emails in routes.items()}
        if wanted.topic:
            self.topics["default"] = at_home(self.at, "topic", wanted.topic)
        self.register_outputs({"topics": self.topics})

    def key(self) -> pulumi.Input[str] | None:
        """The topics' own key: a disabled log key must not silence the mail that says so.

        Never alias/aws/sns: CloudWatch alarms cannot publish through it, and nothing says so.
        """
        if not self.wanted.encryption:
            return None
        key = aws.kms.Key(
            f"{self.name}-topics-key",
            description=f"Account Guard {self.name}: the rules' topics",
            enable_key_rotation=True,
            deletion_window_in_days=TOPICS_KEY_WINDOW,
            policy=policy(policies.topics_key, self.at, self.wanted.names.alarm_prefix),
            tags=self.wanted.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return key.arn

    def topic(self, route: str, emails: Sequence[Any], key: pulumi.Input[str] | None) -> pulumi.Output[str]:
        """A topic with its policy and subscriptions; its ARN."""
        names = self.wanted.names
        made = Topic(self, names.topic(route), names.alarm_prefix, emails, self.at, key, self.wanted.tags)
        self.subscriptions += made.subscriptions
        return made.arn


class Topic:
    """A topic that only the component's alarms may publish to: `arn`, `subscriptions`."""

    def __init__(
        self,
        parent: pulumi.Resource,
        name: str,
        alarm_prefix: str,
        emails: Sequence[Any],
        at: pulumi.Output[Any],
        key: pulumi.Input[str] | None,
        tags: Mapping[str, Any],
    ) -> None:
        opts = pulumi.ResourceOptions(parent=parent)
        topic = aws.sns.Topic(name, name=name, kms_master_key_id=key, tags=tags, opts=opts)
        allowed = aws.sns.TopicPolicy(
            name, arn=topic.arn, policy=policy(policies.topic, at, topic.arn, alarm_prefix), opts=opts
        )
        # Alarms take the ARN only once the policy is there: what they publish before it is lost.
        self.arn = pulumi.Output.all(topic.arn, allowed.id).apply(lambda found: str(found[0]))
        self.subscriptions = [
            aws.sns.TopicSubscription(
                f"{name}-{mark(email, number)}",
                topic=topic.arn,
                protocol="email",
                endpoint=pulumi.Output.secret(str(email)) if isinstance(email, Secret) else email,
                opts=pulumi.ResourceOptions.merge(opts, kept(email)),
            )
            for number, email in enumerate(emails)
        ]


def kept(email: Any) -> pulumi.ResourceOptions:
    """What keeps people subscribed. Where the name stands for the address, what differs is its case, no reason to ask
    them again. Where it is a position, the address may be at another by now, and SNS has one subscription of it.
    """
    if isinstance(email, str):
        return pulumi.ResourceOptions(ignore_changes=["endpoint"])
    return pulumi.ResourceOptions(retain_on_delete=True)


def mark(email: Any, number: int) -> str:
    """What stands for an address in a URN: a hash, so that neither order nor case counts and nobody is
    named; the position for an address that is known only later.
    """
    if not isinstance(email, str):
        return f"later-{number}"
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()[:12]
