"""The SQL of a tree, run by DuckDB in place of Athena, answers as `Pattern.matches` does: where it says so."""

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.history.athena_table import table
from guard.pattern import Pattern, parse
from guard.pattern.ast import And, Comparison, Index, Is, Name, Node, NotExists, Number, Or, Regex, Selector, Text
from guard.pattern.sql import JSON, statement
from guard.rules import SAMPLE, fill, load, shipped

duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
sqlglot = pytest.importorskip("sqlglot", reason="sqlglot is not installed")
exp = sqlglot.exp

SHARED = Path(__file__).parents[3] / "shared" / "events"
DDL = table("db.trail", "s3://bucket/AWSLogs", ["111122223333"], ["eu-west-1"], None)
RULES = [fill(rule, SAMPLE) for name in shipped() for rule in load([name]).rules]
# Trino's functions, where DuckDB's differ: a text that is no JSON holds nothing, and what is no scalar has no text.
MACROS = """
CREATE MACRO held(t, p) AS CASE WHEN t IS NOT NULL AND json_valid(t) THEN json_extract(t, p) END;
CREATE MACRO scalar(t, p) AS CASE WHEN json_type(held(t, p)) NOT IN ('OBJECT', 'ARRAY', 'NULL')
  THEN json_extract_string(held(t, p), '$') END;
"""


def columns() -> dict[str, str]:
    """The table's columns with DuckDB's types, read from the definition."""
    found = sqlglot.parse_one(DDL, read="athena").find_all(exp.ColumnDef)
    return {one.name: one.args["kind"].sql("duckdb") for one in found if isinstance(one.parent, exp.Schema)}


COLUMNS = columns()


