"""Log files in S3: listed by the days that are asked for, fetched into memory, nothing written to disk."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from guard.errors import Fault, FaultsError
from guard.history.window import DATED, SKIPPED, Window

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Error(FaultsError):
    """A bucket that cannot be listed, or an object that cannot be had."""


def is_url(name: str) -> bool:
    """Whether a source is in S3."""
    return name.startswith("s3://")


def objects(url: str, window: Window) -> Iterator[tuple[str, int]]:
    """The log files below `s3://bucket/prefix` that can hold events of the window: address and size in bytes.
    Folders are walked, so that other days' are not listed. Raises S3Error.
    """
    parts = urlsplit(url, allow_fragments=False)
    yield from _walk(parts.netloc, parts.path.lstrip("/"), window)


def _walk(bucket: str, prefix: str, window: Window) -> Iterator[tuple[str, int]]:
    day = DATED.search(f"/{prefix}")
    whole = bool(day and day[3])  # below a day's folder there are files alone
    pages = _paginated(bucket, prefix, "" if whole else "/")
    for page in pages:
        for one in page.get("Contents", ()):
            if one["Size"] and not SKIPPED.search(one["Key"]):
                yield f"s3://{bucket}/{one['Key']}", one["Size"]
        for folder in page.get("CommonPrefixes", ()):
            if window.may_hold("/" + folder["Prefix"]):
                yield from _walk(bucket, folder["Prefix"], window)


def _paginated(bucket: str, prefix: str, delimiter: str) -> Iterator[Any]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield from client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter=delimiter)
    except (BotoCoreError, ClientError) as error:
        fix = "look at the bucket's name, and whether these credentials may list it (s3:ListBucket)"
        raise S3Error([Fault(f"s3://{bucket}/{prefix}", str(error), fix)]) from None


def get(url: str) -> bytes:
    """An object's bytes. Raises OSError."""
    from botocore.exceptions import BotoCoreError, ClientError

    parts = urlsplit(url, allow_fragments=False)
    try:
        body = client().get_object(Bucket=parts.netloc, Key=parts.path.lstrip("/"))["Body"]
        return bytes(body.read())
    except (BotoCoreError, ClientError) as error:
        raise OSError(str(error)) from error


@lru_cache(maxsize=1)
def client() -> "S3Client":
    """One client a process; it may be used by several threads."""
    import boto3
    from botocore.config import Config

    options = Config(retries={"mode": "adaptive", "max_attempts": 8}, max_pool_connections=16)
    made: S3Client = boto3.client("s3", config=options)
    return made
