"""Filter patterns as programs of jq and as SQL of DuckDB: how the peers of the back-test's benchmark are asked."""

import json
from collections.abc import Mapping, Sequence

from guard.pattern import parse
from guard.pattern.ast import And, Comparison, Condition, Index, Is, Name, Node, NotExists, Number, Or, Step, Text

Filters = Mapping[str, Sequence[str]]
CONSTANTS = {"NULL": "null", "TRUE": "true", "FALSE": "false"}


def jq(filters: Filters) -> str:
    """A program that counts the events of a log file by rule and five minutes."""
    hits = ",\n".join(
        f"(select({' or '.join(_jq(parse(text).root) for text in texts)}) | {json.dumps(rule)})"
        for rule, texts in filters.items()
    )
    bucket = "(.eventTime[0:14] + ((.eventTime[14:16] | tonumber) / 5 | floor | tostring))"
    return f'reduce (.Records[] | {bucket} as $b | (\n{hits}\n) | . + " " + $b) as $k ({{}}; .[$k] += 1)'


def _jq(node: Node) -> str:
    if isinstance(node, And | Or):
        return f"({(' and ' if isinstance(node, And) else ' or ').join(map(_jq, node.operands))})"
    *before, last = node.selector.steps
    if isinstance(node, NotExists):
        has = f'type == "object" and has({json.dumps(getattr(last, "name", ""))})'
        return f"(any({_jq_path(before)}; {has}) | not)"
    return f"any({_jq_path(node.selector.steps)}; {_jq_test(node)})"


def _jq_path(steps: Sequence[Step]) -> str:
    parts = [
        f".[{json.dumps(one.name)}]?" if isinstance(one, Name) else f".[{getattr(one, 'index', '')}]?" for one in steps
    ]
    return " | ".join(parts) or "."


def _jq_test(node: Condition) -> str:
    if isinstance(node, Is):
        return f". == {CONSTANTS[node.constant]}"
    if not isinstance(node, Comparison):
        raise TypeError(node)
    value, sign = node.value, "==" if node.operator == "=" else node.operator
    if isinstance(value, Number):
        return f'type == "number" and . {sign} {value.lexeme}'
    if not isinstance(value, Text):
        raise TypeError(f"no peer is asked {value}")
    if "*" not in value.text:
        return f'type == "string" and . {sign} {json.dumps(value.text)}'
    regex = "^" + ".*".join(map(_escaped, value.text.split("*"))) + "$"
    return f'type == "string" and (test({json.dumps(regex)}){" | not" if sign == "!=" else ""})'


def _escaped(text: str) -> str:
    return "".join(f"\\{one}" if one in r".^$*+?()[]{}|\/" else one for one in text)


def duckdb(filters: Filters, files: str, threads: int) -> str:
    """Statements that count the events of log files by rule and five minutes: a row each, a column a rule."""
    roots = {rule: [parse(text).root for text in texts] for rule, texts in filters.items()}
    nested: dict[str, bool] = {"eventTime": False}
    for conditions in (_leaves(root) for several in roots.values() for root in several):
        for one in conditions:
            name = getattr(one.selector.steps[0], "name", "")
            nested[name] = nested.get(name, False) or len(one.selector.steps) > 1
    fields = ", ".join(f'"{name}" {"JSON" if deep else "VARCHAR"}' for name, deep in nested.items())
    columns = ",\n".join(
        f'count(*) FILTER (WHERE {" OR ".join(_sql(root) for root in several)}) AS "{rule}"'
        for rule, several in roots.items()
    )
    source = (
        f"SELECT unnest(Records, recursive := false) AS e FROM read_json('{files}', "  # noqa: S608
        f"columns = {{Records: 'STRUCT({fields})[]'}}, maximum_object_size = 268435456)"
    )
    bucket = "time_bucket(INTERVAL 5 MINUTE, CAST(e.eventTime AS TIMESTAMP))"
    options = f"SET threads = {threads}; SET enable_progress_bar = false"
    return f"{options}; SELECT {bucket} AS b,\n{columns}\nFROM ({source}) GROUP BY b"


def _leaves(node: Node) -> list[Condition]:
    return [one for operand in node.operands for one in _leaves(operand)] if isinstance(node, And | Or) else [node]


def _sql(node: Node) -> str:
    if isinstance(node, And | Or):
        return f"({(' AND ' if isinstance(node, And) else ' OR ').join(map(_sql, node.operands))})"
    first, *rest = node.selector.steps
    column = f'e."{getattr(first, "name", "")}"'
    if isinstance(node, NotExists):
        return f"NOT coalesce(json_exists({column}, '{_sql_path(rest)}'), false)" if rest else f"{column} IS NULL"
    if any(not isinstance(one, Name | Index) for one in rest):
        found = f"json_extract_string({column}, '{_sql_path(rest)}')"
        return f"coalesce(len(list_filter({found}, lambda v: {_sql_test(node, 'v')})) > 0, false)"
    return _sql_test(node, f"json_extract_string({column}, '{_sql_path(rest)}')" if rest else column)


def _sql_path(steps: Sequence[Step]) -> str:
    parts = (
        f'."{one.name}"' if isinstance(one, Name) else f"[{one.index}]" if isinstance(one, Index) else _every(one)
        for one in steps
    )
    return "$" + "".join(parts).replace("'", "''")


def _every(step: Step) -> str:
    return "[*]" if getattr(step, "bracket", False) else ".*"


def _sql_test(node: Condition, found: str) -> str:
    if isinstance(node, Is):
        return f"coalesce({found} = '{CONSTANTS[node.constant]}', false)"
    if not isinstance(node, Comparison):
        raise TypeError(node)
    value, sign = node.value, "<>" if node.operator == "!=" else node.operator
    if isinstance(value, Number):
        return f"coalesce(try_cast({found} AS DOUBLE) {sign} {value.lexeme}, false)"
    if not isinstance(value, Text):
        raise TypeError(f"no peer is asked {value}")
    text = value.text.replace("'", "''")
    if "*" not in text:
        return f"coalesce({found} {sign} '{text}', false)"
    like = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")
    return f"coalesce({found} {'NOT LIKE' if sign == '<>' else 'LIKE'} '{like}' ESCAPE '\\', false)"
