package main

import (
	"example.com/pulumi-guard/sdk/go/guard"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		account, err := guard.NewAccountGuard(ctx, "guard", &guard.AccountGuardArgs{
			Emails: []pulumi.StringInput{pulumi.String("security@example.com")},
			Packs:  []string{"essentials", "self-protection"},
			Rules: []map[string]interface{}{{
				"id":          "payroll-table-deleted",
				"title":       "The payroll table was deleted",
				"severity":    "critical",
				"description": "Somebody deleted the table that the wages are paid from.",
				// a table may be called by its name or by its ARN
				"pattern": `{ ($.eventSource = "dynamodb.amazonaws.com") && ($.eventName = "DeleteTable") && ` +
					`($.requestParameters.tableName = "*payroll") }`,
				"firstStep": "Restore it from the last backup; ask who did it.",
			}},
			Overrides:     map[string]interface{}{"ec2-instance-changes": map[string]interface{}{"enabled": false}},
			RetentionDays: pulumi.IntRef(90),
		})
		if err != nil {
			return err
		}
		ctx.Export("pendingConfirmations", account.PendingConfirmations)
		return nil
	})
}
