"""The ARNs of what a stack deploys, as policies name them: exact where the name is ours, else a pattern."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from guard.account.drill_run import STREAM
from guard.names import ROLE_PREFIX, Where, access_logs_prefix, bucket_prefix
from guard.settings import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """A stack and where it is deployed; account and region may be "*". `keys`: the ARNs of its keys, whose names
    AWS makes; none is every key.
    """

    settings: Settings
    where: Where
    keys: tuple[str, ...] = ()

    def arns(self, kind: str) -> list[str]:
        """The ARNs of a kind of resource; KINDS has them all."""
        return KINDS[kind](self)


def trail(place: Place) -> list[str]:
    """The trail that the rules stand on."""
    name = place.settings.trail.existing or place.settings.names.trail
    where = replace(place.where, account=owner(place))
    return [name if name.startswith("arn:") else where.arn("cloudtrail", f"trail/{name}")]


def owner(place: Place) -> str:
    """The account of the trail: an organisation's is the management account's, which no config names."""
    return "*" if place.settings.organization else place.where.account


def trails(place: Place) -> list[str]:
    """Every trail of the account; those of other regions are seen here too."""
    return [f"arn:{place.where.partition}:cloudtrail:*:{owner(place)}:trail/*"]


def group(place: Place) -> list[str]:
    """The log group, in both spellings that IAM knows; of a trail of others its name is not known here."""
    chosen = place.settings.trail
    name = chosen.log_group or ("*" if chosen.existing else place.settings.names.log_group)
    arn = place.where.arn("logs", f"log-group:{name}")
    return [arn, f"{arn}:*"]


def streams(place: Place) -> list[str]:
    """The log group's streams."""
    return [f"{group(place)[0]}:log-stream:*"]


def drill_stream(place: Place) -> list[str]:
    """The stream that drills write."""
    return [f"{group(place)[0]}:log-stream:{STREAM}"]


def buckets(place: Place) -> list[str]:
    """The buckets that the stack makes, or the one of others that it uses."""
    settings, name = place.settings, place.settings.component
    own, logs = settings.bucket_name or f"{bucket_prefix(name)}*", f"{access_logs_prefix(name)}*"
    both = [own] if own.endswith("*") and logs.startswith(own[:-1]) else [own, logs]
    patterns = [str(settings.bucket)] if settings.bucket else both
    return [f"arn:{place.where.partition}:s3:::{one}" for one in patterns]


def objects(place: Place) -> list[str]:
    """What the buckets hold."""
    return [f"{arn}/*" for arn in buckets(place)]


def keys(place: Place) -> list[str]:
    """The keys: those named, else every key, since AWS makes their names."""
    given = [*place.keys, *([str(place.settings.key)] if place.settings.key else [])]
    return given or [place.where.arn("kms", "key/*")]


def role(place: Place) -> list[str]:
    """CloudTrail's role."""
    name = f"role{place.settings.role_path}{ROLE_PREFIX}*"
    return [f"arn:{place.where.partition}:iam::{place.where.account}:{name}"]


def alarms(place: Place) -> list[str]:
    """The component's alarms."""
    return [place.where.arn("cloudwatch", f"alarm:{place.settings.names.alarm_prefix}*")]


def topics(place: Place) -> list[str]:
    """The topics that alarms publish to."""
    given = place.settings.topic
    return own_topics(place) + ([str(given)] if given else [])


def own_topics(place: Place) -> list[str]:
    """The topics that the stack makes."""
    return [place.where.arn("sns", place.settings.names.topic(route)) for route in place.settings.routes]


def functions(place: Place) -> list[str]:
    """The functions among the rules' actions."""
    actions = {arn for rule in place.settings.rules.rules for arn in rule.actions}
    return sorted(arn for arn in actions if arn.split(":")[2] == "lambda")


def dashboard(place: Place) -> list[str]:
    """The dashboard, which no region holds."""
    where = place.where
    return [f"arn:{where.partition}:cloudwatch::{where.account}:dashboard/{place.settings.names.dashboard}"]


KINDS: Mapping[str, Callable[[Place], list[str]]] = {
    "any": lambda _: ["*"],
    "trail": trail,
    "trails": trails,
    "group": group,
    "streams": streams,
    "drill stream": drill_stream,
    "buckets": buckets,
    "objects": objects,
    "keys": keys,
    "role": role,
    # Asked without names, CloudWatch wants the right on every alarm: a narrower one is refused.
    "every alarm": lambda place: [place.where.arn("cloudwatch", "alarm:*")],
    "alarms": alarms,
    "mute rules": lambda place: [place.where.arn("cloudwatch", "alarm-mute-rule:*")],
    "topics": topics,
    "own topics": own_topics,
    "functions": functions,
    "dashboard": dashboard,
}
