"""The linter's findings, each with the published bug that it would have caught."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from guard import rules
from guard.errors import RuleError
from guard.rules.findings import CODES
from guard.rules.lint import Report, lint, lint_stack
from guard.rules.lint_names import DATA, UNTOLD
from guard.rules.template import TO_WRITE, template

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "lint.yaml").read_text("utf-8"))
DOCS = Path(__file__).parents[2] / "docs" / "lint.md"

PLACED = """\
title: t
rules:
  - id: a
    title: A
    description: B.
    first_step: C
    severity: low
    pattern: >-
      { ($.eventName = StopLogging) &&
        ($.requestParameters.x != "1") }
    examples:
      match: [{eventName: StopLogging, requestParameters: {x: 2}}]
      no_match:
      - {eventName: x}
      - {eventName: StopLogging, requestParameters: {x: 2}}
"""


def rule(case: dict[str, Any], name: str = "a-rule") -> dict[str, Any]:
    """A rule of a pack, with what the case does not say."""
    more = {key: value for key, value in case.items() if key not in ("fact", "findings", "codes", "match", "no_match")}
    texts = {"title": "A rule", "description": "Something happened.", "first_step": "Look."}
    examples = {"match": [case["match"]], "no_match": [case["no_match"]]}
    made = {"id": name, "severity": "low", **texts, **more, "examples": examples}
    return {key: value for key, value in made.items() if value != ""}


def report(folder: Path, *items: dict[str, Any]) -> Report:
    """The report on a pack of rules."""
    text = yaml.safe_dump({"title": "t", "rules": list(items)}, sort_keys=False, allow_unicode=True)
    (folder / "pack.yaml").write_text(text, "utf-8")
    return lint(["./pack.yaml"], folder)


def simple(name: str, event: str = "CreateVpc", **more: Any) -> dict[str, Any]:
    """A rule without findings."""
    fields = {"eventSource": "ec2.amazonaws.com", "eventName": event}
    pattern = f'{{ ($.eventSource = "ec2.amazonaws.com") && ($.eventName = "{event}") }}'
    return rule({"pattern": pattern, "match": fields, "no_match": {}, **more}, name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["fact"])
def test_findings(case: dict[str, Any], tmp_path: Path) -> None:
    """Each case has exactly the findings that it names."""
    found = report(tmp_path, rule(case)).findings

    if "codes" in case:
        assert [finding.code for finding in found] == case["codes"]
    else:
        assert sorted(f"{finding.code}: {finding.message}" for finding in found) == sorted(case["findings"])


def test_a_finding_has_its_place(tmp_path: Path) -> None:
    """Line and column point into the folded scalar."""
    (tmp_path / "p.yaml").write_text(PLACED, "utf-8")
    found = lint(["p.yaml"], tmp_path).findings

    assert [(str(finding.place), finding.code) for finding in found] == [
        ("p.yaml:10:10", "G103"),
        ("p.yaml:15:9", "G003"),
    ]


def test_a_character_that_cannot_be_seen_has_its_place(tmp_path: Path) -> None:
    """In the pattern that holds it, unless an exclusion brought it there."""
    hidden = PLACED.replace('"1"', '"\u200b1"').replace("description: B.", "description: |\n      B.\n      C\u200b.")
    (tmp_path / "p.yaml").write_text(hidden.replace("&&\n        ", "&& "), "utf-8")
    found = lint(["p.yaml"], tmp_path).findings
    assert [str(one.place) for one in found if one.code == "G403"] == ["p.yaml:7:8", "p.yaml:11:67"]

    excluded = simple("a-rule", exclude=[{"user_agent": "\u200bx"}])
    assert [(one.code, one.place.line) for one in report(tmp_path, excluded).findings] == [("G403", 8)]


def test_a_broken_pack_is_findings_too(tmp_path: Path) -> None:
    """What the loader refuses is reported beside what the linter finds in the other rules."""
    found = report(tmp_path, simple("a-rule"), {"id": "b-rule"}, {**simple("c-rule", "CreateVpn"), "pattern": "{ x }"})

    assert [finding.code for finding in found.findings] == ["G001", "G001", "G001", "G001", "G002"]


def test_two_rules_that_count_the_same(tmp_path: Path) -> None:
    """Judged by what they match, not by how they are written; a covered rule is not deployed and is fine."""
    case = {
        "pattern": '{ ($.eventName = "CreateVpc") && ($.eventSource = "ec2.amazonaws.com") }',
        "match": {"eventSource": "ec2.amazonaws.com", "eventName": "CreateVpc"},
        "no_match": {},
    }
    twice = report(tmp_path, simple("a-rule"), rule(case, "b-rule"))
    covering = report(tmp_path, simple("a-rule"), rule({**case, "covers": ["a-rule"]}, "b-rule"))

    assert [(finding.code, finding.rule) for finding in twice.findings] == [("G305", "b-rule")]
    assert covering.findings == ()


def test_examples_tell_rules_apart_only_where_a_record_can_be_so(tmp_path: Path) -> None:
    """An example without a field that every record has, or with one of another kind, is no proof of a difference."""
    pattern = '{ ($.eventName = "CreateVpc") && ($.eventSource = "ec2.amazonaws.com") && ($.awsRegion %s) }'
    case = {"match": {"eventSource": "ec2.amazonaws.com", "eventName": "CreateVpc", "awsRegion": "eu-west-1"}}
    case["no_match"] = {"eventSource": "ec2.amazonaws.com", "eventName": "CreateVpc"}
    odd = {**case, "no_match": {**case["match"], "awsRegion": None}}
    texts = [rule({**one, "pattern": pattern % '= "*"'}, f"{name}-rule") for name, one in (("b", case), ("c", odd))]
    other = rule({**case, "pattern": pattern % '= "eu-*"', "no_match": {}}, "d-rule")
    found = report(tmp_path, simple("a-rule"), *texts, other)

    same = [(finding.rule, finding.message.split()[-1]) for finding in found.findings if finding.code == "G305"]
    assert same == [("b-rule", "'a-rule'"), ("c-rule", "'a-rule'"), ("c-rule", "'b-rule'")]


def test_quotas_of_a_log_group(tmp_path: Path) -> None:
    """More than 100 filters, and more than five with a regular expression, are errors."""
    many = [simple(f"r{n}", more_patterns=[f'{{ $.requestParameters.x = "{n}" }}']) for n in range(51)]
    patterns = [f"{{ $.requestParameters.x = %{n}% }}" for n in range(6)]
    regex = [rule({"pattern": text, "match": {"requestParameters": {"x": str(n)}}, "no_match": {}}, f"r{n}")
             for n, text in enumerate(patterns)]  # fmt: skip

    assert "G303" in {finding.code for finding in report(tmp_path, *many).findings}
    assert [finding.code for finding in report(tmp_path, *regex).findings] == ["G304"]


@pytest.mark.parametrize("value", ['"*"', r'"\*"'])
def test_a_star_itself(value: str, tmp_path: Path) -> None:
    """Who meant the character is told how it is written, and that is no finding."""
    pattern = (
        '{ ($.eventSource = "sqs.amazonaws.com") && ($.eventName = "AddPermission") && ($.requestParameters.p = %s) }'
    )
    event = {"eventSource": "sqs.amazonaws.com", "eventName": "AddPermission", "requestParameters": {"p": "*"}}
    case = {"match": event, "no_match": {**event, "requestParameters": {"p": "x"}}}
    told = [finding.fix for finding in report(tmp_path, rule({"pattern": pattern % value, **case})).findings]
    assert any(r"%^\*$%" in fix for fix in told)
    assert report(tmp_path, rule({"pattern": pattern % r"%^\*$%", **case})).findings == ()


@pytest.mark.parametrize(
    ("field", "fix"),
    [
        ("detail.eventName", "EventBridge puts the record into `detail`, the log does not: leave it out"),
        ("source", "it is EventBridge's: write $.eventSource"),
        ("Records[0].eventName", "each record of a log file is an event of its own: leave out $.Records[...]"),
        ("userName", "write $.userIdentity.userName"),
        ("userIdentity.username", "did you mean 'userName'?"),
        ("eventname", "did you mean 'eventName'?"),
    ],
)
def test_a_field_that_is_not_of_a_record(field: str, fix: str, tmp_path: Path) -> None:
    """What is around a record elsewhere is no slip of the pen."""
    case = {"pattern": f'{{ $.{field} = "x" }}', "match": {}, "no_match": {"eventName": "x"}}
    assert fix in {finding.fix for finding in report(tmp_path, rule(case)).findings if finding.code == "G205"}


def test_a_long_mail(tmp_path: Path) -> None:
    """The alarm's description, put together, has to fit, in bytes."""
    for letters in ("x" * 600, "ü" * 300):
        found = report(tmp_path, simple("a-rule", description=letters, first_step="y" * 500)).findings

        assert [finding.code for finding in found] == ["G401"]


