"""The components in a Java stack, through the package that `pulumi package add` makes of `plugin/`."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.engine.harness import Project, is_the_example, of_example

SOURCE = "src/main/java/example/App.java"
# appended to the example's program: outputs as inputs, of which Java takes whole maps
OUTPUTS = """
            var log = new com.pulumi.guard.AuditTrail("log",
                com.pulumi.guard.AuditTrailArgs.builder().protect(false).accessLogs(false).build());
            new com.pulumi.guard.RuleAlarms("alarms", com.pulumi.guard.RuleAlarmsArgs.builder()
                .logGroup(log.logGroup())
                .packs("self-protection")
                .topics(account.topics())
                .values(com.pulumi.core.Output.tuple(log.bucket(), log.roleName())
                    .applyValue(names -> Map.of("bucket", names.t1, "role", names.t2)))
                .build());
"""


@pytest.fixture(scope="module")
def project(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The example with its package."""
    if missing := [tool for tool in ("pulumi-language-java", "mvn", "java") if not shutil.which(tool)]:
        pytest.skip(f"not on the PATH: {', '.join(missing)}")
    asked = ["mvn", "-q", "dependency:get", "-Dartifact=com.google.code.findbugs:jsr305:3.0.2"]
    if subprocess.run(asked, capture_output=True, timeout=120, check=False).returncode:
        pytest.skip("mvn reaches no repository")
    return of_example("java", home, tmp_path_factory.mktemp("java") / "stack")


def test_the_example_is_deployed(project: Project) -> None:
    """Previewed, then made: a trail, whole numbers, the program's own rule, and none that it switched off."""
    project.expect("preview")
    made = project.up()
    is_the_example(made)
    assert project.up() == []


def test_outputs_are_inputs(project: Project) -> None:
    """Topics and names of other components reach the filters and alarms, whole; a preview goes on without them."""
    source = project.folder / SOURCE
    source.write_text(source.read_text().replace("            ctx.export", f"{OUTPUTS}            ctx.export"))
    project.expect("preview")
    made = {line["urn"].rsplit("$", 1)[-1]: line for line in project.up()}
    bucket = made["aws:s3/bucket:Bucket::log-logs"]["id"]
    seen = made["aws:cloudwatch/logMetricFilter:LogMetricFilter::alarms-guard-bucket-changed"]["inputs"]
    called = made["aws:cloudwatch/metricAlarm:MetricAlarm::alarms-guard-bucket-changed"]["inputs"]
    assert f'"{bucket}"' in seen["pattern"]
    assert [arn.rsplit(":", 1)[-1] for arn in called["alarmActions"]] == ["guard-watchdog"]
