"""The filter-pattern language of CloudWatch Logs for JSON events, offline."""
