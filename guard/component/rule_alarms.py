"""For each rule its metric filters, its alarm and the saved query that shows what rang it."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

from guard import rules as rule_room
from guard.component import hooks, mail
from guard.component.args import RuleAlarmsArgs
from guard.component.errors import checked, refusal
from guard.component.place import at_home, where
from guard.errors import Fault
from guard.names import Names
from guard.pattern import insights, parse
from guard.rules.model import Rule
from guard.settings import ALARMS

TOPIC_OF_THE_REST = "default"
STATEMENT_ID = 100  # Lambda's limit


class RuleAlarms(pulumi.ComponentResource):
    """A metric filter, an alarm and a saved query for each rule, on one log group."""

    alarm_names: pulumi.Output[list[str]]
    """The names of the alarms, sorted."""

    def __init__(self, name: str, args: RuleAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guard:index:RuleAlarms", name, None, opts)
        wanted = checked(args, name, Path.cwd(), shape=ALARMS)
        for warning in wanted.warnings:
            pulumi.log.warn(warning, self)
        self.name, self.names, self.args = name, Names(name), args
        self.log_group = pulumi.Output.from_input(args["log_group"])
        self.at = where(self)
        self.tags = wanted.tags
        self.filter_opts = self.child(hooks.retrying(f"{name}-filter-retry", hooks.FILTER))
        self.alarm_opts = self.child(hooks.retrying(f"{name}-alarm-retry", hooks.ALARM))
        self.filled = self.values(wanted.rules.rules)
        alarms = [self.rule(rule) for rule in wanted.rules.rules]
        self.alarm_names = pulumi.Output.all(*(alarm.name for alarm in alarms)).apply(sorted)
        self.register_outputs({"alarm_names": self.alarm_names})

    def child(self, retry: pulumi.ResourceHookBinding | None = None) -> pulumi.ResourceOptions:
        """The options of a child."""
        return pulumi.ResourceOptions(parent=self, hooks=retry)

    def values(self, rules: Iterable[Rule]) -> pulumi.Output[dict[str, str]]:
        """What fills the placeholders of patterns; refused where it lacks one, which only an output can."""
        needed = {name: rule.id for rule in rules for name in rule_room.open_names(rule)}

        def known(group: str, given: Mapping[str, str]) -> dict[str, str]:
            values = {"prefix": self.name, "logGroup": group, **given}
            lacking = sorted(needed.keys() - values.keys())
            if lacking:
                what = "is missing from the output that 'values' is given"
                raise refusal([Fault(f"values.{name}", what, f"rule '{needed[name]}' names it") for name in lacking])
            return values

        given = pulumi.Output.from_input(self.args.get("values") or {})
        return pulumi.Output.all(self.log_group, given).apply(lambda found: known(*found))

    def rule(self, rule: Rule) -> aws.cloudwatch.MetricAlarm:
        """Everything of one rule; its alarm."""
        name = f"{self.name}-{rule.id}"
        for index, text in enumerate(rule.patterns):
            aws.cloudwatch.LogMetricFilter(
                name + (f"-{index + 1}" if index else ""),
                name=self.names.filter(rule.id, index),
                log_group_name=self.log_group,
                pattern=self.pattern(rule, text),
                metric_transformation=aws.cloudwatch.LogMetricFilterMetricTransformationArgs(
                    name=rule.id,
                    namespace=self.names.namespace,
                    value="1",
                    unit="Count",
                    # Real zeros let the alarm go back to OK, ready to ring again, in about one period;
                    # a sparse metric holds it in ALARM for several. docs/architecture.md
                    default_value="0",
                ),
                opts=self.filter_opts,
            )
        query = self.query(rule, name)
        alarm = self.alarm(rule, name, query)
        self.permissions(rule, name, alarm)
        return alarm

    def pattern(self, rule: Rule, text: str) -> pulumi.Input[str]:
        """The text of a filter, its placeholders filled."""
        if not rule_room.open_names(rule):
            return text
        return self.filled.apply(lambda values: rule_room.fill_text(text, values))

    def query(self, rule: Rule, name: str) -> aws.cloudwatch.QueryDefinition:
        """The saved query of all filters of the rule."""

        def written(values: Mapping[str, str]) -> str:
            texts = [rule_room.fill_text(text, values) for text in rule.patterns]
            return insights.query(*(parse(text).root for text in texts), title=rule.title)

        return aws.cloudwatch.QueryDefinition(
            name,
            name=self.names.query(rule.id),
            log_group_names=[self.log_group],
            query_string=self.filled.apply(written),
            opts=self.child(),
        )

    def alarm(self, rule: Rule, name: str, query: aws.cloudwatch.QueryDefinition) -> aws.cloudwatch.MetricAlarm:
        """The alarm of a rule."""
        topics = self.topics(rule)
        actions = [at_home(self.at, f"actions of {rule.id}", arn) for arn in rule.actions]
        link = pulumi.Output.all(self.at, self.log_group, query.query_definition_id)
        named, organization = self.names.query(rule.id), bool(self.args.get("organization"))
        description = link.apply(lambda found: mail.text(rule, named, *found, organization=organization))
        return aws.cloudwatch.MetricAlarm(
            name,
            name=self.names.alarm(rule.id),
            alarm_description=description,
            namespace=self.names.namespace,
            metric_name=rule.id,
            statistic="Sum",
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=rule.alarm.threshold,
            period=rule.alarm.period,
            evaluation_periods=rule.alarm.evaluation_periods,
            datapoints_to_alarm=rule.alarm.datapoints_to_alarm,
            treat_missing_data=rule.alarm.treat_missing_data,
            actions_enabled=True,
            alarm_actions=_together(topics, actions),
            ok_actions=topics if self.args.get("notify_ok") else None,
            tags=self.tags,
            opts=self.alarm_opts,
        )

    def topics(self, rule: Rule) -> pulumi.Input[list[pulumi.Input[str]]]:
        """The topic that a rule's route names, else that of the rest."""
        given: Any = self.args.get("topics") or {}
        route = rule.topic or rule.severity

        def chosen(topics: Mapping[str, pulumi.Input[str]]) -> list[pulumi.Input[str]]:
            topic = topics.get(route) or topics.get(TOPIC_OF_THE_REST)
            return [topic] if topic else []

        return chosen(given) if isinstance(given, Mapping) else pulumi.Output.from_input(given).apply(chosen)

    def permissions(self, rule: Rule, name: str, alarm: aws.cloudwatch.MetricAlarm) -> None:
        """The right of the alarm to call each function among the rule's actions.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
        """
        for arn in rule.actions:
            if arn.split(":")[2] != "lambda":
                continue
            mark = hashlib.sha256(arn.encode()).hexdigest()[:8]
            # Of a qualified ARN in one piece the provider makes another permission at every deployment:
            # https://github.com/hashicorp/terraform-provider-aws/issues/38558
            parts = arn.split(":")
            aws.lambda_.Permission(
                f"{name}-{mark}",
                statement_id=f"{name}-{mark}"[-STATEMENT_ID:],
                action="lambda:InvokeFunction",
                function=":".join(parts[:7]),
                qualifier=":".join(parts[7:]) or None,
                principal="lambda.alarms.cloudwatch.amazonaws.com",
                source_account=self.at.apply(lambda here: here.account),
                source_arn=alarm.arn,
                opts=self.child(),
            )


def _together(
    topics: pulumi.Input[list[pulumi.Input[str]]], actions: list[pulumi.Output[str]]
) -> pulumi.Input[list[pulumi.Input[str]]]:
    """All that an alarm calls."""
    if isinstance(topics, list):
        return [*topics, *actions]
    return pulumi.Output.all(topics, actions).apply(lambda found: [*found[0], *found[1]])
