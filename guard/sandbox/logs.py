"""Log groups whose metric filters count, with patterns as AWS evaluates them."""

import time
import uuid
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from moto.backends import get_backend

from guard import needs
from guard.errors import PatternError
from guard.names import Where
from guard.pattern import Pattern, parse
from guard.pattern.count import regexes
from guard.rules.limits import FILTERS, REGEX_FILTERS
from guard.sandbox import alarms, keys
from guard.sandbox.intercept import Call, Refused
from guard.sandbox.metrics import key
from guard.sandbox.world import MINUTE, Hit, Region, World

STANDARD = "STANDARD"
OLDEST, NEWEST = 14 * 24 * 3600, 2 * 3600  # seconds: events outside are rejected
parsed = lru_cache(maxsize=1024)(parse)


def _group(call: Call, name: str) -> Any:
    found = call.backend.groups.get(name.rsplit(":log-group:", maxsplit=1)[-1].removesuffix(":*"))
    if found is None:
        raise Refused("ResourceNotFoundException", "The specified log group does not exist.")
    return found


def _pattern(text: str) -> Pattern:
    try:
        return parsed(text)
    except PatternError as error:
        raise Refused("InvalidParameterException", f"Invalid metric filter pattern: {error}") from None


def put_metric_filter(world: World, call: Call) -> Mapping[str, Any]:
    """An upsert; the pattern must be one, and the log group must be there and of the Standard class."""
    name, group = call.params["filterName"], _group(call, call.params["logGroupName"]).name
    if world.regions[call.region].classes.get(group, STANDARD) != STANDARD:
        raise Refused("InvalidOperationException", f"{group} is not of the class {STANDARD}")
    _pattern(call.params["filterPattern"])
    store = call.backend.filters.metric_filters
    others = [one for one in store if (one["filterName"], one["logGroupName"]) != (name, group)]
    beside = [one["filterPattern"] for one in others if one["logGroupName"] == group]
    if len(beside) >= FILTERS:
        raise Refused("LimitExceededException", f"a log group has {FILTERS} metric filters at most")
    if regexes(call.params["filterPattern"]) and sum(map(bool, map(regexes, beside))) >= REGEX_FILTERS:
        raise Refused("LimitExceededException", f"a log group has {REGEX_FILTERS} with a regular expression at most")
    call.read()
    store[:] = [*others, store[-1]]
    return {}


def delete_metric_filter(world: World, call: Call) -> Mapping[str, Any]:  # noqa: ARG001 - a completion's signature
    """Of a filter that isn't there AWS says so."""
    store = call.backend.filters.metric_filters
    wanted = (call.params["filterName"], call.params["logGroupName"])
    if wanted not in [(one["filterName"], one["logGroupName"]) for one in store]:
        raise Refused("ResourceNotFoundException", "The specified metric filter does not exist.")
    store[:] = [one for one in store if (one["filterName"], one["logGroupName"]) != wanted]
    return {}


def test_metric_filter(world: World, call: Call) -> Mapping[str, Any]:  # noqa: ARG001
    """Which of the messages a pattern matches."""
    pattern, messages = _pattern(call.params["filterPattern"]), call.params["logEventMessages"]
    matches = [
        {"eventNumber": number, "eventMessage": message, "extractedValues": {}}
        for number, message in enumerate(messages, 1)
        if pattern.matches(message)
    ]
    return {"matches": matches}


def filter_log_events(world: World, call: Call) -> Mapping[str, Any]:  # noqa: ARG001
    """The events that the pattern matches."""
    answer = call.read()
    text = call.params.get("filterPattern")
    if text:
        pattern = _pattern(text)
        answer["events"] = [one for one in answer["events"] if pattern.matches(one["message"])]
    return answer


def create_log_group(world: World, call: Call) -> Mapping[str, Any]:
    """The key must be there; deletion protection and the class count from the start."""
    unusable = keys.disabled(world, call.region, call.params.get("kmsKeyId"))
    if unusable:
        raise Refused("InvalidParameterException", unusable)
    call.read()
    world.regions[call.region].classes[call.params["logGroupName"]] = call.params.get("logGroupClass") or STANDARD
    if call.params.get("deletionProtectionEnabled"):
        world.regions[call.region].protected.add(call.params["logGroupName"])
    return {}


def put_deletion_protection(world: World, call: Call) -> Mapping[str, Any]:
    """Switch the protection on or off."""
    name = _group(call, call.params["logGroupIdentifier"]).name
    protected = world.regions[call.region].protected
    (protected.add if call.params["deletionProtectionEnabled"] else protected.discard)(name)
    return {}


