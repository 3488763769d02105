"""Parses and matches a second of the pattern language; and what moto answers on the project's own cases."""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import boto3
import yaml
from moto import mock_aws

from guard.pattern import PatternError, parse
from guard.pattern.parser import parse_tree
from guard.rules import load, shipped

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "patterns"
VECTORS = ROOT.parent / "shared" / "vectors" / "filter-patterns.jsonl"
SECONDS = 0.5
RUNS = 5


def rate(act: Callable[[], Any], count: int) -> float:
    """How often a second `act` does its `count` things: the median of RUNS."""
    found = []
    for _ in range(RUNS):
        done, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < SECONDS:
            act()
            done += count
        found.append(done / spent)
    return statistics.median(found)


def speed() -> None:
    """Of every pattern of the shipped packs, on every example of theirs."""
    rules = [rule for name in shipped() for rule in load([name]).rules]
    texts = [text for rule in rules for text in rule.patterns]
    events = [dict(event) for rule in rules for event in (*rule.examples.match, *rule.examples.no_match)]
    raw = [json.dumps(event) for event in events]
    patterns = [parse(text) for text in texts]
    print(f"{len(texts)} patterns, {len(events)} events; median of {RUNS} runs of {SECONDS} s")
    print(f"parses/s                   {rate(lambda: [parse_tree(text) for text in texts], len(texts)):>12,.0f}")
    every = len(patterns) * len(events)
    decoded = rate(lambda: [one.matches(event) for one in patterns for event in events], every)
    text = rate(lambda: [one.matches(event) for one in patterns for event in raw], every)
    print(f"matches/s, decoded event   {decoded:>12,.0f}")
    print(f"matches/s, raw text        {text:>12,.0f}")


def cases() -> Iterator[tuple[str, str, str, str]]:
    """Feature, pattern, event as text, what AWS answers: `match`, `no-match` or `invalid`."""
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text()):
            if path.stem == "invalid":
                yield path.stem, case["pattern"], "{}", "invalid"
                continue
            for key, verdict in (("match", "match"), ("no_match", "no-match")):
                for event in case[key]:
                    yield path.stem, case["pattern"], event if isinstance(event, str) else json.dumps(event), verdict
    if VECTORS.is_file():
        for one in map(json.loads, VECTORS.read_text().splitlines()):
            if "uncertain" not in one["tags"]:
                event = one["event"] if isinstance(one["event"], str) else json.dumps(one["event"])
                yield "collected answers of AWS", one["pattern"], event, one["expect"]


def ours(pattern: str, event: str) -> str:
    """What guard.pattern answers."""
    try:
        return "match" if parse(pattern).matches(event) else "no-match"
    except PatternError:
        return "invalid"


def motos(logs: Any, number: int, pattern: str, event: str) -> str:
    """What moto's FilterLogEvents answers of a log group with that event."""
    group = f"/case/{number}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    found = [{"timestamp": int(time.time() * 1000), "message": event or " "}]
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=found)
    try:
        answer = logs.filter_log_events(logGroupName=group, filterPattern=pattern)
    except Exception:  # noqa: BLE001 - an error of any kind is its way to refuse
        return "invalid"
    return "match" if answer["events"] else "no-match"


def table() -> None:
    """Right answers by feature, ours and moto's."""
    right: dict[str, list[int]] = {}
    with mock_aws():
        logs = boto3.client("logs", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106
        for number, (feature, pattern, event, wanted) in enumerate(cases()):
            counts = right.setdefault(feature, [0, 0, 0])
            counts[0] += 1
            counts[1] += ours(pattern, event) == wanted
            counts[2] += motos(logs, number, pattern, event) == wanted
    print(f"\n| Cases of | | guard.pattern | moto {version('moto')} |\n| --- | --- | --- | --- |")
    for feature, (count, mine, others) in right.items():
        print(f"| {feature} | {count} | {mine} | {others} |")


if __name__ == "__main__":
    speed()
    table()
