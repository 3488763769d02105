"""Log files in S3: listed by the days that are asked for, fetched into memory, nothing written to disk."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from guard.errors import Fault, FaultsError
from guard.history.window import DATED, SKIPPED, Window

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

AT_ONCE = 8  # folders listed, or objects fetched


class S3Error(FaultsError):
    """A bucket that cannot be listed, or an object that cannot be had."""


def is_url(name: str) -> bool:
    """Whether a source is in S3."""
    return name.startswith("s3://")


def objects(url: str, window: Window) -> Iterator[tuple[str, int]]:
    """The log files below `s3://bucket/prefix` that can hold events of the window: address and size in bytes.
    Folders are walked, so that other days' are not listed; those of one depth at once. Raises S3Error.
    """
    client()  # before threads ask for it, each of which would make one
    parts = urlsplit(url, allow_fragments=False)
    folders = [parts.path.lstrip("/")]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while folders:
            listed = [*pool.map(partial(_listed, parts.netloc, window=window), folders)]
            yield from (one for found, _ in listed for one in found)
            folders = [folder for _, inner in listed for folder in inner]


def _listed(bucket: str, prefix: str, window: Window) -> tuple[list[tuple[str, int]], list[str]]:
    """The log files of a folder, and the folders in it that can hold more."""
    day = DATED.search(f"/{prefix}")
    whole = bool(day and day[3])  # below a day's folder there are files alone
    found, inner = [], []
    for page in _paginated(bucket, prefix, "" if whole else "/"):
        files = ((one["Key"], one["Size"]) for one in page.get("Contents", ()))
        found += [(f"s3://{bucket}/{key}", size) for key, size in files if size and not SKIPPED.search(key)]
        folders = (one["Prefix"] for one in page.get("CommonPrefixes", ()))
        inner += [folder for folder in folders if window.may_hold("/" + folder)]
    return found, inner


def _paginated(bucket: str, prefix: str, delimiter: str) -> Iterator[Any]:
    from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

    try:
        yield from client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter=delimiter)
    except ParamValidationError:
        raise S3Error([Fault(f"s3://{bucket}/{prefix}", "is no bucket", "write s3://bucket/prefix")]) from None
    except (BotoCoreError, ClientError) as error:
        fix = "look at the credentials (aws sts get-caller-identity), the bucket's name, and s3:ListBucket"
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

    options = Config(retries={"mode": "adaptive", "max_attempts": 8}, max_pool_connections=2 * AT_ONCE)
    made: S3Client = boto3.client("s3", config=options)
    return made
