"""The budget of false positives: what each rule hits in real logs, held in budget.yaml, which a change must justify.

`python -m tests.packs.test_budget` writes the hits anew; reasons stay, and those that are missing are asked for.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from guard.history.run import run
from guard.rules import SAMPLE, fill, read_pack, shipped

EVENTS = Path(__file__).parents[3] / "shared" / "events"
FILE = Path(__file__).with_name("budget.yaml")
RULES = [fill(rule, SAMPLE) for name in shipped() for rule in read_pack(name).rules]
# The one log of an account's whole day; the others are of attacks, one event a kind.
DAY = "invictus"
# A rule that rings more often than that in the log of a day says why it is worth it.
OFTEN = 10
Hits = dict[str, dict[str, int]]


def measured() -> Hits:
    """Rule -> log -> events hit, where there are any."""
    found: Hits = {rule.id: {} for rule in RULES}
    for path in sorted(EVENTS.glob("*.jsonl.gz")):
        for result in run(RULES, [str(path)]).results:
            if result.events:
                found[result.rule.id][path.name.partition(".")[0]] = result.events
    return found


def budget() -> Mapping[str, Any]:
    """The table as it is kept."""
    read: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return read


def test_every_rule_has_a_line() -> None:
    """Also a rule that hits nothing: that is its budget."""
    assert sorted(budget()["hits"]) == sorted(rule.id for rule in RULES)


@pytest.mark.parametrize("rule", [rule for rule, hits in budget()["hits"].items() if hits.get(DAY, 0) > OFTEN])
def test_a_rule_that_rings_often_says_why(rule: str) -> None:
    """More than ten events in a day need a reason."""
    assert len(budget()["why"].get(rule, "")) > 20


def test_no_reason_is_left_over() -> None:
    """Reasons are of rules that ring often."""
    assert [rule for rule in budget()["why"] if budget()["hits"].get(rule, {}).get(DAY, 0) <= OFTEN] == []


@pytest.mark.skipif(not EVENTS.is_dir(), reason="the real events (../shared/events) are not on this machine")
def test_hits_are_those_of_the_budget() -> None:
    """A rule that hits more or less than it did is looked at, and the table changed with it."""
    found, kept = measured(), budget()["hits"]
    changed = {rule: (kept.get(rule), hits) for rule, hits in found.items() if kept.get(rule) != hits}
    assert changed == {}, "budget against logs; if it is meant: python -m tests.packs.test_budget"


def write() -> None:
    """The table with the hits measured anew."""
    head = "".join(line for line in FILE.read_text("utf-8").splitlines(keepends=True) if line.startswith("#"))
    lines = [
        f"  {rule}: {{{', '.join(f'{log}: {n}' for log, n in hits.items())}}}\n" for rule, hits in measured().items()
    ]
    why = yaml.safe_dump({"why": budget().get("why", {})}, width=110, allow_unicode=True)
    FILE.write_text(f"{head}hits:\n{''.join(sorted(lines))}{why}", encoding="utf-8")


if __name__ == "__main__":
    write()
