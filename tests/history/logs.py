"""Log files for the tests of back-tests."""

import gzip
import json
from pathlib import Path
from typing import Any

from guard.history.run import Outcome, run
from guard.history.window import Window
from guard.rules import load
from guard.rules.model import Rule

ROLE = "arn:aws:iam::111122223333:role/ci"


def rules(**alarm: Any) -> list[Rule]:
    """The essentials, the EC2 rule's alarm set."""
    return list(load(["essentials"], overrides={"ec2-instance-changes": alarm} if alarm else {}).rules)


def event(number: int, day: int = 2, minute: int = 180, **more: Any) -> dict[str, Any]:
    """An event of a day in November, so many minutes after midnight, by a role's session."""
    session = {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"arn": ROLE}}, "arn": "session"}
    return {
        "eventID": f"e{number}",
        "eventTime": f"2026-11-{day:02}T{minute // 60:02}:{minute % 60:02}:00Z",
        "eventSource": "ec2.amazonaws.com",
        "eventName": "RunInstances",
        "sourceIPAddress": "198.51.100.7",
        "userIdentity": session,
        **more,
    }


def tree(root: Path, day: int, name: str, *events: dict[str, Any], kind: str = "CloudTrail") -> Path:
    """A file as S3 holds it."""
    folder = root / f"AWSLogs/o-abc/111122223333/{kind}/eu-west-1/2026/11/{day:02}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(gzip.compress(json.dumps({"Records": events}).encode()))
    return path


def lines(path: Path, *events: dict[str, Any]) -> Path:
    """A file of one event a line."""
    path.write_text("\n".join(map(json.dumps, events)))
    return path


def found(source: Path | str, window: Window | None = None, **alarm: Any) -> Outcome:
    """The outcome over one source."""
    return run(rules(**alarm), [str(source)], window)
