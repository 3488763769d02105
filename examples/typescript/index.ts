import * as guard from "@pulumi/guard";

const account = new guard.AccountGuard("guard", {
    emails: ["security@example.com"],
    packs: ["essentials", "self-protection"],
    rules: [
        {
            id: "payroll-table-deleted",
            title: "The payroll table was deleted",
            severity: "critical",
            description: "Somebody deleted the table that the wages are paid from.",
            // a table may be called by its name or by its ARN
            pattern:
                '{ ($.eventSource = "dynamodb.amazonaws.com") && ($.eventName = "DeleteTable") && ' +
                '($.requestParameters.tableName = "*payroll") }',
            firstStep: "Restore it from the last backup; ask who did it.",
        },
    ],
    overrides: { "ec2-instance-changes": { enabled: false } },
    retentionDays: 90,
});

export const pendingConfirmations = account.pendingConfirmations;
