"""Makes the table of event names: `python -m guard.rules.event_table` writes guard/packs/events.txt.

One line an event source: its prefix, then its event names. From botocore's models, plus SPELLINGS.
"""

from collections.abc import Mapping
from pathlib import Path

import botocore.session

FILE = Path(__file__).resolve().parents[1] / "packs" / "events.txt"
GUIDE = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/"
# What CloudTrail writes that is no operation's name, or another spelling of one; beside each its page.
SPELLINGS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "signin": (
        f"{GUIDE}cloudtrail-event-reference-aws-console-sign-in-events.html",
        ("ConsoleLogin", "CheckMfa", "SwitchRole", "ExitRole", "RenewRole", "PasswordRecoveryRequested"),
    ),
    "lambda": (
        "https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html",
        (
            "CreateFunction20150331",
            "UpdateFunctionCode20150331v2",
            "UpdateFunctionConfiguration20150331v2",
            "AddPermission20150331v2",
            "RemovePermission20150331v2",
            "DeleteFunction20150331",
            "CreateEventSourceMapping20150331",
        ),
    ),
    "s3": (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html",
        (
            "PutBucketPublicAccessBlock",
            "DeleteBucketPublicAccessBlock",
            "PutAccountPublicAccessBlock",
            "DeleteAccountPublicAccessBlock",
            "PutBucketLifecycle",
            "DeleteBucketLifecycle",
            "PutBucketReplication",
            "DeleteBucketReplication",
            "PutBucketCors",
            "DeleteBucketCors",
            "PutBucketEncryption",
            "DeleteBucketEncryption",
            "PutBucketTagging",
            "DeleteBucketTagging",
            "GetBucketObjectLockConfiguration",
            "PutBucketObjectLockConfiguration",
        ),
    ),
    "kms": (
        "https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html",
        ("DeleteKey", "RotateKey"),
    ),
}
# Where the event source's prefix is not the one of the endpoint.
SOURCES = {"monitoring": "monitoring", "logs": "logs", "cloudwatch": "monitoring", "s3control": "s3"}


def table() -> dict[str, set[str]]:
    """Event source prefix -> event names."""
    session = botocore.session.get_session()
    found: dict[str, set[str]] = {}
    for service in session.get_available_services():
        model = session.get_service_model(service)
        prefix = SOURCES.get(service, model.endpoint_prefix)
        prefix = prefix if "." not in prefix else str(model.signing_name)
        for name in {prefix, str(model.signing_name)}:
            found.setdefault(name, set()).update(model.operation_names)
    for name, (_, names) in SPELLINGS.items():
        found.setdefault(name, set()).update(names)
    return found


def text() -> str:
    """The table as it ships."""
    return "".join(f"{name} {' '.join(sorted(names))}\n" for name, names in sorted(table().items()))


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
