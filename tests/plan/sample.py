"""A small plan for the writers' and the differences' tests."""

from guard.plan.model import Cost, CostLine, Plan, PlannedAlarm, Quota

PATTERN = '{ ($.eventName = "A") || ($.eventName = "B") }'
ALARM = PlannedAlarm(
    name="guard/own",
    rule="own",
    title="A | B was called",
    severity="high",
    condition=">= 1 in 5 min",
    threshold=1,
    period=300,
    evaluation_periods=1,
    datapoints_to_alarm=1,
    missing_data="notBreaching",
    filters=(PATTERN,),
    topics=("guard-alerts",),
)
COST = Cost(1_000_000, (CostLine("Alarms", 21, "alarm", 1.10, 2.10), CostLine("Keys", 2, "key", 2, 2)), "2026-11")
PLAN = Plan(
    stack="dev",
    region="eu-west-1",
    alarms=(ALARM,),
    topics={"guard-alerts": ("anna@example.com", "ben@example.org")},
    resources={"aws:cloudwatch/metricAlarm:MetricAlarm": 1},
    quotas=(Quota("Metric filters of a log group", 1, 100, "/guard/cloudtrail"), Quota("Alarms", 1, None)),
    cost=COST,
    settings={"retentionDays": 365, "dashboard": True},
    warnings=("rule 'a' isn't deployed: 'b' covers it",),
)
