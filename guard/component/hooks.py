"""Waits for AWS's eventual consistency at creation: error hooks that try again, with a growing pause."""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence

import pulumi
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc

# A policy or role that was written a moment ago, not yet seen by CloudTrail. The provider itself retries
# none of these: hashicorp/terraform-provider-aws, internal/service/cloudtrail/trail.go. Only CreateTrail is
# tried again: after it the trail exists, and a second create would say TrailAlreadyExists.
TRAIL = (
    "InsufficientS3BucketPolicyException",
    "InsufficientEncryptionPolicyException",
    "InvalidCloudWatchLogsRoleArnException",
    "InvalidCloudWatchLogsLogGroupArnException",
    "ConflictException",
    "ThrottlingException",
)
# Two writers on one log group at once.
FILTER = ("OperationAbortedException", "ThrottlingException")
ALARM = ("Throttling", "ThrottlingException")
TRIES = 10
LONGEST = 20.0
# How often a name was given: the engine takes a hook's name once, and components of one name may have other parents.
_GIVEN: Counter[str] = Counter()


def retrying(name: str, errors: Sequence[str], *, operation: str = "") -> pulumi.ResourceHookBinding | None:
    """Hooks that try a create again on these AWS errors; None where the engine has no error hooks.

    `operation`: only when the error names it, such as CreateTrail.
    """
    wanted = re.compile("|".join(errors))

    async def again(args: pulumi.ErrorHookArgs) -> bool:
        newest = args.errors[0] if args.errors else ""
        if args.failed_operation != "create" or operation not in newest or not wanted.search(newest):
            return False
        if len(args.errors) > TRIES:
            return False
        await asyncio.sleep(min(2.0 ** len(args.errors), LONGEST))
        return True

    if not _supported():
        return None
    _GIVEN[name] += 1
    return pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook(f"{name}-{_GIVEN[name]}", again)])


def _supported() -> bool:
    """Whether the engine that runs the program has error hooks (3.217 or newer)."""
    newer = getattr(settings.SETTINGS, "monitor_features", None)
    if newer is not None:
        return resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS in newer
    # Mocks of SDKs without monitor_features claim every feature, and cannot take a hook (seen with 3.244).
    real = isinstance(settings.SETTINGS.monitor, resource_pb2_grpc.ResourceMonitorStub)
    return real and bool(getattr(settings.SETTINGS, "feature_support", {}).get("errorHooks"))
