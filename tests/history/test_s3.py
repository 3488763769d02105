"""Logs in S3: which folders are listed, what is fetched, what is said of what cannot be."""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import boto3
import pytest
from moto import mock_aws

from guard.history import s3
from guard.history.s3 import S3Error
from guard.history.window import Window
from tests.history.logs import event, found

KEY = "AWSLogs/o-abc/111122223333/CloudTrail/eu-west-1/2026/{}/a.json.gz"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A bucket with a file on each of several days, and the prefixes that were listed."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    s3.client.cache_clear()
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="my-trail")
        for number, day in enumerate(("10/31", "11/01", "11/02", "11/20")):
            data = json.dumps({"Records": [event(number, day=min(number, 28) or 1)]}).encode()
            client.put_object(Bucket="my-trail", Key=KEY.format(day), Body=gzip.compress(data))
        digest = KEY.format("11/02").replace("CloudTrail", "CloudTrail-Digest")
        client.put_object(Bucket="my-trail", Key=digest, Body=b"x")
        listed: list[str] = []
        s3.client().meta.events.register(
            "provide-client-params.s3.ListObjectsV2", lambda params, **_: listed.append(params["Prefix"])
        )
        yield listed
    s3.client.cache_clear()


def test_a_prefix_is_read(bucket: list[str]) -> None:
    """All of it but digests."""
    tally = found("s3://my-trail/AWSLogs/").tally
    assert (tally.events, tally.files, tally.faults) == (4, 4, [])


def test_only_the_days_asked_for_are_listed(bucket: list[str]) -> None:
    """By the folders' dates; the day after is, for what is delivered late."""
    window = Window(datetime(2026, 11, 1, tzinfo=timezone.utc), datetime(2026, 11, 2, tzinfo=timezone.utc))
    tally = found("s3://my-trail", window).tally
    assert (tally.files, tally.events) == (2, 1)
    days = [prefix for prefix in bucket if prefix.count("/") == 8]
    assert [prefix[-6:] for prefix in days] == ["11/01/", "11/02/"]
    assert not [prefix for prefix in bucket if "Digest" in prefix or "/10/" in prefix]


def test_an_object_that_cannot_be_had_is_named(bucket: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are read."""
    get = s3.get

    def refusing(url: str) -> Any:
        if "/11/01/" in url:
            raise OSError("AccessDenied")
        return get(url)

    monkeypatch.setattr(s3, "get", refusing)
    tally = found("s3://my-trail/").tally
    assert tally.events == 3
    assert ["AccessDenied" in str(fault) and "11/01" in fault.place for fault in tally.faults] == [True]


def test_a_bucket_that_is_not_there(bucket: list[str]) -> None:
    """Is one message."""
    with pytest.raises(S3Error, match="NoSuchBucket"):
        found("s3://nowhere/")
    with pytest.raises(S3Error, match=r"s3://no bucket/: is no bucket: write"):
        found("s3://no bucket/")
