"""CloudTrail delivers: what an account does goes to the trails' buckets and log groups, if they may."""

import gzip
import json
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from moto.backends import get_backend

from guard.errors import GuardError
from guard.sandbox import logs
from guard.sandbox.rights import (
    Target,
    bucket_refusal,
    group_refusal,
    key_refusal,
    owner,
    role_refusal,
    stream,
    target,
)
from guard.sandbox.selectors import records
from guard.sandbox.world import World

BATCH_EVENTS, BATCH_BYTES, OVERHEAD = 10_000, 1_000_000, 26  # PutLogEvents: 1,048,576 bytes, 26 for each event
LARGEST = 256 * 1024  # bytes; CloudTrail sends no larger event to CloudWatch Logs


class DeliveryError(GuardError):
    """An event that CloudWatch Logs did not take."""


def deliver(world: World, events: Iterable[Mapping[str, Any] | str]) -> int:
    """What the account's trails make of events: files in the bucket, events in the log group, stamped now.
    Returns how many events reached a log group. Raises DeliveryError where one was rejected.
    """
    reached = 0
    for batch in _batches(events):
        for backend in list(get_backend("cloudtrail")[world.account].values()):
            for trail in list(backend.trails.values()):
                if trail.status.is_logging:
                    reached += _deliver(world, trail, batch)
    return reached


def _batches(events: Iterable[Mapping[str, Any] | str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for event in events:
        text = event if isinstance(event, str) else json.dumps(event)
        room = len(text.encode()) + OVERHEAD
        if batch and (len(batch) == BATCH_EVENTS or size + room > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += room
    if batch:
        yield batch


def _deliver(world: World, trail: Any, texts: Sequence[str]) -> int:
    to, noted = target(trail), world.regions[trail.region_name].deliveries[trail.arn]
    recorded = _by_account(world, to, [text for text in texts if records(trail, text)])
    if not recorded:
        return 0
    now = world.clock.at()
    wrong = bucket_refusal(world, to) or key_refusal(world, to)
    noted |= {"LatestDeliveryTime": now} if not wrong else {"LatestDeliveryError": _code(wrong)}
    if not wrong:
        noted.pop("LatestDeliveryError", None)
        for account, some in recorded.items():
            _store(world, to, account, some)
        if trail.log_validation:
            noted["LatestDigestDeliveryTime"] = now
    if not to.group:
        return 0
    wrong = role_refusal(world, to) or group_refusal(world, to) or _closed(world, to)
    if wrong:
        noted["LatestCloudWatchLogsDeliveryError"] = wrong
        return 0
    noted.pop("LatestCloudWatchLogsDeliveryError", None)
    noted["LatestCloudWatchLogsDeliveryTime"] = now
    return sum(_log(world, to, account, some) for account, some in recorded.items())


def _by_account(world: World, to: Target, texts: Sequence[str]) -> Mapping[str, list[str]]:
    """Whose events they are: an organisation's trail keeps its accounts apart, any other holds its own."""
    found: dict[str, list[str]] = {}
    for text in texts:
        account = json.loads(text).get("recipientAccountId") if to.organization else None
        found.setdefault(str(account or world.account), []).append(text)
    return found


def _code(wrong: str) -> str:
    """LatestDeliveryError is an S3 error code."""
    return "NoSuchBucket" if wrong.endswith("NoSuchBucket") else "AccessDenied"


def _closed(world: World, to: Target) -> str:
    group = get_backend("logs")[world.account][to.region].groups[to.group.split(":")[6]]
    return logs.key_refusal(world, to.region, group)


def _store(world: World, to: Target, account: str, texts: Sequence[str]) -> None:
    at = world.clock.at()
    prefix = f"{to.prefix}/" if to.prefix else ""
    name = f"{account}_CloudTrail_{to.region}_{at:%Y%m%dT%H%MZ}_{uuid.uuid4().hex[:16]}.json.gz"
    body = gzip.compress(('{"Records":[' + ",".join(texts) + "]}").encode())
    place = f"{prefix}AWSLogs/{owner(to, account)}/CloudTrail/{to.region}/{at:%Y/%m/%d}/{name}"
    # Not through the API: moto reads the bucket's policy in a way of its own. The evaluator said yes before.
    get_backend("s3")[world.account][to.arn.split(":")[1]].put_object(to.bucket, place, body)


def _log(world: World, to: Target, account: str, texts: Sequence[str]) -> int:
    client, group, name = world.client("logs", to.region), to.group.split(":")[6], stream(to, account)
    if name not in get_backend("logs")[world.account][to.region].groups[group].streams:
        client.create_log_stream(logGroupName=group, logStreamName=name)
    now = int(time.time() * 1000)
    sent = [{"timestamp": now, "message": text} for text in texts if len(text.encode()) <= LARGEST]
    if not sent:
        return 0
    answer = client.put_log_events(logGroupName=group, logStreamName=name, logEvents=sent)
    if answer.get("rejectedLogEventsInfo"):
        raise DeliveryError(f"CloudWatch Logs rejected events: {answer['rejectedLogEventsInfo']}")
    return len(sent)