def delete_log_group(world: World, call: Call) -> Mapping[str, Any]:
    """A protected group stays; one that goes takes its filters along."""
    name = _group(call, call.params["logGroupName"]).name
    if name in world.regions[call.region].protected:
        raise Refused("ValidationException", f"deletion protection is on for {name}")
    call.read()
    store = call.backend.filters.metric_filters
    store[:] = [one for one in store if one["logGroupName"] != name]
    return {}


def describe_log_groups(world: World, call: Call) -> Mapping[str, Any]:
    """With protection and the number of filters."""
    answer = call.read()
    store = call.backend.filters.metric_filters
    for group in answer["logGroups"]:
        name = group["logGroupName"]
        group["deletionProtectionEnabled"] = name in world.regions[call.region].protected
        group["metricFilterCount"] = sum(one["logGroupName"] == name for one in store)
        group["logGroupClass"] = world.regions[call.region].classes.get(name, STANDARD)
    return answer


def put_log_events(world: World, call: Call) -> Mapping[str, Any]:
    """The events are counted by the filters, and alarms ring."""
    group = _group(call, call.params["logGroupName"])
    refused = key_refusal(world, call.region, group)
    if refused:
        raise Refused("AccessDeniedException", refused)
    answer = call.read()
    events = [one for one in call.params["logEvents"] if _accepted(one["timestamp"] / 1000)]
    _count(world, call.region, group.name, events, call.backend.filters.metric_filters)
    alarms.settle(world, call.region, get_backend("cloudwatch")[world.account][call.region])
    return answer


def key_refusal(world: World, region: str, group: Any) -> str:
    """Why CloudWatch Logs may not use the group's key, "" where it may."""
    here = Where(group.arn.split(":")[1], region, world.account)
    return keys.refusal(world, region, group.kms_key_id, lambda key: needs.group_key(key, here, group.name))


def _accepted(seconds: float) -> bool:
    """By the machine's clock, as moto judges."""
    now = time.time()
    return now - OLDEST <= seconds <= now + NEWEST


def _count(
    world: World, region: str, group: str, events: Sequence[Mapping[str, Any]], filters: Sequence[Mapping[str, Any]]
) -> None:
    """Into the metrics: the events themselves, and what each filter matches."""
    here = world.regions[region]
    minutes = [int(one["timestamp"] / 1000 + world.clock.ahead) // MINUTE for one in events]
    incoming = key("AWS/Logs", "IncomingLogEvents", {"LogGroupName": group})
    for minute in minutes:
        here.metrics.add(incoming, minute, 1)
    for one in filters:
        if one["logGroupName"] == group:
            _count_filter(here, one, events, minutes)
    _publish(world, region, group, len(events))


def _count_filter(
    here: Region, one: Mapping[str, Any], events: Sequence[Mapping[str, Any]], minutes: Sequence[int]
) -> None:
    to = one["metricTransformations"][0]
    pattern = parsed(one["filterPattern"])
    metric = key(to["metricNamespace"], to["metricName"])
    if "defaultValue" in to:
        for minute in set(minutes):
            here.metrics.add(metric, minute, 0.0)
    for event, minute in zip(events, minutes, strict=True):
        if pattern.matches(event["message"]):
            here.metrics.add(metric, minute, float(to["metricValue"]))
            here.hits[to["metricNamespace"], to["metricName"]].append(Hit(minute, event["message"]))


def _publish(world: World, region: str, group: str, count: int) -> None:
    """The vended metric, for those who read it."""
    datum = {
        "MetricName": "IncomingLogEvents",
        "Dimensions": [{"Name": "LogGroupName", "Value": group}],
        "Value": count,
        "Timestamp": world.clock.at().replace(tzinfo=None),
    }
    get_backend("cloudwatch")[world.account][region].put_metric_data("AWS/Logs", [datum])


# --- saved queries ---


def put_query_definition(world: World, call: Call) -> Mapping[str, Any]:
    """Make one, or change the one of an id."""
    queries = world.regions[call.region].queries
    given = call.params.get("queryDefinitionId")
    if given and given not in queries:
        raise Refused("ResourceNotFoundException", f"no query definition {given}")
    found = given or str(uuid.uuid4())
    kept = {one: call.params[one] for one in ("name", "queryString", "logGroupNames") if one in call.params}
    queries[found] = {**kept, "queryDefinitionId": found, "lastModified": int(world.clock.now() * 1000)}
    return {"queryDefinitionId": found}


def describe_query_definitions(world: World, call: Call) -> Mapping[str, Any]:
    """Those whose name begins so."""
    prefix = call.params.get("queryDefinitionNamePrefix") or ""
    found = world.regions[call.region].queries.values()
    return {"queryDefinitions": [one for one in found if one["name"].startswith(prefix)]}


def delete_query_definition(world: World, call: Call) -> Mapping[str, Any]:
    """Delete one."""
    gone = world.regions[call.region].queries.pop(call.params["queryDefinitionId"], None)
    return {"success": gone is not None}
