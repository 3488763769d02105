package example;

import com.pulumi.Pulumi;
import com.pulumi.guard.AccountGuard;
import com.pulumi.guard.AccountGuardArgs;
import java.util.Map;

public class App {
    public static void main(String[] args) {
        Pulumi.run(ctx -> {
            // a table may be called by its name or by its ARN
            var pattern = "{ ($.eventSource = \"dynamodb.amazonaws.com\") && ($.eventName = \"DeleteTable\") && "
                + "($.requestParameters.tableName = \"*payroll\") }";
            var account = new AccountGuard("guard", AccountGuardArgs.builder()
                .emails("security@example.com")
                .packs("essentials", "self-protection")
                .rules(Map.of(
                    "id", "payroll-table-deleted",
                    "title", "The payroll table was deleted",
                    "severity", "critical",
                    "description", "Somebody deleted the table that the wages are paid from.",
                    "pattern", pattern,
                    "firstStep", "Restore it from the last backup; ask who did it."))
                .overrides(Map.of("ec2-instance-changes", Map.of("enabled", false)))
                .retentionDays(90)
                .build());
            ctx.export("pendingConfirmations", account.pendingConfirmations());
        });
    }
}
