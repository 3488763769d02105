"""The plan of a program of somebody's own, whose stack's config says nothing of the guard in it."""

from pathlib import Path

from guard.plan import make

PROGRAM = """
from guard import AccountGuard

AccountGuard(
    "guard",
    {
        "emails": ["a@example.com"],
        "packs": ["identity"],
        "rules": [{"id": "own", "title": "Own", "severity": "low", "pattern": '{ $.eventName = "DeleteTrail" }'}],
        "overrides": {"mfa-device-removed": {"severity": "critical"}},
    },
)
"""


def test_its_alarms_say_what_they_are(tmp_path: Path) -> None:
    """Rule, severity and whom they mail; the config's defaults are not taken for the program's settings."""
    (tmp_path / "Pulumi.yaml").write_text("name: ours\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    plan = make(tmp_path, "dev", 1_000_000)
    found = {alarm.rule: alarm for alarm in plan.alarms}
    assert (found["mfa-device-removed"].severity, found["own"].severity) == ("critical", "low")
    assert found["own"].title == "Own."
    assert plan.mailed(found["own"]) == ("a@example.com",)
    assert {alarm.severity for alarm in plan.alarms if "/watchdog-" in alarm.name} == {""}
    assert (plan.region, plan.settings) == ("eu-west-1", {})
