"""The stand-in itself behaves as the AWS provider does where the other tests lean on it."""

from collections import Counter

from tests.engine.harness import Project, done

PROGRAM = """
import pulumi_aws as aws
where = aws.get_region_output()
topic = aws.sns.Topic("topic", name=where.region.apply("{{}}-topic".format))
aws.cloudwatch.MetricAlarm(
    "{logical}",
    name="alarm",
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=1,
    threshold={threshold},
    alarm_actions=[topic.arn],
)
"""


def program(threshold: int = 1, logical: str = "alarm") -> str:
    """A topic and an alarm that mails through it."""
    return PROGRAM.format(threshold=threshold, logical=logical)


def test_what_the_stand_in_does(project: Project) -> None:
    """A preview makes nothing; up makes all once; a changed input is an update of that resource alone;
    a changed logical name creates over the live alarm and then deletes it; destroy leaves nothing.
    """
    project.write(program=program())

    assert project.preview()["changeSummary"] == {"create": 3}
    assert project.journal() == []
    assert done(project.up()) == {("create", "Topic"): 1, ("create", "MetricAlarm"): 1}
    assert project.world()["aws:cloudwatch/metricAlarm:MetricAlarm", "alarm"]["alarmActions"] == [
        "arn:aws:sns:eu-west-1:111122223333:eu-west-1-topic"
    ]
    assert done(project.up()) == Counter()

    project.write(program=program(threshold=2))

    assert done(project.up()) == {("update", "MetricAlarm"): 1}

    project.write(program=program(threshold=2, logical="other"))

    assert done(project.up()) == {("create", "MetricAlarm"): 1, ("delete", "MetricAlarm"): 1}
    assert [kind for kind, _ in project.world()] == ["aws:sns/topic:Topic"]

    assert project.pulumi("destroy", "--yes", "--skip-preview").code == 0
    assert project.world() == {}


def test_a_played_fault_fails_the_deployment(project: Project) -> None:
    """A fault stops the resource that it names, with the provider's text."""
    project.write(program=program())
    project.fail({"type": "aws:sns/topic:Topic", "name": "topic", "error": "ThrottlingException", "times": 1})

    run = project.pulumi("up", "--yes", "--skip-preview")

    assert run.code != 0
    assert "ThrottlingException" in run.text
