"""Plans for many accounts: seconds, processor time and memory, for equal and for different stacks.

python benchmarks/fleet.py [ACCOUNTS]
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from guard.fleet import accounts, stacks
from guard.fleet.plans import plans

ROOT = Path(__file__).parents[1]
JOBS = os.cpu_count() or 1
REGIONS = ("eu-west-1", "us-east-1", "ap-southeast-2")
EVENTS = 1_000_000
DAYS = (90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827)
# what the list holds -> an account's own config
KINDS: dict[str, Callable[[int], str]] = {
    "one config, three regions": lambda _: "{}",
    "ten configs, three regions": lambda n: f"{{retentionDays: {DAYS[n % 10]}}}",
    "each a config of its own": lambda n: f"{{emails: [owner-{n}@example.com]}}",
}


def main() -> None:
    """One line a kind. Memory is that of the largest process so far."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    print(f"{count} accounts, {JOBS} at once")
    for kind, config in KINDS.items():
        started, spent = time.perf_counter(), processor()
        found = plans(listed(count, config), ROOT, EVENTS, JOBS)
        seconds, used = time.perf_counter() - started, processor() - spent
        failed = [one.error for one in found if not one.result]
        if failed:
            sys.exit(failed[0])
        print(f"{kind:28} {seconds:7.1f} s  {used:7.1f} s of processor time  {memory():6.0f} MB a process at most")


def listed(count: int, config: Callable[[int], str]) -> stacks.Fleet:
    """So many accounts over the worked stack."""
    lines = (
        f'- {{account: "{n:012}", region: {REGIONS[n % 3]}, role: guard-deploy, config: {config(n)}}}\n'
        for n in range(count)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "accounts.yaml"
        path.write_text("".join(lines))
        return stacks.make(accounts.read(path), stacks.read_base(ROOT, "dev"), ROOT)


def processor() -> float:
    """Seconds of processor time of this process and of those that it waited for."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def memory() -> float:
    """The most that one process held so far, in MB."""
    kilobytes = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return kilobytes / 1024


if __name__ == "__main__":
    main()
