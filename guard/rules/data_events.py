"""Data events, which a trail records only where its selectors ask for them.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
"""

from collections.abc import Mapping

_NAMES = {
    "cloudtrail-data": "PutAuditEvents",
    "dynamodb": """BatchExecuteStatement BatchGetItem BatchWriteItem DeleteItem ExecuteStatement
        ExecuteTransaction GetItem GetRecords GetShardIterator PutItem Query Scan TransactGetItems
        TransactWriteItems UpdateItem""",
    "ebs": "GetSnapshotBlock ListChangedBlocks ListSnapshotBlocks PutSnapshotBlock",
    "kinesis": "GetRecords GetShardIterator PutRecord PutRecords",
    "lambda": "Invoke InvokeExecution",
    "s3": """AbortMultipartUpload CompleteMultipartUpload CopyObject CreateMultipartUpload DeleteObject
        DeleteObjects DeleteObjectTagging GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold
        GetObjectRetention GetObjectTagging GetObjectTorrent HeadObject ListObjects ListObjectVersions
        ListParts PutObject PutObjectAcl PutObjectLegalHold PutObjectRetention PutObjectTagging
        RestoreObject SelectObjectContent UploadPart UploadPartCopy""",
    "sns": "Publish PublishBatch",
    "sqs": """ChangeMessageVisibility ChangeMessageVisibilityBatch DeleteMessage DeleteMessageBatch
        ReceiveMessage SendMessage SendMessageBatch""",
}
DATA_EVENTS: Mapping[str, frozenset[str]] = {
    f"{service}.amazonaws.com": frozenset(names.split()) for service, names in _NAMES.items()
}
