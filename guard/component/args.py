"""What the components take. A nested type is plain, and only its leaves may be outputs, unless it decides nothing
of what is made.

No `from __future__ import annotations` in this room: Pulumi reads the annotations as they stand.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi
from typing_extensions import NotRequired


class ObjectLock(TypedDict):
    """Default retention of the log bucket's objects."""

    mode: str
    """GOVERNANCE or COMPLIANCE."""
    days: int
    """How long an object is kept, in days."""


class TrailChoice(TypedDict):
    """The trail or log group that an account already has."""

    existing: NotRequired[str]
    """The trail to use instead of a new one: its name, or its ARN where it is another account's or region's."""
    log_group: NotRequired[str]
    """The name of a log group that gets CloudTrail's events already, of the Standard class."""


class AccountGuardArgs(TypedDict):
    """What an account wants to be told, and whom to tell."""

    emails: NotRequired[Sequence[pulumi.Input[str]]]
    """Who is mailed. Required unless `topic` is given."""
    packs: NotRequired[Sequence[str]]
    """Rule packs: names of shipped ones, or in Python paths of YAML files. Default: essentials, self-protection."""
    rules: NotRequired[Sequence[Mapping[str, Any]]]
    """Rules of your own, each with the keys of a pack's rule."""
    overrides: NotRequired[Mapping[str, Any]]
    """By rule id: enabled, severity, alarm settings, actions, exclude, keepExact."""
    recipients: NotRequired[Mapping[str, Sequence[pulumi.Input[str]]]]
    """By severity (low, medium, high, critical) or `quiet`: who is mailed instead of `emails`."""
    retention_days: NotRequired[int]
    """How long the log group keeps events, in days. Default: 365."""
    archive_days: NotRequired[int]
    """How long the bucket keeps log files, in days; 0, the default, for ever."""
    encryption: NotRequired[bool]
    """Customer-managed keys for log and topics. Default: true."""
    access_logs: NotRequired[bool]
    """A second bucket with the access logs of the first. Default: true."""
    object_lock: NotRequired[ObjectLock]
    """Lock log files against deletion; it cannot be switched off again. Default: off."""
    data_events: NotRequired[bool]
    """Record S3 object and Lambda invoke events too; they cost. Default: false."""
    insights: NotRequired[bool]
    """CloudTrail Insights; they cost. Default: false."""
    protect: NotRequired[bool]
    """Refuse to delete what holds data. Default: true."""
    heartbeat_hours: NotRequired[int]
    """Ring when no event arrives for so many hours, 1 to 168. Default: 3."""
    dashboard: NotRequired[bool]
    """A dashboard with hits, log volume and alarm states. Default: true."""
    notify_ok: NotRequired[bool]
    """Mail when a rule's alarm goes back to OK too. Default: false."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """The ARN of the permissions boundary of CloudTrail's role."""
    role_path: NotRequired[str]
    """The path of CloudTrail's role. Default: /."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything that takes tags."""
    trail: NotRequired[TrailChoice]
    """Use the trail or log group that there is."""
    trail_name: NotRequired[str]
    """The name of the trail that is made. Default: the component's."""
    bucket_name: NotRequired[str]
    """The name of the bucket that is made. Default: a generated one."""
    organization: NotRequired[bool]
    """An organisation's trail, made in the management or the delegated account, or the one there is. Default: false."""
    bucket: NotRequired[pulumi.Input[str]]
    """The name of a bucket to write to, whose policy is yours to keep."""
    key: NotRequired[pulumi.Input[str]]
    """The ARN of a key for trail and log group, whose policy is yours to keep."""
    topic: NotRequired[pulumi.Input[str]]
    """The ARN of a topic that the rules publish to, whose policy is yours to keep."""


class AuditTrailArgs(TypedDict):
    """What the trail alone takes."""

    retention_days: NotRequired[int]
    """How long the log group keeps events, in days. Default: 365."""
    archive_days: NotRequired[int]
    """How long the bucket keeps log files, in days; 0, the default, for ever."""
    encryption: NotRequired[bool]
    """A customer-managed key for bucket and log group. Default: true."""
    access_logs: NotRequired[bool]
    """A second bucket with the access logs of the first. Default: true."""
    object_lock: NotRequired[ObjectLock]
    """Lock log files against deletion. Default: off."""
    data_events: NotRequired[bool]
    """Record S3 object and Lambda invoke events too. Default: false."""
    insights: NotRequired[bool]
    """CloudTrail Insights. Default: false."""
    protect: NotRequired[bool]
    """Refuse to delete what holds data. Default: true."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """The ARN of the permissions boundary of CloudTrail's role."""
    role_path: NotRequired[str]
    """The path of CloudTrail's role. Default: /."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything that takes tags."""
    trail_name: NotRequired[str]
    """The trail's name. Default: the component's."""
    bucket_name: NotRequired[str]
    """The bucket's name. Default: a generated one."""
    organization: NotRequired[bool]
    """An organisation trail. Default: false."""
    bucket: NotRequired[pulumi.Input[str]]
    """The name of a bucket to write to, whose policy is yours to keep."""
    key: NotRequired[pulumi.Input[str]]
    """The ARN of a key for trail and log group, whose policy is yours to keep."""


class RuleAlarmsArgs(TypedDict):
    """Rules on a log group that gets CloudTrail's events already."""

    log_group: pulumi.Input[str]
    """The name of the log group, of the Standard class."""
    topics: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """By severity, `watchdog` or `quiet`: the ARN of the topic; the key `default` serves the rest."""
    packs: NotRequired[Sequence[str]]
    """Rule packs. Default: essentials, self-protection."""
    rules: NotRequired[Sequence[Mapping[str, Any]]]
    """Rules of your own."""
    overrides: NotRequired[Mapping[str, Any]]
    """By rule id: enabled, severity, alarm settings, actions, exclude, keepExact."""
    notify_ok: NotRequired[bool]
    """Call the topic too when an alarm goes back to OK. Default: false."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of the alarms."""
    values: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """What fills `${bucket}` and `${role}` in patterns; without them, rules that hold one are left out."""
    organization: NotRequired[bool]
    """The events are of every account of an organisation, and each mail says how to tell whose. Default: false."""
