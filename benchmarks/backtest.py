"""The back-test beside DuckDB and jq, on one log tree and the same cores, all rules of all packs.

Prints events/s, MB/s of JSON, peak memory (PSS of all processes of a command, sampled) and the ratios; exits 1
where the counts of the three differ or a limit is missed. `--events N`, `--tree DIR` to keep the tree.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
import tracemalloc
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from gzip import compress
from multiprocessing import get_context
from pathlib import Path

import yaml

from benchmarks.backtest_peers import duckdb, jq
from guard.history.content import blocks
from guard.history.run import processors
from guard.history.seen import Seen
from guard.rules import SAMPLE, fill, load, shipped

ROOT = Path(__file__).parent.parent
MAKER = ROOT.parent / "shared" / "tools" / "make_corpus.py"
PEERS, SHARE, MEMORY, HUNDRED = 8.0, 0.25, 300.0, 2.0  # what is required of the ratios, and MB for a million events
PART = """import sys; from guard.history.content import blocks
for name in sys.argv[1:]:
    with open(name, "rb") as stream: [len(block.data) for block in blocks(stream)]"""


@dataclass(frozen=True)
class Measured:
    """A command's output, seconds, seconds of the processors, and peak of its processes' memory in MB."""

    output: str
    seconds: float
    work: float
    memory: float


def measured(command: Sequence[str], stdin: str = "") -> Measured:
    """Run a command, watched."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    done, peak = threading.Event(), [0.0]

    def watch() -> None:
        while not done.wait(0.05):
            peak[0] = max(peak[0], sum(map(pss, family(process.pid))))

    watcher = threading.Thread(target=watch)
    before, start = children(), time.perf_counter()
    watcher.start()
    output, _ = process.communicate(stdin)
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    if process.returncode:
        sys.exit(f"{command[0]} failed: {output[-500:]}")
    return Measured(output, seconds, children() - before, peak[0])


