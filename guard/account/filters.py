"""Each rule's metric filters: there, with the rule's pattern as a tree; none of ours left over."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from guard.account.account import Account
from guard.account.findings import DEPLOY, Finding
from guard.names import Names
from guard.pattern import PatternError, ast, parse
from guard.pattern.difference import compare
from guard.rules.model import Rule
from guard.rules.placeholders import fill, open_names

CHECK = "filters"
WHY = "the rule's alarm counts something else, or nothing"


def described(account: Account) -> Mapping[str, Mapping[str, Any]]:
    """The metric filters of the log group, by name. Raises ClientError."""

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
            yield one_filter(name, there.get(name), text, rule, names)
    for name in sorted(one for one in there.keys() - wanted if one.startswith(names.alarm_prefix)):
        why = "it takes one of 100 places; a rule that went should have taken it along"
        fix = f"aws logs delete-metric-filter --log-group-name {account.group()} --filter-name {name}"
        yield Finding(CHECK, name, "WARN", "no rule of the stack has it", why, fix)


def one_filter(name: str, found: Mapping[str, Any] | None, text: str, rule: Rule, names: Names) -> Finding:
    """A filter against one pattern of a rule, and its metric."""
    if found is None:
        return Finding(CHECK, name, "FAIL", "is not there", WHY, DEPLOY)
    other = [f"{key} is {seen}, not {wanted}" for key, seen, wanted in counted(found, rule, names) if seen != wanted]
    if other:
        return Finding(CHECK, name, "FAIL", "; ".join(other), WHY, DEPLOY)
    unknown = sorted(open_names(rule))
    if unknown:
        seen = f"cannot be compared: {', '.join(unknown)} is known of the trail alone"
        return Finding(CHECK, name, "WARN", seen, WHY, "look at the findings of the trail")
    deployed = found.get("filterPattern", "")
    if same(deployed, text):
        return Finding(CHECK, name, "PASS", "has the rule's pattern")
    changed = [
        line.replace("- ", "lacks ", 1) if line[0] == "-" else line.replace("+ ", "has ", 1)
        for line in compare(text, deployed)
    ]
    return Finding(CHECK, name, "FAIL", "\n".join(["its pattern was changed:", *changed]), WHY, DEPLOY)


def counted(found: Mapping[str, Any], rule: Rule, names: Names) -> Iterator[tuple[str, Any, Any]]:
    """What a filter counts into, and how: key, seen, wanted. The alarm reads this very metric."""
    to = found["metricTransformations"][0]
    wanted = {"metricNamespace": names.namespace, "metricName": rule.id, "metricValue": "1"}
    yield from ((key, to.get(key), value) for key, value in wanted.items())
    yield "defaultValue", to.get("defaultValue"), 0
    # None of these is the component's; each makes a filter count less than its pattern says.
    yield "dimensions", to.get("dimensions") or None, None
    yield "fieldSelectionCriteria", found.get("fieldSelectionCriteria") or None, None
    yield "applyOnTransformedLogs", bool(found.get("applyOnTransformedLogs")), False


def same(deployed: str, wanted: str) -> bool:
    """Whether two texts are one tree; in which order clauses stand does not matter."""
    try:
        return bool(ordered(parse(deployed).root) == ordered(parse(wanted).root))
    except PatternError:
        return False


def ordered(node: ast.Node) -> Any:
    """A tree whose groups are sets; a group of one clause, however often it stands there, is that clause."""
    if not isinstance(node, (ast.And, ast.Or)):
        return node
    clauses = frozenset(map(ordered, node.operands))
    return (type(node), clauses) if len(clauses) > 1 else next(iter(clauses))


def rules(account: Account) -> list[Rule]:
    """The stack's rules, their placeholders filled with what the account has. Raises ClientError."""
    values = known(account)
    return [fill(rule, values) for rule in account.settings.rules.rules]


def known(account: Account) -> dict[str, str]:
    """What fills the placeholders of patterns; bucket and role are unknown while the trail is gone."""
    values = {"prefix": account.settings.component, "logGroup": account.group()}
    try:
        found = account.trail()
    except ClientError:
        return values
    role = str(found.get("CloudWatchLogsRoleArn") or "").rsplit("/", 1)[-1]
    return {**values, "bucket": str(found.get("S3BucketName") or ""), "role": role}