def row(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as the table holds it: texts of what is no text, names in lower case, calls' data as JSON text."""
    made = {}
    for key, value in event.items():
        kind = COLUMNS.get(key.lower(), "")
        if key in JSON:
            made[key.lower()] = value if value is None or isinstance(value, str) else json.dumps(value)
        elif kind.startswith("STRUCT"):
            made[key.lower()] = lowered(value) if isinstance(value, Mapping) else None
        elif kind in ("TEXT", "VARCHAR"):
            made[key.lower()] = value if value is None or isinstance(value, str) else json.dumps(value)
    return made


def lowered(value: Any) -> Any:
    """Names in lower case."""
    return {key.lower(): lowered(inner) for key, inner in value.items()} if isinstance(value, Mapping) else value


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For the rows."""
    return tmp_path_factory.mktemp("rows")


def answers(conditions: Sequence[str], events: Iterable[Mapping[str, Any]], folder: Path) -> list[tuple[bool, ...]]:
    """What each condition says of each event."""
    path = folder / "rows.json"
    path.write_text("\n".join(json.dumps({**row(event), "n": number}) for number, event in enumerate(events)))
    spec = ", ".join(f"'{name}': '{kind}'" for name, kind in {**COLUMNS, "n": "BIGINT"}.items())
    asked = sqlglot.parse_one(f"SELECT {', '.join(conditions)} FROM trail ORDER BY n", read="athena")  # noqa: S608
    ours = asked.transform(_as_trino).sql("duckdb")
    connection = duckdb.connect()
    connection.execute(MACROS)
    source = f"read_json('{path}', format = 'newline_delimited', columns = {{{spec}}})"
    found: list[tuple[bool, ...]] = connection.execute(ours.replace("FROM trail", f"FROM {source}")).fetchall()
    return found


def _as_trino(node: Any) -> Any:
    names = {exp.JSONExtract: "held", exp.JSONExtractScalar: "scalar"}
    if type(node) not in names:
        return node
    path = node.expression.sql("athena") if not isinstance(node.expression, exp.Literal) else node.expression.sql()
    duck = path.strip("'").replace('["', '."').replace('"]', '"')
    return exp.Anonymous(this=names[type(node)], expressions=[node.this, exp.Literal.string(duck)])


def judge(roots: Sequence[Node], events: Sequence[Mapping[str, Any]], folder: Path) -> None:
    """An exact answer is the matcher's; a wider one holds it, a narrower one is held by it."""
    said = [statement(root) for root in roots]
    kept = [(root, one) for root, one in zip(roots, said, strict=True) if one.sql]
    if not kept:
        return
    for event, verdicts in zip(events, answers([one.sql for _, one in kept], events, folder), strict=True):
        for (root, one), verdict in zip(kept, verdicts, strict=True):
            matches = Pattern("", root).matches(event)
            assert isinstance(verdict, bool)
            assert verdict == matches or ("wider" in one.mark and verdict) or ("narrower" in one.mark and matches)


def test_the_examples_of_every_rule(folder: Path) -> None:
    """Each of the packs' patterns on each example, as the table would hold it."""
    events = [dict(one) for rule in RULES for one in (*rule.examples.match, *rule.examples.no_match)]
    judge([parse(text).root for rule in RULES for text in rule.patterns], events, folder)


def test_a_count_without_a_lower_end(folder: Path) -> None:
    """Other engines take `{,2}` for plain characters."""
    judge([parse("{ $.eventName = %^x{,2}$% }").root], [{"eventName": "xx"}, {"eventName": "xxx"}], folder)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real events (../shared/events) are not on this machine")
def test_real_events(folder: Path) -> None:
    """The same on real ones."""
    lines = [line for path in SHARED.glob("*.gz") for line in gzip.decompress(path.read_bytes()).splitlines()[:400]]
    judge([parse(text).root for rule in RULES for text in rule.patterns], [json.loads(one) for one in lines], folder)


TEXT = st.sampled_from(["", "a", "ab", "A", "it's", "50%", "a_b", "a\\b", "1", "1.5", "true", "null", "x*y", "é"])
LITERAL = st.one_of(TEXT, st.sampled_from(["*", "a*", "*b", "*_*", "t*", "*'*", "5*%"])).map(Text)
NUMBER = st.sampled_from(["1", "1.5", "-2", "1e0", "100"]).map(Number)
REGEX = st.sampled_from(["a", "^a", "[0-9]+", "b$"]).map(Regex)


def selector(path: str) -> Selector:
    """Of a path of names and indexes."""
    return Selector(tuple(Index(int(one)) if one.isdigit() else Name(one) for one in path.split("/")))


WHERE = st.sampled_from(
    (
        *("eventName", "errorCode", "userIdentity/type", "userIdentity/sessionContext/sessionIssuer/arn", "readOnly"),
        *("requestParameters/a", "requestParameters/a/b", "requestParameters/a/0", "responseElements/x.y"),
        *("requestParameters", "tags/x"),
    )
).map(selector)
CONDITIONS: st.SearchStrategy[Node] = st.one_of(
    st.builds(Comparison, WHERE, st.sampled_from(["=", "!="]), st.one_of(LITERAL, NUMBER, REGEX)),
    st.builds(Comparison, WHERE, st.sampled_from(["<", "<=", ">", ">="]), NUMBER),
    st.builds(Is, WHERE, st.sampled_from(["NULL", "TRUE", "FALSE"])),
    st.builds(NotExists, WHERE),
)
TREES = st.one_of(
    CONDITIONS,
    st.lists(CONDITIONS, min_size=2, max_size=3).map(lambda several: And(tuple(several))),
    st.lists(CONDITIONS, min_size=2, max_size=3).map(lambda several: Or(tuple(several))),
)
LEAF = st.one_of(TEXT, st.none(), st.booleans(), st.sampled_from([0, 1, -2, 1.5, 100]))
INNER = st.one_of(LEAF, st.lists(LEAF, max_size=2), st.dictionaries(st.sampled_from(["a", "b", "x.y"]), LEAF))
MAYBE = st.one_of(st.none(), TEXT)
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "eventName": MAYBE,
        "errorCode": MAYBE,
        "readOnly": st.booleans(),
        "userIdentity": st.fixed_dictionaries(
            {},
            optional={
                "type": MAYBE,
                "sessionContext": st.fixed_dictionaries(
                    {}, optional={"sessionIssuer": st.fixed_dictionaries({}, optional={"arn": MAYBE})}
                ),
            },
        ),
        "requestParameters": st.one_of(st.none(), st.dictionaries(st.sampled_from(["a", "b"]), INNER)),
        "responseElements": st.one_of(st.none(), st.just("no JSON"), st.dictionaries(st.just("x.y"), INNER)),
    },
)


@settings(deadline=None, max_examples=60)
@given(st.lists(TREES, min_size=1, max_size=12), st.lists(EVENTS, min_size=1, max_size=12))
def test_any_tree_on_typed_events(folder: Path, trees: list[Node], events: list[dict[str, Any]]) -> None:
    """Fields of the types that AWS documents, calls' data of any."""
    judge(trees, events, folder)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ('{ $.eventName = "StopLogging" }', "exact"),
        ("{ $.userIdentity.invokedBy NOT EXISTS }", "wider"),
        ("{ $.requestParameters.a IS NULL }", "narrower"),
        ("{ $.requestParameters.a IS NULL && $.errorCode NOT EXISTS }", "wider and narrower"),
        ("{ $.readOnly IS TRUE }", "exact"),
        ("{ $.managementEvent IS TRUE }", "impossible"),
        ('{ $.requestParameters.items[*].a = "x" }', "impossible"),
        ('{ $.eventname = "x" }', "impossible"),
        ("{ $.['userIdentity.type'] = \"Root\" }", "impossible"),
    ],
)
def test_marks(text: str, mark: str) -> None:
    """How true the table's answer is; a name that AWS writes otherwise is no column."""
    assert statement(parse(text).root).mark == mark
