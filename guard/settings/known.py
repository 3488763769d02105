"""What a stack's config tells of the names that patterns leave open, without asking AWS."""

from collections.abc import Mapping

from guard.names import ROLE_PREFIX, bucket_prefix
from guard.settings.model import Settings
from guard.settings.stack import PROJECT


def known(settings: Settings) -> Mapping[str, str]:
    """What fills the placeholders of patterns; a wildcard stands for what AWS adds to a name. What only the trail
    of others tells is not there, and nothing of a program of somebody's own, which names its component itself.
    """
    if settings.component == PROJECT:
        return {}
    prefix, trail = {"prefix": settings.component}, settings.trail
    if trail:
        return {**prefix, "logGroup": trail.log_group} if trail.log_group else prefix
    bucket = settings.bucket or settings.bucket_name or f"{bucket_prefix(settings.component)}*"
    return {**prefix, "logGroup": settings.names.log_group, "bucket": str(bucket), "role": f"{ROLE_PREFIX}*"}
