"""Data events, which a trail records only where its selectors ask for them.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
"""

from collections.abc import Mapping

_NAMES = {
    "appconfig": "GetLatestConfiguration StartConfigurationSession",
    "bedrock": "InvokeAgent InvokeFlow InvokeInlineAgent Retrieve RetrieveAndGenerate",
    "cloudfront-keyvaluestore": "DeleteKey DescribeKeyValueStore GetKey ListKeys PutKey UpdateKeys",
    "cloudtrail-data": "PutAuditEvents",
    "cognito-identity": "GetCredentialsForIdentity GetId GetOpenIdToken UnlinkIdentity",
    "dynamodb": """BatchExecuteStatement BatchGetItem BatchWriteItem DeleteItem ExecuteStatement
        ExecuteTransaction GetItem GetRecords GetShardIterator PutItem Query Scan TransactGetItems
        TransactWriteItems UpdateItem""",
    "ebs": "GetSnapshotBlock ListChangedBlocks ListSnapshotBlocks PutSnapshotBlock",
    "kinesis": "GetRecords GetShardIterator PutRecord PutRecords SubscribeToShard",
    "lambda": "Invoke InvokeExecution",
    "s3": """AbortMultipartUpload CompleteMultipartUpload CopyObject CreateMultipartUpload DeleteObject
        DeleteObjects DeleteObjectTagging GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold
        GetObjectRetention GetObjectTagging GetObjectTorrent HeadObject ListObjects ListObjectVersions
        ListParts PutObject PutObjectAcl PutObjectLegalHold PutObjectRetention PutObjectTagging
        RestoreObject SelectObjectContent UploadPart UploadPartCopy WriteGetObjectResponse""",
    "sagemaker": "InvokeEndpoint InvokeEndpointAsync InvokeEndpointWithResponseStream",
    "ses": "SendBounce SendBulkEmail SendBulkTemplatedEmail SendEmail SendRawEmail SendTemplatedEmail",
    "sns": "Publish PublishBatch",
    "sqs": """ChangeMessageVisibility ChangeMessageVisibilityBatch DeleteMessage DeleteMessageBatch
        ReceiveMessage SendMessage SendMessageBatch""",
    "ssmmessages": "CreateControlChannel CreateDataChannel OpenControlChannel OpenDataChannel",
    "xray": "GetTraceSummaries PutTelemetryRecords PutTraceSegments",
}
DATA_EVENTS: Mapping[str, frozenset[str]] = {
    f"{service}.amazonaws.com": frozenset(names.split()) for service, names in _NAMES.items()
}
