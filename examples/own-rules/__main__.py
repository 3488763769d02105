"""Rules of one's own, beside a shipped pack: some inline, some from a file, and one shipped rule adjusted."""

from guard import AccountGuard

INLINE = {
    "id": "payroll-table-deleted",
    "title": "The payroll table was deleted",
    "severity": "critical",
    "description": "Somebody deleted the table that the wages are paid from.",
    # a table may be called by its name or by its ARN
    "pattern": '{ ($.eventSource = "dynamodb.amazonaws.com") && ($.eventName = "DeleteTable") && '
    '($.requestParameters.tableName = "*payroll") }',
    "firstStep": "Restore it from the last backup; ask who did it, and whether they still have the right.",
}

AccountGuard(
    "guard",
    {
        "emails": ["security@example.com"],
        "packs": ["essentials", "rules.yaml"],
        "rules": [INLINE],
        "overrides": {"ec2-instance-changes": {"exclude": [{"principal": "arn:*:iam::*:role/autoscaler"}]}},
    },
)