def children() -> float:
    """Seconds of the processors that ended children took."""
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def family(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def pss(pid: int) -> float:
    """A process's proportional set size in MB; 0 where it has gone, or where the system does not tell."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def examples(folder: Path, events: int) -> None:
    """A log tree of the packs' examples, where the real events are not on this machine."""
    records = [dict(one) for name in shipped() for rule in load([name]).rules for one in rule.examples.match]
    start = datetime(2026, 5, 1, tzinfo=timezone.utc)
    for first in range(0, events, 2000):
        at = [start + timedelta(seconds=2 * number) for number in range(first, min(first + 2000, events))]
        batch = [
            {
                **records[number % len(records)],
                "eventID": str(uuid.uuid4()),
                "eventTime": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            }
            for number, moment in enumerate(at, first)
        ]
        path = folder / f"AWSLogs/111122223333/CloudTrail/eu-west-1/{at[0]:%Y/%m/%d}/{first}.json.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(compress(json.dumps({"Records": batch}).encode()))


def tree(folder: Path, events: int) -> None:
    """Make the log tree, unless it is there."""
    if (folder / "AWSLogs").is_dir():
        return
    if MAKER.is_file():
        subprocess.run([sys.executable, MAKER, "--out", folder, "--events", str(events)], check=True)
    else:
        examples(folder, events)


def hundred(folder: Path, count: int) -> str:
    """A file of so many rules: those of all packs, then again with another exclusion each."""
    rules = [fill(rule, SAMPLE) for name in shipped() for rule in load([name]).rules]
    short = [rule for rule in rules if len(rule.pattern) < 900]
    items = []
    for number in range(count):
        rule, again = short[number % len(short)], number // len(short)
        more = f' && ($.userAgent NOT EXISTS || $.userAgent != "agent-{number}")' if again else ""
        pattern = f"{{ ({rule.pattern.strip()[1:-1]}){more} }}"
        examples = {"match": [*map(dict, rule.examples.match)], "no_match": [*map(dict, rule.examples.no_match)]}
        texts = {"id": f"rule-{number}", "title": "x", "description": "x", "severity": "low", "pattern": pattern}
        items.append({**texts, "examples": examples})
    path = folder / f"rules-{count}.yaml"
    path.write_text(yaml.safe_dump({"title": "x", "description": "x", "rules": items}))
    return str(path)


def ours(tree: str, jobs: int, *which: str) -> Measured:
    """Ours."""
    command = [sys.executable, "-m", "guard", "backtest", tree, "--jobs", str(jobs), "--format", "json", *which]
    return measured(command)


def bytes_per_event() -> float:
    """What the memory of events seen takes, of each of 200,000."""
    tracemalloc.start()
    seen = Seen()
    for _ in range(100):
        seen.again(b"".join(uuid.uuid4().bytes for _ in range(2000)))
    return tracemalloc.get_traced_memory()[0] / 200_000


def _unpacked(names: Sequence[str]) -> int:
    total = 0
    for name in names:
        with Path(name).open("rb") as stream:
            total += sum(len(block.data) for block in blocks(stream))
    return total


def main() -> None:
    """Measure, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--tree", type=Path)
    parser.add_argument("--jobs", type=int, default=processors())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        folder = options.tree or scratch / "tree"
        tree(folder, options.events)
        compare(folder, scratch, options.jobs)


def compare(folder: Path, scratch: Path, jobs: int) -> None:
    """All commands on the tree; exits 1 where they differ in counts, or a limit is missed."""
    files = sorted(map(str, folder.rglob("*.json.gz")))
    with get_context("spawn").Pool(jobs) as pool:
        size = sum(pool.map(_unpacked, [files[start::64] for start in range(64)], chunksize=1))
    parallel = ["xargs", "-P", str(jobs), "-n"]
    share = str(-(-len(files) // jobs))  # a process a core, as ours
    filters = {rule.id: fill(rule, SAMPLE).patterns for name in shipped() for rule in load([name]).rules}
    (scratch / "rules.jq").write_text(jq(filters))
    (scratch / "rules.sql").write_text(duckdb(filters, f"{folder}/**/*.json.gz", jobs))
    each = f'for f; do zcat "$f" | jq -c -f {scratch}/rules.jq; done'
    asked = (
        "import duckdb, json, sys; c = duckdb.execute(open(sys.argv[1]).read());"
        "n = [d[0] for d in c.description[1:]]; r = c.fetchall();"
        "print(json.dumps({k: sum(row[i + 1] for row in r) for i, k in enumerate(n)}))"
    )
    runs = {
        "decompression alone": measured([*parallel, share, sys.executable, "-c", PART], "\n".join(files)),
        "guard backtest": ours(str(folder), jobs, "--all-packs"),
        "DuckDB": measured([sys.executable, "-c", asked, str(scratch / "rules.sql")]),
        "zcat and jq": measured([*parallel, "16", "sh", "-c", each, "sh"], "\n".join(files)),
    }
    events = json.loads(runs["guard backtest"].output)["events"]
    report(runs, events, size, len(filters))
    few, many = (ours(str(folder), jobs, "--rules", hundred(scratch, count)) for count in (20, 100))
    counts = {
        "guard backtest": {one["rule"]: one["events"] for one in json.loads(runs["guard backtest"].output)["rules"]},
        "DuckDB": json.loads(runs["DuckDB"].output.splitlines()[-1]),
        "zcat and jq": summed(runs["zcat and jq"].output, filters),
    }
    print(f"20 rules {few.work:.1f} s of work, 100 rules {many.work:.1f} s: {many.work / few.work:.2f} times")
    print(f"remembering an event takes {bytes_per_event():.0f} bytes")
    judge(runs, counts, few, many)


def summed(output: str, filters: Mapping[str, object]) -> dict[str, int]:
    """Jq's counts, by rule."""
    found = Counter(dict.fromkeys(filters, 0))
    for line in output.splitlines():
        for key, count in json.loads(line).items():
            found[key.split(" ")[0]] += count
    return dict(found)


def report(runs: Mapping[str, Measured], events: int, size: int, rules: int) -> None:
    """The table."""
    mine = runs["guard backtest"]
    print(f"\n{events:,} events, {size / 1e6:,.0f} MB of JSON, {rules} rules\n")
    print("| | s | s of work | events/s | MB/s | MB at most | work, ours = 1 | time, ours = 1 |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, one in runs.items():
        speed = f"{events / one.seconds:,.0f} | {size / one.seconds / 1e6:,.0f} | {one.memory:,.0f}"
        ratios = f"{one.work / mine.work:.2f} | {one.seconds / mine.seconds:.2f}"
        print(f"| {name} | {one.seconds:.1f} | {one.work:.1f} | {speed} | {ratios} |")
    print()


def judge(runs: Mapping[str, Measured], counts: Mapping[str, Mapping[str, int]], few: Measured, many: Measured) -> None:
    """Exit 1 where anything is not as required."""
    mine = runs["guard backtest"]
    wrong = [
        f"{name}: {rule} counted {found[rule]:,}, ours {count:,}"
        for rule, count in counts["guard backtest"].items()
        for name, found in counts.items()
        if found[rule] != count
    ]
    wrong += [
        f"{name} is not {PEERS:.0f} times slower"
        for name in ("DuckDB", "zcat and jq")
        if runs[name].seconds < PEERS * mine.seconds
    ]
    if runs["decompression alone"].seconds < SHARE * mine.seconds:
        wrong.append("slower than a quarter of decompression")
    if mine.memory > MEMORY:
        wrong.append(f"more than {MEMORY:.0f} MB")
    if many.work > HUNDRED * few.work:
        wrong.append("a hundred rules cost more than twice twenty")
    sys.exit("\n".join(wrong) if wrong else None)


if __name__ == "__main__":
    main()
