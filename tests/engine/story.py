"""One stack's life, told to the real engine step by step; the tests read what each step did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.engine.harness import Project, Run


def rule(rule_id: str, event: str, **more: Any) -> dict[str, Any]:
    """A rule of a stack's own that matches one event name."""
    return {
        "id": rule_id,
        "title": f"{event} was called",
        "description": f"Somebody called {event}.",
        "severity": "high",
        "pattern": f'{{ $.eventName = "{event}" }}',
        "first_step": "Ask who it was.",
        "examples": {"match": [{"eventName": event}], "no_match": [{"eventName": "Other"}]},
        **more,
    }


RULES = [rule("own-first", "FirstCall"), rule("own-second", "SecondCall", severity="low")]
BASE: Mapping[str, Any] = {
    "emails": ["Anna@example.com", "ben@example.com"],
    "recipients": {"low": ["low@example.com"]},
    "packs": ["essentials", "self-protection"],
    "rules": RULES,
    "protect": False,
}
# what a mail says of own-first, so that a new pattern changes the pattern alone
SAME = {"title": "FirstCall was called", "description": "Somebody called FirstCall."}
# step -> what the config has that the base has not; each step stands on the base, not on the step before
STEPS: Mapping[str, Mapping[str, Any]] = {
    "unprotected": {},
    "nothing": {},
    "pattern": {"rules": [rule("own-first", "AnotherCall", **SAME), RULES[1]]},
    "restored": {},
    "threshold": {"overrides": {"own-first": {"threshold": 3}}},
    "threshold again": {},
    "order": {
        "emails": ["ben@example.com", "anna@example.com"],
        "packs": ["self-protection", "essentials"],
        "rules": RULES[::-1],
    },
    "recipient": {"emails": ["anna@example.com", "ben@example.com", "carla@example.com"]},
    "fewer rules": {
        "rules": RULES[1:],
        "emails": ["anna@example.com", "ben@example.com", "carla@example.com"],
    },
}


@dataclass
class Story:
    """What happened: the preview's summary, the refused destroy, and each step's journal."""

    preview: Mapping[str, Any]
    made_by_preview: list[dict[str, Any]]
    refused: Run
    destroyed: Run
    steps: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    world: dict[str, dict[tuple[str, str], dict[str, Any]]] = field(default_factory=dict)


def tell(project: Project) -> Story:
    """Preview, deploy protected, try to destroy, unprotect, change this and that, destroy."""
    project.write({**BASE, "protect": True})
    preview = project.preview()
    made = project.journal()
    steps = {"first": project.up()}
    refused = project.pulumi("destroy", "--yes")
    story = Story(preview, made, refused, refused, steps, {"refused": project.world()})
    for name, more in STEPS.items():
        project.write({**BASE, **more})
        story.steps[name] = project.up()
    story.destroyed = project.pulumi("destroy", "--yes", "--skip-preview")
    story.world["destroyed"] = project.world()
    return story
