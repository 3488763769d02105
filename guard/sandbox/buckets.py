"""S3's access logs in moto, which crashes on the policies that every locked-down bucket has."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from moto.s3.exceptions import InvalidTargetBucketForLogging
from moto.s3.models import FakeBucket

from guard.access import Request, allowed

DELIVERY = {"Service": "logging.s3.amazonaws.com"}


@contextmanager
def mended() -> Iterator[None]:
    """While this holds, the target bucket's policy decides whether S3 may deliver access logs into it."""
    own = FakeBucket.set_logging

    def set_logging(source: Any, config: Mapping[str, Any] | None, backend: Any) -> None:
        if config:
            target = backend.buckets.get(config["TargetBucket"])
            if target is None or not _delivers(source, target, config.get("TargetPrefix") or ""):
                raise InvalidTargetBucketForLogging("the target bucket does not let S3's log delivery write")
        source.logging = config or {}

    FakeBucket.set_logging = set_logging  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        FakeBucket.set_logging = own  # type: ignore[method-assign]


def _delivers(source: Any, target: Any, prefix: str) -> bool:
    context = {"aws:SourceArn": source.arn, "aws:SourceAccount": source.account_id, "aws:SecureTransport": "true"}
    request = Request(DELIVERY, "s3:PutObject", f"{target.arn}/{prefix}x", context)
    return bool(target.policy) and allowed([json.loads(target.policy)], request)