def test_a_stack_is_judged_with_its_exclusions() -> None:
    """An exclusion that leaves some examples is fine; one that silences all of them is not."""
    own = {**simple("a-rule"), "controls": {"cis-5.0": ["4.14"]}}
    some = rules.load([], rules=[own], overrides={"a-rule": {"exclude": [{"source_ip": "10.*"}]}})
    every = rules.load([], rules=[own], overrides={"a-rule": {"exclude": [{"$.eventName": "CreateVpc"}]}})
    exact = rules.load([], rules=[own], overrides={"a-rule": {"exclude": [{"source_ip": "10.*"}], "keep_exact": True}})

    codes = [[finding.code for finding in lint_stack(one, Path()).findings] for one in (some, every, exact)]
    assert codes == [["G501"], ["G501", "G502"], []]


def recording(folder: Path, kind: str) -> list[str]:
    """The codes of a stack of the folder's pack whose trail records a kind of events too."""
    found = lint_stack(rules.load(["./pack.yaml"], root=folder), folder, frozenset({kind})).findings
    return [finding.code for finding in found]


def test_what_the_stack_records_is_no_finding(tmp_path: Path) -> None:
    """With data events on, a rule on them is fine."""
    case = {
        "pattern": '{ ($.eventSource = "s3.amazonaws.com") && ($.eventName = "GetObject") }',
        "match": {"eventSource": "s3.amazonaws.com", "eventName": "GetObject"},
        "no_match": {},
    }
    assert [finding.code for finding in report(tmp_path, rule(case)).findings] == ["G207"]
    assert recording(tmp_path, DATA) == []


