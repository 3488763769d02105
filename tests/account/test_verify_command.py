"""`guard verify` as a command: its forms, exit codes, and what it says where no account can be reached."""

import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from botocore.exceptions import BotoCoreError, ClientError, LoginRefreshRequired, ReadTimeoutError, SSLError
from rich.console import Console

from guard.account.connect import fault
from guard.account.findings import Finding
from guard.account.pace import OTHERS, RATES, Pace
from guard.cli.verify_formats import FORMATS
from guard.sandbox.sandbox import Sandbox
from tests.account.live import CONFIG, guarded, run, shell, told
from tests.sandbox.deployed import NAME, REGION


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    """A whole guard, and a shell in its stack's folder."""
    shell(monkeypatch)
    with guarded() as sandbox:
        monkeypatch.chdir(project(tmp_path / "guard", "dev", CONFIG))
        yield sandbox


def project(folder: Path, stack: str, config: Mapping[str, Any]) -> Path:
    """The folder of a Pulumi project with one stack."""
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: mine\nruntime: python\n")
    (folder / f"Pulumi.{stack}.yaml").write_text(json.dumps({"config": dict(config)}))
    return folder


def test_every_form_says_the_same(aws: Sandbox) -> None:
    """Text groups and counts, `every` lists, JSON has all, JUnit counts failures, markdown tables; exit 1."""
    cloudwatch = aws.client("cloudwatch", REGION)
    cloudwatch.disable_alarm_actions(AlarmNames=[f"{NAME}/vpc-changes", f"{NAME}/iam-policy-changes"])
    text = run()
    assert text.exit_code == 1
    assert "FAIL alarms: 2 of them" in text.stdout
    assert "enable-alarm-actions --alarm-names NAME" in text.stdout
    assert text.stdout.count("PASS") == 1
    assert text.stderr.startswith("2 FAIL, 0 WARN, ")
    every = [Finding(**one) for one in told(run("--format", "json"))]
    failed = [one.subject for one in every if one.status == "FAIL"]
    assert failed == [f"{NAME}/iam-policy-changes", f"{NAME}/vpc-changes"]
    console = Console(width=300, file=StringIO())
    console.print(FORMATS["text"](every, "title", every=True))
    assert console.file.getvalue().count("PASS") == len(every) - 2  # type: ignore[attr-defined]
    suites = ET.fromstring(FORMATS["junit"](every, "title", every=False))  # noqa: S314 - our own
    assert sum(int(suite.get("failures", 0)) for suite in suites) == 2
    assert sum(int(suite.get("tests", 0)) for suite in suites) == len(every)
    table = FORMATS["markdown"](every, "title", every=False)
    assert f"| FAIL | alarms | {NAME}/iam-policy-changes, {NAME}/vpc-changes | its actions are disabled" in table


def test_a_guard_in_another_program(aws: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its component's name: defaults, unless the folder's stack says otherwise under `account-guard:`."""
    there = ("--name", NAME, "--region", REGION)
    unread = told(run(*there, "--format", "json"))
    checks = {one["check"] for one in unread if one["status"] == "FAIL"}
    assert checks == {"alarms", "bucket"}  # neither `recipients` nor `archiveDays` are known here
    config = {key: CONFIG[key] for key in ("aws:region", "account-guard:recipients", "account-guard:archiveDays")}
    monkeypatch.chdir(project(tmp_path / "other", "prod", config))
    result = run("--name", NAME, "--stack", "prod")
    assert result.exit_code == 0, result.output


def test_a_stack_of_another_program_wants_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its config holds nothing of the root program's: the component is named, not missing addresses."""
    monkeypatch.chdir(project(tmp_path / "other", "dev", {"aws:region": REGION}))
    assert "Pulumi.dev.yaml: has no key of account-guard: for a guard in a program of your own" in str(run().exception)
    packs = {"aws:region": REGION, "account-guard:packs": ["essentials"]}
    monkeypatch.chdir(project(tmp_path / "third", "dev", packs))
    assert "has no account-guard:emails: name who is mailed; or, of a guard in a program" in str(run().exception)


def test_the_wrong_account_is_refused(aws: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before sixty findings say so: the stack names the accounts that it may touch."""
    monkeypatch.chdir(project(tmp_path / "other", "dev", {**CONFIG, "aws:allowedAccountIds": '["999999999999"]'}))
    assert "aws:allowedAccountIds: these credentials are of account 123456789012" in str(run().exception)


def test_a_place_where_nothing_of_ours_is(aws: Sandbox) -> None:
    """Another region or name looks like a guard that is gone: that is asked before anybody deploys it there."""
    for name, region in ((NAME, "eu-west-2"), ("nosuch", REGION)):
        said = f"Not one alarm of {name} is in 123456789012, {region}: before you deploy"
        assert said in run("--name", name, "--region", region).stderr
    aws.client("cloudwatch", REGION).delete_alarms(AlarmNames=[f"{NAME}/vpc-changes"])
    assert "Not one alarm" not in run().stderr


UNREACHABLE = {
    "no region's name": ({}, ("--region", "eu-west1"), "--region: 'eu-west1' is no region: write one such as"),
    "no credentials": ({}, (), "no AWS credentials"),
    "no such profile": ({}, ("--profile", "nobody"), "no such AWS profile"),
    "no region": ({"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}, ("--name", "guard"), "aws:region"),
    "half of them": ({"AWS_ACCESS_KEY_ID": "x"}, (), "half of AWS credentials"),
    "nobody answers": (
        {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
        (),
        "AWS cannot be reached",
    ),
}


@pytest.mark.parametrize("case", UNREACHABLE)
def test_an_account_that_cannot_be_reached(case: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One message that says what to do."""
    env, args, said = UNREACHABLE[case]
    shell(monkeypatch)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert said in str(run(*args).exception)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SSLError(endpoint_url="https://x", error=OSError("self-signed")), "AWS_CA_BUNDLE"),
        (LoginRefreshRequired(), "the sign-in has lapsed"),
        (ReadTimeoutError(endpoint_url="https://x"), "AWS could not be asked"),
        (ClientError({"Error": {"Code": "Odd", "Message": "odd"}}, "Call"), "AWS refused"),
        (ClientError({"Error": {"Code": "InvalidClientTokenId"}}, "Call"), "has not enabled the region"),
    ],
)
def test_what_a_failed_call_says(error: BotoCoreError | ClientError, said: str) -> None:
    """Of the network, the sign-in, or the region; what AWS never heard it did not refuse."""
    assert said in str(fault(error))


@pytest.mark.parametrize("status", [200, 403])
def test_a_page_in_aws_place(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a network that wants a sign-in gives it, is one message."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"<html>Sign in</html>")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    shell(monkeypatch)
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert "what answered is not AWS" in str(run().exception)
        server.shutdown()


def test_calls_keep_to_the_rates() -> None:
    """Ten calls of one operation take nine gaps, in whichever thread; other operations do not wait for them."""
    slept: list[float] = []

    class Model:
        name = "DescribeAlarms"

    pace = Pace(clock=lambda: sum(slept), sleep=slept.append)
    for _ in range(10):
        pace(model=Model)
    assert sum(slept) == pytest.approx(9 / RATES["DescribeAlarms"])
    Model.name = "GetTrail"
    pace(model=Model)
    assert sum(slept) == pytest.approx(9 / RATES["DescribeAlarms"])
    pace(model=Model)
    assert sum(slept) == pytest.approx(9 / RATES["DescribeAlarms"] + 1 / OTHERS)
