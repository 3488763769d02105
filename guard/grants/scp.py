"""The service control policy that keeps everybody's hands off the guard but those of the role that deploys it.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
"""

import re
from collections.abc import Sequence

from guard.errors import ConfigError, Fault
from guard.grants.actions import action
from guard.grants.grant import WHEN, Grant
from guard.grants.place import Place
from guard.policies import Document, Statement, document

LONGEST = 5120  # characters of a service control policy
_WHO = re.compile(r"arn:[^:]+:iam::([0-9]{12}|\*):(role|user)/.+")
_KEY = re.compile(r"arn:[^:]+:kms:[^:]+:[^:]+:key/.+")
HANDS_OFF = (
    Grant(
        "trail",
        "cloudtrail",
        ("StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors", "PutInsightSelectors"),
        "own trail",
    ),
    Grant(
        "buckets",
        "s3",
        (
            *("DeleteBucket", "PutBucketPolicy", "DeleteBucketPolicy", "PutBucketVersioning", "PutBucketLogging"),
            *("PutBucketLifecycleConfiguration", "PutPublicAccessBlock", "PutBucketEncryption"),
            *("PutObjectLockConfiguration", "PutBucketOwnershipControls", "PutBucketAcl"),
            "PutBucketReplication",
        ),
        "own bucket",
    ),
    Grant(
        "objects",
        "s3",
        ("DeleteObject", "DeleteObjectVersion", "PutObjectAcl", "BypassGovernanceRetention"),
        "own bucket",
    ),
    Grant(
        "keys",
        "kms",
        (
            "DisableKey",
            "ScheduleKeyDeletion",
            "PutKeyPolicy",
            "CreateGrant",
            "RevokeGrant",
            "DeleteImportedKeyMaterial",
        ),
    ),
    # Metric filters have no ARN: whoever writes them needs the right on the log group.
    Grant(
        "group",
        "logs",
        (
            *("DeleteLogGroup", "DeleteLogStream", "PutRetentionPolicy", "DeleteRetentionPolicy"),
            *("AssociateKmsKey", "DisassociateKmsKey", "PutLogGroupDeletionProtection"),
            *("PutMetricFilter", "DeleteMetricFilter", "PutTransformer", "PutDataProtectionPolicy"),
        ),
    ),
    # A mute rule asks for the right on each alarm that it mutes.
    Grant(
        "alarms",
        "cloudwatch",
        ("DeleteAlarms", "DisableAlarmActions", "PutMetricAlarm", "SetAlarmState", "PutAlarmMuteRule"),
    ),
    Grant("own topics", "sns", ("DeleteTopic", "SetTopicAttributes", "AddPermission", "RemovePermission")),
    Grant(
        "role",
        "iam",
        (
            *("DeleteRole", "DeleteRolePolicy", "PutRolePolicy", "UpdateAssumeRolePolicy", "AttachRolePolicy"),
            *("PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary", "UpdateRole"),
        ),
        "own trail",
    ),
)


def refuse(exempt: Sequence[str], keys: Sequence[str]) -> None:
    """Raises ConfigError for each that names nobody or no key: such a policy would hold off the deployer too, or
    nobody.
    """
    nobody = [one for one in exempt if not _WHO.fullmatch(one)]
    other = [one for one in keys if not _KEY.fullmatch(one)]
    fix = "write one such as arn:aws:iam::*:role/guard-deploy"
    faults = [Fault("--deploy-role", f"'{one}' is no ARN of a role or pattern of it", fix) for one in nobody]
    faults += [Fault("--key", f"'{one}' is no key's ARN", "write one (arn:...:key/...), no alias") for one in other]
    if faults:
        raise ConfigError(faults)


def scp(place: Place, exempt: Sequence[str]) -> Document:
    """The policy; `exempt` are ARN patterns of the roles that may. Keys are held only where they are named."""
    named = bool(place.keys or place.settings.key)
    grants = [one for one in HANDS_OFF if WHEN[one.when](place) and (one.on != "keys" or named)]
    return document(*(statement(place, grant, exempt) for grant in grants))


def statement(place: Place, grant: Grant, exempt: Sequence[str]) -> Statement:
    """Nobody but the exempt may do it."""
    return {
        "Sid": f"HandsOff{grant.on.title().replace(' ', '')}",
        "Effect": "Deny",
        "Action": sorted({action(grant.service, one) for one in grant.operations}),
        "Resource": place.arns(grant.on),
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": list(exempt)}},
    }
