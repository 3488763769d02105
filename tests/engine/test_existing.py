"""On a trail that is there, and a trail that moves in, with the real engine."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.engine.harness import CONFIG, ROOT, Project, create, done, short

PAGE = (ROOT / "docs" / "existing.md").read_text(encoding="utf-8")
HERE = "eu-west-1:111122223333"
ARN = f"arn:aws:cloudtrail:{HERE}:trail/my-trail"
RULES: Mapping[str, Any] = {**CONFIG, "packs": ["essentials", "self-protection"]}
BUCKET: Mapping[str, Any] = {
    "type": "aws:s3/bucket:Bucket",
    "id": "my-bucket",
    "properties": {"bucket": "my-bucket", "arn": "arn:aws:s3:::my-bucket", "bucketRegion": "eu-west-1"},
}


def trail(**more: Any) -> dict[str, Any]:
    """Somebody's trail."""
    found = {
        "name": "my-trail",
        "arn": ARN,
        "homeRegion": "eu-west-1",
        "isMultiRegionTrail": True,
        "isOrganizationTrail": False,
        "s3BucketName": "my-bucket",
        "s3KeyPrefix": "old",
        "cloudWatchLogsGroupArn": f"arn:aws:logs:{HERE}:log-group:theirs:*",
        "cloudWatchLogsRoleArn": "arn:aws:iam::111122223333:role/service-role/their-role",
    }
    return {"type": "aws:cloudtrail/trail:Trail", "id": ARN, "properties": {**found, **more}}


def group(kind: str = "STANDARD") -> dict[str, Any]:
    """Somebody's log group."""
    arn = f"arn:aws:logs:{HERE}:log-group:theirs"
    found = {"name": "theirs", "arn": arn, "logGroupClass": kind}
    return {"type": "aws:cloudwatch/logGroup:LogGroup", "id": "theirs", "properties": found}


@pytest.mark.parametrize(
    ("chosen", "there", "said"),
    [
        ({"existing": "my-trail"}, [], [f"resource '{ARN}' does not exist"]),
        ({"logGroup": "theirs"}, [], ["resource 'theirs' does not exist"]),
        ({"logGroup": "theirs"}, [group("INFREQUENT_ACCESS")], ["class INFREQUENT_ACCESS"]),
        (
            {"existing": "my-trail"},
            [trail(isMultiRegionTrail=False, homeRegion="us-east-1"), group()],
            ["trail.existing: the trail is not multi-region", "trail.existing: the trail lives in us-east-1"],
        ),
    ],
)
def test_a_preview_says_what_rules_cannot_stand_on(
    project: Project, chosen: Mapping[str, str], there: list[Any], said: list[str]
) -> None:
    """Before anything is made, with every reason."""
    project.write({**RULES, "trail": chosen})
    project.there(*there)
    run = project.pulumi("preview")
    assert run.code != 0
    assert [part for part in said if part not in run.text] == []
    assert project.journal() == []


def test_a_trail_that_is_there_is_read_and_left(home: Path, tmp_path: Path) -> None:
    """Filters are made on its log group, a second up changes nothing, and destroy leaves trail and log group."""
    stack = create(tmp_path, home)
    stack.write({**RULES, "trail": {"existing": "my-trail"}})
    stack.there(trail(), group())
    made = stack.up()
    assert not {"Trail", "Bucket", "LogGroup", "Role"} & {short(line["type"]) for line in made}
    filters = [line["inputs"] for line in made if short(line["type"]) == "LogMetricFilter"]
    assert {one["logGroupName"] for one in filters} == {"theirs"}
    patterns = " ".join(one["pattern"] for one in filters)
    assert all(f'"{name}"' in patterns for name in ("my-bucket", "their-role", "theirs"))
    assert stack.up() == []
    assert stack.pulumi("destroy", "--yes", "--skip-preview").code == 0
    assert not {"Trail", "LogGroup"} & {short(line["type"]) for line in stack.journal()}
    assert stack.world() == {}


def test_a_trail_and_its_bucket_move_in(home: Path, tmp_path: Path) -> None:
    """With the page's own file and command: the preview then replaces and deletes nothing, and up updates the two."""
    stack = create(tmp_path, home)
    stack.write({**RULES, "trailName": "my-trail", "bucketName": "my-bucket"})
    stack.there(trail(), BUCKET)
    shown = re.search(r"```json\n(\s+\{\s+\"resources.*?)```", PAGE, re.DOTALL)
    assert shown
    (stack.folder / "import.json").write_text(shown[1].replace("account-guard-prod", "account-guard-dev"))
    command = re.search(r"pulumi (import --file.*)", PAGE)
    assert command

    run = stack.pulumi(*command[1].split(), "--yes")

    assert run.code == 0, run.text
    steps = [(step["op"], step["urn"].rsplit("::", 1)[-1]) for step in stack.preview()["steps"]]
    assert {op for op, _ in steps} == {"same", "update", "create"}
    assert {name for op, name in steps if op == "update"} == {"account-guard-dev-trail", "account-guard-dev-logs"}
    made = stack.up()
    assert done(made)["update", "Trail"] == done(made)["update", "Bucket"] == 1
    assert not [line for line in made if line["do"] == "delete"]
    updated = next(line for line in made if short(line["type"]) == "Trail")
    assert updated["id"] == ARN
    assert "s3KeyPrefix" not in updated["inputs"]
    policies = json.dumps([line["inputs"].get("policy") for line in made])
    assert ":trail/my-trail" in policies
    assert ":trail/account-guard" not in policies
