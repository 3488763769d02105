"""What a mail says: the text of a rule's alarm."""

from guard.rules.model import Rule

MAX_DESCRIPTION = 1024  # CloudWatch counts characters, the AWS provider bytes, of which an umlaut has two


def size(text: str) -> int:
    """How much of the limit a description takes."""
    return len(text.encode())


def cut(text: str) -> str:
    """As much of a description as fits."""
    return text.encode()[:MAX_DESCRIPTION].decode(errors="ignore")


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
