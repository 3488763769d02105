"""How long `import guard.cli` takes, and what it must not load: under 0.15 s, no Pulumi, no boto3."""

import re
import statistics
import subprocess
import sys

LIMIT = 0.15
RUNS = 7
HEAVY = ("pulumi", "boto3", "botocore", "moto", "rich")


def main() -> None:
    """Print the median of fresh interpreters; exit 1 over the limit."""
    seconds, loaded = zip(*(measure() for _ in range(RUNS)), strict=True)
    heavy = sorted({name for names in loaded for name in names if name.split(".")[0] in HEAVY})
    median = statistics.median(seconds)
    print(f"import guard.cli: median {median:.3f} s of {RUNS} (limit {LIMIT} s), worst {max(seconds):.3f} s")
    if heavy or median > LIMIT:
        sys.exit(f"too slow, or loads what it should not: {', '.join(heavy) or 'nothing heavy'}")


def measure() -> tuple[float, set[str]]:
    """Seconds that the import took in a fresh interpreter, and the modules that it loaded."""
    command = [sys.executable, "-X", "importtime", "-c", "import guard.cli"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()
    rows = [re.fullmatch(r"import time:\s+(\d+) \|\s+(\d+) \|( +)(\S+)", line) for line in lines]
    found = {row[4]: int(row[2]) for row in rows if row}
    return found["guard.cli"] / 1e6, set(found)


if __name__ == "__main__":
    main()
