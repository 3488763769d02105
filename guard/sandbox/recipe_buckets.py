"""How a bucket and its parts are made in the sandbox."""

from collections.abc import Callable, Mapping
from typing import Any

from guard.sandbox.recipe import Inputs, Made, Maker, Recipe, capital, generated, picked, tags


def bucket(maker: Maker, name: str, inputs: Inputs) -> Made:
    """A bucket, with what S3 gives each new one since 2023."""
    found = generated(name, inputs, "bucket", 63)
    client, region = maker.client("s3"), maker.where.region
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    client.create_bucket(Bucket=found, ObjectLockEnabledForBucket=bool(inputs.get("objectLockEnabled")), **place)
    if inputs.get("tags"):
        client.put_bucket_tagging(Bucket=found, Tagging={"TagSet": tags(inputs)})
    return found, {"bucket": found, "arn": f"arn:{maker.where.partition}:s3:::{found}"}


def of_bucket(operation: str, api: str, build: Callable[[Inputs], Any]) -> Recipe:
    """A recipe for a part of a bucket: one call with one argument."""

    def recipe(maker: Maker, name: str, inputs: Inputs) -> Made:  # noqa: ARG001 - a recipe's signature
        getattr(maker.client("s3"), operation)(Bucket=inputs["bucket"], **{api: build(inputs)})
        return str(inputs["bucket"]), {}

    return recipe


def lifecycle(inputs: Inputs) -> dict[str, Any]:
    """The rules of a lifecycle configuration."""
    rules = []
    for rule in inputs["rules"]:
        made = capital({key: item for key, item in rule.items() if key != "id"})
        rules.append({"ID": rule["id"], **made})
    return {"Rules": rules}


def encryption(inputs: Inputs) -> dict[str, Any]:
    """The rules of the default encryption."""
    rules = []
    for rule in inputs["rules"]:
        default = rule["applyServerSideEncryptionByDefault"]
        made = picked(default, SSEAlgorithm="sseAlgorithm", KMSMasterKeyID="kmsMasterKeyId")
        rules.append({"ApplyServerSideEncryptionByDefault": made, **picked(rule, "bucketKeyEnabled")})
        if rule.get("blockedEncryptionTypes"):
            rules[-1]["BlockedEncryptionTypes"] = {"EncryptionType": rule["blockedEncryptionTypes"]}
    return {"Rules": rules}


def logging(inputs: Inputs) -> dict[str, Any]:
    """Where access logs go."""
    return {"LoggingEnabled": {"TargetBucket": inputs["targetBucket"], "TargetPrefix": inputs["targetPrefix"]}}


BUCKETS: Mapping[str, Recipe] = {
    "aws:s3/bucket:Bucket": bucket,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": of_bucket(
        "put_bucket_lifecycle_configuration", "LifecycleConfiguration", lifecycle
    ),
    "aws:s3/bucketLogging:BucketLogging": of_bucket("put_bucket_logging", "BucketLoggingStatus", logging),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": of_bucket(
        "put_object_lock_configuration",
        "ObjectLockConfiguration",
        lambda inputs: {"ObjectLockEnabled": "Enabled", "Rule": capital(inputs["rule"])},
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": of_bucket(
        "put_bucket_ownership_controls", "OwnershipControls", lambda inputs: {"Rules": [capital(inputs["rule"])]}
    ),
    "aws:s3/bucketPolicy:BucketPolicy": of_bucket("put_bucket_policy", "Policy", lambda inputs: inputs["policy"]),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": of_bucket(
        "put_public_access_block",
        "PublicAccessBlockConfiguration",
        lambda inputs: picked(
            inputs, "blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"
        ),
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": of_bucket(
        "put_bucket_encryption", "ServerSideEncryptionConfiguration", encryption
    ),
    "aws:s3/bucketVersioning:BucketVersioning": of_bucket(
        "put_bucket_versioning", "VersioningConfiguration", lambda inputs: capital(inputs["versioningConfiguration"])
    ),
}