def test_what_a_stack_cannot_record_is_a_finding_all_the_same(tmp_path: Path) -> None:
    """`dataEvents` records objects and functions only; of a trail that is there already nothing is claimed."""
    table = {"eventSource": "dynamodb.amazonaws.com", "eventName": "PutItem"}
    pattern = '{ ($.eventSource = "dynamodb.amazonaws.com") && ($.eventName = "PutItem") }'
    report(tmp_path, rule({"pattern": pattern, "match": table, "no_match": {}}))

    assert [recording(tmp_path, kind) for kind in (DATA, UNTOLD)] == [["G207"], []]


def test_shipped_packs_are_clean() -> None:
    """No shipped pack has a finding, warnings counted."""
    assert [str(finding) for finding in lint(rules.shipped(), Path()).findings] == []


@pytest.mark.parametrize(
    ("source", "event", "fix"),
    [
        ("lambda.amazonaws.com", "CreateFunction", "CloudTrail records it as CreateFunction20150331"),
        ("lambda.amazonaws.com", "UpdateFunctionCode", "CloudTrail records it as UpdateFunctionCode20150331v2"),
        ("ec2", "RunInstances", "write ec2.amazonaws.com"),
        ("console.amazonaws.com", "ConsoleLogin", "write signin.amazonaws.com"),
        ("s3.amazonaws.com", "RunInstances", "name the source ec2.amazonaws.com"),
    ],
)
def test_a_name_that_is_recorded_otherwise(source: str, event: str, fix: str, tmp_path: Path) -> None:
    """What to write instead, and nothing else."""
    pattern = f'{{ ($.eventSource = "{source}") && ($.eventName = "{event}") }}'
    case = {"pattern": pattern, "match": {"eventSource": source, "eventName": event}, "no_match": {}}
    assert [finding.fix for finding in report(tmp_path, rule(case)).findings] == [fix]


