"""What quiets a noisy rule, and what it leaves; what changes between two versions of the rules."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from guard.errors import ConfigError
from guard.history.hits import Result
from guard.history.rules import Choice
from guard.history.run import run
from guard.history.suggest import Suggestion, suggestion
from guard.rules import load
from tests.history.logs import ROLE, event, found, lines

RULE = "ec2-instance-changes"
OTHER = {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ann"}


def ec2(path: Path, *events: dict[str, object]) -> Result:
    """The EC2 rule's result."""
    lines(path / "log", *events)
    return next(one for one in found(path / "log").results if one.rule.id == RULE)


def made(result: Result) -> Suggestion:
    """The suggestion, which is there."""
    one = suggestion(result)
    assert one is not None
    return one


def test_who_makes_most_mails_is_excluded(tmp_path: Path) -> None:
    """By principal; the mails and matches that stay are those of the others."""
    noisy = [event(n, minute=20 * n) for n in range(10)]
    one = made(ec2(tmp_path, *noisy, event(90, minute=777, userIdentity=OTHER, sourceIPAddress="203.0.113.9")))
    assert one.document == {"overrides": {RULE: {"exclude": [{"principal": ROLE}]}}}
    assert (one.mails, one.matches) == (1, 1)


@pytest.mark.parametrize(("principals", "left"), [(1, 1), (6, 7)])
def test_an_event_that_two_filters_match_is_one_that_still_counts(tmp_path: Path, principals: int, left: int) -> None:
    """Though the metric has two of it; by exclusion, and by threshold."""
    rules = [one for one in load(["cis"]).rules if one.id == "cis-security-group-changes"]
    who = [{"arn": f"arn:aws:iam::111122223333:user/u{n % principals}"} for n in range(6)]
    calls: list[dict[str, Any]] = [{"userIdentity": one, "sourceIPAddress": None} for one in (*who, OTHER)]
    named = [event(n, minute=20 * n, eventName="DeleteSecurityGroup", **one) for n, one in enumerate(calls)]
    (result,) = run(rules, [str(lines(tmp_path / "log", *named))]).results
    assert {*result.minutes.values()} == {2}
    assert made(result).matches == left


def test_the_override_does_what_it_says(tmp_path: Path) -> None:
    """Loaded as the stack's config would load it, the rule mails as often as was said."""
    events = [event(n, minute=20 * n) for n in range(10)]
    one = made(ec2(tmp_path, *events, event(90, minute=777, userIdentity=OTHER)))
    changed = load(["essentials"], overrides=one.document["overrides"]).rules
    again = next(result for result in run(changed, [str(tmp_path)]).results if result.rule.id == RULE)
    assert (again.mails, again.events) == (one.mails, one.matches)


def test_many_people_from_one_address(tmp_path: Path) -> None:
    """Are excluded by their address."""
    who = [{"arn": f"arn:aws:iam::111122223333:user/u{n}"} for n in range(10)]
    one = made(ec2(tmp_path, *(event(n, minute=20 * n, userIdentity=one) for n, one in enumerate(who))))
    assert one.override == {"exclude": [{"source_ip": "198.51.100.7"}]}


def test_many_people_from_everywhere(tmp_path: Path) -> None:
    """Leave a threshold."""
    events = [
        event(n, minute=20 * n, sourceIPAddress=f"203.0.113.{n}", userIdentity={"arn": f"arn:aws:iam::1:user/u{n}"})
        for n in range(10)
    ]
    assert made(ec2(tmp_path, *events, event(91, minute=1))).override == {"threshold": 2}


def test_a_quiet_rule_needs_nothing(tmp_path: Path) -> None:
    """Two mails are none too many."""
    assert suggestion(ec2(tmp_path, event(1, minute=0), event(2, minute=60))) is None


def test_root_is_never_excluded(tmp_path: Path) -> None:
    """Though it makes all mails."""
    root = {"type": "Root", "arn": "arn:aws:iam::111122223333:root"}
    events = [event(n, minute=20 * n, userIdentity=root, sourceIPAddress=f"203.0.113.{n}") for n in range(10)]
    assert "exclude" not in made(ec2(tmp_path, *events, event(91, minute=1, userIdentity=root))).override


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A stack in a repository of its own, whose threshold the working tree has raised."""
    if not shutil.which("git"):
        pytest.skip("git is not on the PATH")
    (tmp_path / "Pulumi.yaml").write_text("name: account-guard\nruntime: python\n")
    config = "config:\n  account-guard:emails: [a@example.com]\n  account-guard:packs: [essentials]\n"
    (tmp_path / "Pulumi.dev.yaml").write_text(config)
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x: y"]):
        subprocess.run([*git, *arguments], cwd=tmp_path, check=True)
    changed = f"{config}  account-guard:overrides: {{{RULE}: {{threshold: 9}}}}\n"
    (tmp_path / "Pulumi.dev.yaml").write_text(changed)
    (tmp_path / "old.yaml").write_text(config)
    return tmp_path


@pytest.mark.parametrize("base", ["HEAD", "old.yaml"])
def test_the_base_of_a_comparison(project: Path, base: str) -> None:
    """A git ref's config, or another file's."""
    choice = Choice("dev")
    thresholds = [
        next(rule.alarm.threshold for rule in rules if rule.id == RULE)
        for rules in (choice.rules(project), choice.base(project, base))
    ]
    assert thresholds == [9, 1]


def test_the_names_are_the_stacks(project: Path) -> None:
    """Not a sample's, by which no change of this stack's guard would count."""
    for trail, told in (("", "prod-*"), ("  account-guard:trail: {logGroup: theirs}\n", "theirs")):
        text = "config:\n  account-guard:emails: [a@example.com]\n  account-guard:packs: [self-protection]\n"
        (project / "Pulumi.prod.yaml").write_text(text + trail)
        patterns = " ".join(text for rule in Choice("prod").rules(project) for text in rule.patterns)
        assert "account-guard-prod/*" in patterns
        assert told in patterns
        assert "account-guard-dev" not in patterns


def test_a_stack_that_the_base_has_not(project: Path) -> None:
    """Has no rules there: whoever adds one sees what it brings."""
    (project / "Pulumi.new.yaml").write_text((project / "Pulumi.dev.yaml").read_text())
    assert Choice("new").base(project, "HEAD") == []


def test_a_program_of_ones_own(tmp_path: Path) -> None:
    """May name its people itself."""
    (tmp_path / "Pulumi.yaml").write_text("name: ours\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {account-guard:packs: [essentials]}\n")
    assert RULE in {rule.id for rule in Choice("dev").rules(tmp_path)}


def test_packs_of_the_base_are_those_of_the_ref(project: Path) -> None:
    """Where that version of the repository ships them."""
    folder = project / "guard" / "packs"
    folder.mkdir(parents=True)
    shipped = (Path(__file__).parents[2] / "guard" / "packs" / "essentials.yaml").read_text()
    (folder / "essentials.yaml").write_text(shipped.replace("severity: low", "severity: critical"))
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com"]
    for arguments in (["add", "."], ["commit", "-q", "-m", "x: y"]):
        subprocess.run([*git, *arguments], cwd=project, check=True)
    for choice in (Choice("dev"), Choice(packs=("essentials",))):
        assert "critical" in {rule.severity for rule in choice.base(project, "HEAD") if rule.id == RULE}


@pytest.mark.parametrize("base", ["no-such-ref", "--output=x", ""])
def test_a_base_that_is_none(project: Path, base: str) -> None:
    """Is an error that says what to name."""
    with pytest.raises(ConfigError, match="git ref"):
        Choice("dev").base(project, base)
