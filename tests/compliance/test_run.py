"""A whole Prowler run against the sandbox, served on a port: docs/compliance.md says what it finds.

Some minutes long, so only where PROWLER_RUN is set, as `make prowler` does.
"""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from guard.names import ROLE_PREFIX
from guard.sandbox.events import incident
from guard.sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "compliance.md"
REGION = "eu-west-1"
SERVICES = ("cloudtrail", "cloudwatch", "iam", "kms", "s3", "sns")
CONFIG = {
    "aws:region": REGION,
    "account-guard:emails": ["security@example.com"],
    "account-guard:packs": ["cis", "self-protection"],
}
FAILS = "What does not pass, and why"
Found = Mapping[str, frozenset[str]]


OPT_IN = {
    **CONFIG,
    "account-guard:dataEvents": True,
    "account-guard:insights": True,
    "account-guard:objectLock": {"mode": "GOVERNANCE", "days": 30},
}
OPTED = ("cloudtrail_insights_exist", "cloudtrail_s3_dataevents_read_enabled", "cloudtrail_s3_dataevents_write_enabled")


@pytest.fixture(scope="module")
def whole(prowler: Path) -> Path:
    """Prowler, where a whole run is asked for."""
    if not os.environ.get("PROWLER_RUN"):
        pytest.skip("a whole run takes minutes: `make prowler` (or PROWLER_RUN=1)")
    return prowler


@pytest.fixture(scope="module")
def found(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Check -> what Prowler says of the stack's things: PASS, FAIL, MANUAL."""
    return scan(whole, tmp_path_factory.mktemp("prowler"), CONFIG, "--services", *SERVICES)


def scan(prowler: Path, out: Path, config: Mapping[str, Any], *what: str) -> Found:
    """Prowler over a sandbox in which the stack is deployed and one event has happened."""
    with Sandbox() as aws:
        aws.deploy(ROOT, "dev", config)
        aws.confirm()
        aws.play(incident()[:1])
        with aws.served(0) as address:
            run(prowler, address, out, *what)
    (report,) = out.glob("*.ocsf.json")
    statuses: dict[str, frozenset[str]] = {}
    for one in filter(ours, json.loads(report.read_text(encoding="utf-8"))):
        check = one["metadata"]["event_code"]
        statuses[check] = statuses.get(check, frozenset()) | {one["status_code"]}
    return statuses


def ours(finding: Mapping[str, Any]) -> bool:
    """Whether a finding is of the stack's things: of IAM's those of CloudTrail's role, the others are the account's."""
    role = any(one["name"].startswith(ROLE_PREFIX) for one in finding["resources"])
    return role or not finding["metadata"]["event_code"].startswith("iam_")


def run(prowler: Path, address: str, out: Path, *what: str) -> None:
    """Prowler against an address; its report goes to a folder."""
    keys = {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox"}
    where = {"AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": address}
    report = ("--output-formats", "json-ocsf", "--output-directory", str(out))
    done = subprocess.run(
        [prowler / "prowler", "aws", *what, "--region", REGION, *report, "--ignore-exit-code-3"],
        env={**os.environ, **keys, **where},
        cwd=out,
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def part(heading: str) -> str:
    """What stands under a heading of the page."""
    return PAGE.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]


def table(heading: str) -> set[str]:
    """The checks in the first column of a table of the page."""
    cells = re.findall(r"^\| (`.*?) \|", part(heading), re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def having(found: Found, status: str) -> set[str]:
    """The checks that say so of anything."""
    return {check for check, statuses in found.items() if status in statuses}


def test_what_fails_is_listed_with_its_reason(found: Found) -> None:
    """No check fails but those of the page, and each of those does."""
    assert having(found, "FAIL") == table(FAILS)


def test_what_passes_is_listed(found: Found) -> None:
    """Every other check passes, and stands on the page."""
    assert having(found, "PASS") - having(found, "FAIL") == table("What passes")


def test_what_prowler_leaves_to_people_is_listed(found: Found) -> None:
    """The checks that it cannot answer by itself."""
    assert having(found, "MANUAL") == table("What Prowler leaves to you")


def test_what_is_opt_in_passes_when_it_is_wanted(whole: Path, tmp_path: Path) -> None:
    """Data events and Insights; object lock of the log bucket, while the one of access logs cannot have it."""
    found = scan(whole, tmp_path, OPT_IN, "--checks", *OPTED, "s3_bucket_object_lock")
    assert found == {**{check: {"PASS"} for check in OPTED}, "s3_bucket_object_lock": {"PASS", "FAIL"}}


def test_the_page_has_a_reason_for_each() -> None:
    """A table's line without a reason would be no answer; this one needs no Prowler."""
    rows: list[Any] = re.findall(r"^\| (`\w+`) \| (.*?) \| (.*?) \|$", part(FAILS), re.MULTILINE)
    assert len(rows) == len(table(FAILS)) > 5
    assert all(len(reason) > 20 for _, _, reason in rows)
