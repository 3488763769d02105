"""What a mail says: the text of a rule's alarm."""

from guard.rules.model import Rule

MAX_DESCRIPTION = 1024


def description(rule: Rule) -> str:
    """The alarm's description: what happened, how bad, what to do first, the rule's id."""
    happened = rule.description or rule.title
    parts = (
        happened if happened.endswith((".", "!", "?")) else f"{happened}.",
        f"Severity: {rule.severity}.",
        f"First step: {rule.first_step}" if rule.first_step else "",
        f"Rule: {rule.id}",
    )
    return "\n".join(part for part in parts if part)