def test_all_that_a_mail_lacks(tmp_path: Path) -> None:
    """A description that only repeats the title is none, and is told together with the first step."""
    bare = simple("bare", description="A rule", first_step="")
    assert [finding.fix for finding in report(tmp_path, bare).findings] == ["write description and first_step"]


def test_the_template_is_clean(tmp_path: Path) -> None:
    """A pack of the template alone loads, and lacks only what nobody but its author knows."""
    text = f"title: t\nrules:\n{template('my-rule')}\n"
    (tmp_path / "p.yaml").write_text(text)
    assert [finding.fix for finding in lint(["p.yaml"], tmp_path).findings] == ["write description and first_step"]
    for mine in TO_WRITE.values():
        text = text.replace(mine, "Mine.")
    (tmp_path / "p.yaml").write_text(text)
    assert lint(["p.yaml"], tmp_path).findings == ()


@pytest.mark.parametrize("name", ["watchdog-mine", "mine-exact", "x" * 65])
def test_a_template_has_an_id_that_a_rule_may_have(name: str) -> None:
    """What the loader would refuse is refused at once."""
    with pytest.raises(RuleError, match="--new: 'id'"):
        template(name)


def test_every_code_is_documented() -> None:
    """docs/lint.md has a section for each code, in order, that begins with title and severity."""
    lines = [line for line in DOCS.read_text("utf-8").split("\n") if line]
    heads = [(line, after) for line, after in pairwise(lines) if line.startswith("## ")]

    assert heads == [(f"## {code}", f"**{kind.title}** ({kind.level})") for code, kind in CODES.items()]


def test_every_code_has_a_case() -> None:
    """Each finding there is stands in a case, or is about several rules or a long text and has a test here."""
    cases = [code[:4] for case in CASES for code in case.get("codes", case.get("findings", []))]

    assert CODES.keys() - set(cases) == {"G303", "G304", "G305", "G401"}


def test_the_findings_of_a_log_group_count_what_is_deployed(tmp_path: Path) -> None:
    """An exclusion that splits a pattern takes filters more."""
    names = " || ".join(f'($.eventName = "CreateVpc") && ($.userAgent = "{n:02}{"x" * 60}")' for n in range(8))
    long = rule(
        {"pattern": f"{{ {names} }}", "match": {"eventName": "CreateVpc", "userAgent": f"00{'x' * 60}"}, "no_match": {}}
    )
    split = {**long, "exclude": [{"user_agent": "y" * 300}], "accept": {"G104": "a test", "G504": "a test"}}
    many = [simple(f"r{n}", more_patterns=[f'{{ $.requestParameters.x = "{n}" }}']) for n in range(49)]
    many.append(simple("one-more", "DeleteVpc"))

    assert "G303" not in {one.code for one in report(tmp_path, *many, {**split, "exclude": []}).findings}
    assert "G303" in {one.code for one in report(tmp_path, *many, split).findings}


def test_an_exclusion_that_does_not_fit(tmp_path: Path) -> None:
    """What is too long for any filter is a finding that names the rule and its length."""
    (one,) = report(tmp_path, simple("a-rule", exclude=[{"user_agent": "x" * 1100}])).findings

    assert (one.code, one.rule, one.place.line) == ("G503", "a-rule", 11)
    assert one.message == "an exclusion: with its exclusions the pattern has 1,252 characters, of 1,024 allowed"
