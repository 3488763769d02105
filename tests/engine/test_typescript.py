"""The components in a TypeScript stack, through the package that `pulumi package add` makes of `plugin/`."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.engine.harness import ROOT, Project, is_refused, is_the_example, of_example

EXAMPLE = ROOT / "examples/typescript"
TRAIL = "aws:cloudtrail/trail:Trail"
PASSES = "operation error CloudTrail: CreateTrail, InsufficientS3BucketPolicyException: Incorrect S3 bucket policy"
SECRET = "who-owns-it"
# appended to the example: an explicit provider, and outputs as inputs: of a config's secret, of another component
OUTPUTS = """
import * as pulumi from "@pulumi/pulumi";

class Aws extends pulumi.ProviderResource {}
const provider = new Aws("aws", "china", { region: "cn-north-1", allowedAccountIds: "[\\"222222222222\\"]" });
const owner = new pulumi.Config().requireSecret("owner");
const trail = new guard.AuditTrail("log", { protect: false, accessLogs: false, tags: { owner } }, { provider });
new guard.RuleAlarms("alarms", {
    logGroup: trail.logGroup,
    packs: ["self-protection"],
    tags: { owner },
    values: { bucket: trail.bucket, role: trail.roleName },
}, { provider });
"""
BAD = """
import * as guard from "@pulumi/guard";

new guard.AccountGuard("bad", { emails: ["nobody"], packs: ["mine.yaml"], retentionDays: 100 });
"""


def make(home: Path, folder: Path) -> Project:
    """The example in a folder of its own, with the package added to it."""
    if missing := [tool for tool in ("pulumi-language-nodejs", "node", "npm") if not shutil.which(tool)]:
        pytest.skip(f"not on the PATH: {', '.join(missing)}")
    if subprocess.run(["npm", "ping"], capture_output=True, timeout=60, check=False).returncode:
        pytest.skip("npm reaches no registry")
    return of_example("typescript", home, folder)


@pytest.fixture(scope="module")
def project(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The example with its package."""
    return make(home, tmp_path_factory.mktemp("typescript") / "stack")


@pytest.fixture(scope="module")
def made(project: Project) -> list[dict[str, Any]]:
    """The example, previewed, then deployed while AWS does not see the bucket's policy yet."""
    project.expect("preview")
    project.fail({"type": TRAIL, "name": "", "times": 1, "error": PASSES})
    return project.up()


@pytest.fixture(scope="module")
def elsewhere(project: Project, made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A program with outputs and a provider, deployed beside what the example made, which is protected."""
    assert made
    (project.folder / "index.ts").write_text((EXAMPLE / "index.ts").read_text() + OUTPUTS)
    project.expect("config", "set", "--secret", "owner", SECRET)
    return project.up()


def test_the_example_is_deployed(made: list[dict[str, Any]]) -> None:
    """A trail, though its first creation was refused; the program's own rule, and none that it switched off."""
    is_the_example(made)


def test_only_what_is_new_is_made(made: list[dict[str, Any]], elsewhere: list[dict[str, Any]]) -> None:
    """A second deployment leaves alone what the first one made."""
    assert made
    assert {line["do"] for line in elsewhere} == {"create"}


def test_the_provider_reaches_every_child(elsewhere: list[dict[str, Any]]) -> None:
    """All that two components make is in the account, the region and the partition of their provider."""
    assert {(line["account"], line["region"]) for line in elsewhere} == {("222222222222", "cn-north-1")}
    assert "arn:aws:" not in json.dumps(elsewhere)


def test_outputs_are_inputs(elsewhere: list[dict[str, Any]]) -> None:
    """The trail's log group and bucket are those of the filters."""
    filters = {line["id"]: line["inputs"] for line in elsewhere if line["type"].endswith(":LogMetricFilter")}
    bucket = next(line["id"] for line in elsewhere if line["urn"].endswith("::log-logs"))
    assert {inputs["logGroupName"] for inputs in filters.values()} == {"/log/cloudtrail"}
    assert f'"{bucket}"' in filters["alarms/guard-bucket-changed"]["pattern"]


def test_a_secret_stays_one(project: Project, elsewhere: list[dict[str, Any]]) -> None:
    """It reaches the provider, and the state holds it encrypted."""
    assert SECRET in json.dumps(elsewhere)
    assert SECRET not in json.dumps(project.resources())


def test_bad_inputs_are_told(project: Project, elsewhere: list[dict[str, Any]]) -> None:
    """All of them, each with its property; no traceback of the component."""
    assert elsewhere
    (project.folder / "index.ts").write_text(BAD)
    words = ("emails[0]", "no e-mail address", "packs[0]", "file's path", "retentionDays")
    is_refused(project.pulumi("preview"), *words)
