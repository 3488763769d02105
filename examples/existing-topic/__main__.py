"""Alarms into a topic that is there, such as the one behind the on-call tool."""

import pulumi

from guard import AccountGuard

AccountGuard("guard", {"topic": pulumi.Config().require("topicArn"), "emails": ["security@example.com"]})
