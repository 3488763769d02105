"""Old logs: read CloudTrail's log files, match rules, simulate their alarms."""
