"""`policy/` on the real engine: what the guard's own stack and a careless one are told at a preview."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.harness import ROOT, Project, Run

CARELESS = """
import pulumi_aws as aws

group = "arn:aws-cn:logs:cn-north-1:123456789012:log-group:g:*"
aws.cloudtrail.Trail("blind", s3_bucket_name="b", enable_logging=False)
aws.cloudtrail.Trail("abroad", s3_bucket_name="b", is_multi_region_trail=True, enable_log_file_validation=True,
    cloud_watch_logs_group_arn=group)
aws.cloudwatch.LogGroup("cheap", name="g", log_group_class="INFREQUENT_ACCESS")
aws.cloudwatch.LogMetricFilter("hits", log_group_name="g", pattern="{ $.a = 1 }",
    metric_transformation={"name": "m", "namespace": "n", "value": "1"})
topic = aws.sns.Topic("mute", kms_master_key_id="alias/aws/sns")
aws.cloudwatch.MetricAlarm("gaps", comparison_operator="GreaterThanOrEqualToThreshold", evaluation_periods=1,
    metric_name="m", namespace="n", period=300, statistic="Sum", threshold=1, alarm_actions=[topic.arn])
"""
TOLD = {
    "blind": ("set isMultiRegionTrail", "leave enableLogging on", "set enableLogFileValidation"),
    "abroad": ("an ARN of aws-cn, but eu-west-1 is in aws",),
    "cheap": ("Log groups with filters are of the Standard class.",),
    "mute": ("Alarm topics have a key that CloudWatch may use.",),
    "gaps": ("set treatMissingData to notBreaching",),
}


@pytest.fixture(scope="module")
def pack(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack in a folder of its own, installed."""
    asked = [sys.executable, "-m", "pip", "index", "versions", "pulumi-policy"]
    if subprocess.run(asked, capture_output=True, timeout=60, check=False).returncode:
        pytest.skip("pip reaches no registry")
    folder = tmp_path_factory.mktemp("pack") / "policy"
    shutil.copytree(ROOT / "policy", folder, ignore=shutil.ignore_patterns("venv", "__pycache__"))
    Project(folder, project.home).expect("install")
    return folder


def previewed(project: Project, pack: Path) -> Run:
    """What the CLI says."""
    return project.pulumi("preview", "--policy-pack", str(pack))


def test_our_own_stack_holds(project: Project, pack: Path) -> None:
    """With all that its defaults make."""
    project.write({"emails": ["a@example.com"]})
    said = previewed(project, pack)
    assert said.code == 0, said.text
    assert "to create" in said.text


def test_a_careless_stack_is_told_all(project: Project, pack: Path) -> None:
    """Each fault with the resource that has it, and what to do."""
    project.write(program=CARELESS)
    said = previewed(project, pack)
    assert said.code != 0
    for name, words in TOLD.items():
        assert f": {name})" in said.text
        assert all(one in said.text for one in words), said.text
