"""How long `guard plan` takes for a stack of 60 rules, in a process of its own: under 3 s."""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
LIMIT = 3.0
RUNS = 3
RULES = 60


def rule(number: int) -> dict[str, object]:
    """A rule of the stack's own."""
    name = f"Call{number}"
    return {
        "id": f"own-{number}",
        "title": f"{name} was called",
        "description": f"Somebody called {name}.",
        "severity": "medium",
        "pattern": f'{{ ($.eventSource = "ec2.amazonaws.com") && ($.eventName = "{name}") }}',
        "first_step": "Ask who it was.",
        "examples": {
            "match": [{"eventSource": "ec2.amazonaws.com", "eventName": name}],
            "no_match": [{"eventSource": "ec2.amazonaws.com", "eventName": "Other"}],
        },
    }


def project(folder: Path) -> None:
    """A stack `dev` of RULES rules."""
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, folder)
    config = {"emails": ["a@example.com"], "packs": [], "rules": [rule(number) for number in range(RULES)]}
    keys = {f"account-guard:{key}": value for key, value in config.items()}
    (folder / "Pulumi.dev.yaml").write_text(json.dumps({"config": {"aws:region": "eu-west-1", **keys}}))


def main() -> None:
    """Print the median; exit 1 over the limit."""
    with tempfile.TemporaryDirectory() as name:
        project(Path(name))
        seconds = [measure(Path(name)) for _ in range(RUNS)]
    median = statistics.median(seconds)
    print(f"guard plan, {RULES} rules: median {median:.2f} s of {RUNS} (limit {LIMIT} s)")
    if median > LIMIT:
        sys.exit("too slow")


def measure(folder: Path) -> float:
    """Seconds from the start of the process to its end."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "guard", "plan", "--format", "json"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - start
    alarms = [alarm for alarm in json.loads(run.stdout)["alarms"] if alarm["rule"]]
    if len(alarms) != RULES:
        sys.exit(f"{len(alarms)} alarms of rules, not {RULES}")
    return seconds


if __name__ == "__main__":
    main()
