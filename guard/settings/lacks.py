"""What a stack's config leaves out of the parts that the controls of standards ask for."""

from collections.abc import Mapping

from guard.settings.model import Settings

YEAR = 365
PARTS = ("trail", "bucket", "accessLogs", "encryption", "dataEvents", "retentionDays")


def lacks(settings: Settings) -> Mapping[str, str]:
    """Of `PARTS` those that the stack does not give, each with what would, or whose it is; to be read before what
    the part does.
    """
    if settings.trail:
        return dict.fromkeys(PARTS, "its owner's to see to (trail):")
    given = {
        "accessLogs": settings.access_logs,
        "encryption": settings.encryption or settings.key,
        "dataEvents": settings.data_events,
    }
    found = {key: f"with {key}: true" for key, on in given.items() if not on}
    if settings.retention_days < YEAR:
        found["retentionDays"] = f"with retentionDays of {YEAR} or more"
    if settings.bucket:
        found |= dict.fromkeys(("bucket", "accessLogs"), "its owner's to see to (bucket):")
    return found
