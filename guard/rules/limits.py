"""What CloudWatch Logs takes of rules.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
"""

from guard.pattern.parser import MAX_LENGTH, MAX_REGEXES

__all__ = ["FILTERS", "MAX_LENGTH", "MAX_REGEXES", "REGEX_FILTERS"]

FILTERS = 100  # of a log group
REGEX_FILTERS = 5  # those of them with a regular expression
