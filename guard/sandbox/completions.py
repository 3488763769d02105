"""The table of what the sandbox completes in moto: operation -> completion. tests/sandbox/test_completions.py
says of each what moto answers by itself, and fails when moto has it.
"""

from collections.abc import Mapping

from guard.sandbox import alarms, keys, logs, mutes, readings, topics, trails
from guard.sandbox.intercept import Completion, Operation

TABLE: Mapping[Operation, Completion] = {
    ("cloudtrail", "CreateTrail"): trails.create_trail,
    ("cloudtrail", "UpdateTrail"): trails.update_trail,
    ("cloudtrail", "DeleteTrail"): trails.delete_trail,
    ("cloudtrail", "GetEventSelectors"): trails.get_event_selectors,
    ("cloudtrail", "PutEventSelectors"): trails.put_event_selectors,
    ("cloudtrail", "PutInsightSelectors"): trails.put_insight_selectors,
    ("cloudtrail", "GetTrailStatus"): trails.get_trail_status,
    ("kms", "DisableKey"): keys.switch,
    ("kms", "EnableKey"): keys.switch,
    ("logs", "CreateLogGroup"): logs.create_log_group,
    ("logs", "DeleteLogGroup"): logs.delete_log_group,
    ("logs", "DescribeLogGroups"): logs.describe_log_groups,
    ("logs", "PutLogGroupDeletionProtection"): logs.put_deletion_protection,
    ("logs", "PutMetricFilter"): logs.put_metric_filter,
    ("logs", "DeleteMetricFilter"): logs.delete_metric_filter,
    ("logs", "TestMetricFilter"): logs.test_metric_filter,
    ("logs", "FilterLogEvents"): logs.filter_log_events,
    ("logs", "PutLogEvents"): logs.put_log_events,
    ("logs", "PutQueryDefinition"): logs.put_query_definition,
    ("logs", "DescribeQueryDefinitions"): logs.describe_query_definitions,
    ("logs", "DeleteQueryDefinition"): logs.delete_query_definition,
    ("cloudwatch", "PutMetricAlarm"): alarms.put_metric_alarm,
    ("cloudwatch", "SetAlarmState"): alarms.set_alarm_state,
    ("cloudwatch", "DescribeAlarmHistory"): alarms.describe_alarm_history,
    ("cloudwatch", "PutMetricData"): alarms.put_metric_data,
    ("cloudwatch", "GetMetricData"): readings.get_metric_data,
    ("cloudwatch", "PutAlarmMuteRule"): mutes.put_mute_rule,
    ("cloudwatch", "GetAlarmMuteRule"): mutes.get_mute_rule,
    ("cloudwatch", "ListAlarmMuteRules"): mutes.list_mute_rules,
    ("cloudwatch", "DeleteAlarmMuteRule"): mutes.delete_mute_rule,
    ("sns", "Publish"): topics.publish,
    ("sns", "Subscribe"): topics.subscribe,
    ("sns", "ConfirmSubscription"): topics.confirm_subscription,
    ("sns", "ListSubscriptions"): topics.list_subscriptions,
    ("sns", "ListSubscriptionsByTopic"): topics.list_subscriptions,
}
