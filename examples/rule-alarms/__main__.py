"""Alarms on a log group that gets CloudTrail's events already: no second trail, no bucket, no key."""

import pulumi_aws as aws

from guard import RuleAlarms

LOG_GROUP = "aws-controltower/CloudTrailLogs"

topic = aws.sns.Topic("security-alarms")
aws.sns.TopicSubscription("security-team", topic=topic.arn, protocol="email", endpoint="security@example.com")

RuleAlarms(
    "alarms",
    {
        "log_group": LOG_GROUP,
        "packs": ["essentials", "identity"],
        "topics": {"default": topic.arn},
        "tags": {"team": "security"},
    },
)
