"""A rule to start from."""

from guard.rules.loader import new_id
from guard.rules.model import Place
from guard.rules.values import Faults, Value

# What a mail would say if nobody wrote it anew: the linter tells.
TO_WRITE = {
    "description": "What happened, in one sentence that makes sense at night.",
    "first_step": "What whoever gets the mail does first.",
}
_TEMPLATE = """\
  - id: {id}
    title: {title}
    description: {description}
    severity: medium  # low, medium, high or critical: docs/principles.md
    pattern: >-
      {{ ($.eventSource = "s3.amazonaws.com") && (
      ($.eventName = "PutBucketPolicy") ||
      ($.eventName = "DeleteBucketPolicy")
      ) }}
    attack: []  # ATT&CK techniques, such as T1098.003
    references: []  # https:// addresses
    first_step: {first_step}
    false_positives:
      - Who does this as their work.
    examples:  # only the fields that the pattern reads
      match:
        - {{eventSource: s3.amazonaws.com, eventName: PutBucketPolicy}}
      no_match:
        - {{eventSource: s3.amazonaws.com, eventName: GetBucketPolicy}}
        - {{eventSource: s3.amazonaws.com, eventName: PutBucketAcl}}  # a near miss"""


def template(name: str) -> str:
    """A rule with that id as YAML, to append to a pack's rules. Raises RuleError for an id that is none."""
    faults = Faults()
    new_id(Value(name, Place("--new", 0, 0)), "id", faults)
    faults.stop()
    return _TEMPLATE.format(id=name, title=name.replace("-", " ").capitalize(), **TO_WRITE)
