"""Each rule's metric filters: there, with the rule's pattern as a tree; none of ours left over."""

from collections.abc import Iterator, Mapping
from typing import Any

from guard.account.account import Account
from guard.account.findings import DEPLOY, Finding
from guard.pattern import PatternError, parse
from guard.pattern.difference import compare
from guard.rules.model import Rule
from guard.rules.placeholders import fill

CHECK = "filters"
WHY = "the rule's alarm counts something else, or nothing"


def described(account: Account) -> Mapping[str, Mapping[str, Any]]:
    """The metric filters of the log group, by name."""

    def read() -> dict[str, Mapping[str, Any]]:
        pages = account.client("logs").get_paginator("describe_metric_filters").paginate(logGroupName=account.group())
        return {one["filterName"]: one for page in pages for one in page["metricFilters"]}

    return account.once("filters", read)


def check(account: Account) -> Iterator[Finding]:
    """The findings."""
    names, there = account.settings.names, described(account)
    wanted: set[str] = set()
    for rule in rules(account):
        for index, text in enumerate(rule.patterns):
            name = names.filter(rule.id, index)
            wanted.add(name)
            yield one_filter(name, there.get(name), text, (names.namespace, rule.id))
    for name in sorted(one for one in there.keys() - wanted if one.startswith(names.alarm_prefix)):
        yield Finding(CHECK, name, "WARN", "no rule has it", "it takes one of 100 places", DEPLOY)


def one_filter(name: str, found: Mapping[str, Any] | None, text: str, metric: tuple[str, str]) -> Finding:
    """A filter against the rule's pattern and metric."""
    if found is None:
        return Finding(CHECK, name, "FAIL", "is not there", WHY, DEPLOY)
    to = found["metricTransformations"][0]
    if (to["metricNamespace"], to["metricName"]) != metric:
        return Finding(CHECK, name, "FAIL", f"counts into {to['metricNamespace']} {to['metricName']}", WHY, DEPLOY)
    if not same(found.get("filterPattern", ""), text):
        changed = "; ".join(compare(text, found.get("filterPattern", ""))) or "in another order"
        return Finding(CHECK, name, "FAIL", f"its pattern was changed: {changed}", WHY, DEPLOY)
    return Finding(CHECK, name, "PASS", "has the rule's pattern")


def same(deployed: str, wanted: str) -> bool:
    """Whether two texts are one tree."""
    try:
        return parse(deployed) == parse(wanted)
    except PatternError:
        return False


def rules(account: Account) -> list[Rule]:
    """The stack's rules, their placeholders filled with what the account has."""
    found = account.trail()
    values = {
        "bucket": str(found.get("S3BucketName", "")),
        "role": str(found.get("CloudWatchLogsRoleArn", "")).rsplit("/", 1)[-1],
        "prefix": account.settings.component,
        "logGroup": account.group(),
    }
    return [fill(rule, values) for rule in account.settings.rules.rules]
