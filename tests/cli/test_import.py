"""What the command line loads before it does anything."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("name", ["pulumi", "pulumi_aws", "boto3", "botocore", "moto", "rich", "yaml"])
def test_the_command_line_starts_light(name: str) -> None:
    """`import guard.cli` loads neither Pulumi nor boto3, nor anything that only one command needs."""
    code = f"import guard.cli, sys; sys.exit({name!r} in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
