"""Where CloudTrail's event names differ from the operations of botocore's models; beside each its AWS page.

RENAMED: the operation's name never comes. MORE: what comes besides, most of it no operation at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

DOCS = "https://docs.aws.amazon.com"
TRAIL = f"{DOCS}/awscloudtrail/latest/userguide"
S3 = f"{DOCS}/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html"
IDENTITY_CENTER = f"{DOCS}/singlesignon/latest/userguide/sso-info-in-cloudtrail.html"

# botocore's service -> what CloudTrail has as source, where endpoint and signature do not say it. S3, IDENTITY_CENTER
SOURCES: Mapping[str, tuple[str, ...]] = {
    "s3control": ("s3",),
    "sso": ("sso",),
    "sso-oidc": ("sso", "sso-oauth"),
    "identitystore": ("identitystore", "sso-directory"),
}


@dataclass(frozen=True, slots=True)
class Renamed:
    """Operation -> the event's name, for a service of botocore's."""

    service: str
    page: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class More:
    """Event names of a source, beside its operations."""

    source: str
    page: str
    names: str


def _bucket_names() -> dict[str, str]:
    """Operation -> event name, in the bucket API."""
    block = {f"{verb}PublicAccessBlock": f"{verb}BucketPublicAccessBlock" for verb in ("Get", "Put", "Delete")}
    shorter = {
        f"{verb}Bucket{subject}Configuration": f"{verb}Bucket{subject}"
        for verb in ("Get", "Put")
        for subject in ("Lifecycle", "Notification")
    }
    speed = {f"{verb}BucketAccelerateConfiguration": f"{verb}AccelerateConfiguration" for verb in ("Get", "Put")}
    return {**block, **shorter, **speed}


# Lambda: the date of the API's version stands behind the name of every operation before 2019 but the calls ...
# https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
LAMBDA_PLAIN = frozenset({"Invoke", "InvokeAsync"})
LAMBDA_UNTIL = "2018-10-31"
# ... and behind some `v2`.
LAMBDA_SECOND = (
    *("AddPermission", "RemovePermission", "GetPolicy", "GetFunction", "GetFunctionConfiguration"),
    *("UpdateFunctionCode", "UpdateFunctionConfiguration", "TagResource", "UntagResource"),
)
RENAMED = (
    Renamed("s3", S3, _bucket_names()),
    Renamed(
        "s3control",
        S3,
        _bucket_names()
        | {f"{verb}PublicAccessBlock": f"{verb}AccountPublicAccessBlock" for verb in ("Get", "Put", "Delete")},
    ),
)
MORE = (
    More("s3", S3, "GetBucketObjectLockConfiguration PutBucketObjectLockConfiguration"),
    More(
        "signin",
        f"{TRAIL}/cloudtrail-event-reference-aws-console-sign-in-events.html",
        """ConsoleLogin CheckMfa SwitchRole ExitRole RenewRole GetSigninToken PasswordRecoveryRequested
        PasswordRecoveryCompleted PasswordUpdated""",
    ),
    More(
        "signin",
        f"{DOCS}/singlesignon/latest/userguide/understanding-sign-in-events.html",
        "CredentialChallenge CredentialVerification UserAuthentication",
    ),
    More(
        "sso",
        IDENTITY_CENTER,
        """AssociateDirectory AssociateProfile Authenticate CreateApplicationInstance
        CreateApplicationInstanceCertificate CreateProfile DeleteApplicationInstance
        DeleteApplicationInstanceCertificate DeletePermissionsPolicy DeleteProfile DescribePermissionsPolicies
        DisassociateDirectory DisassociateProfile Federate GetApplicationInstance GetApplicationTemplate
        GetMfaDeviceManagementForDirectory GetPermissionSet GetSSOStatus
        ImportApplicationInstanceServiceProviderMetadata ListApplicationInstanceCertificates
        ListApplicationInstances ListApplicationTemplates ListDirectoryAssociations ListProfileAssociations
        ListProfiles PutMfaDeviceManagementForDirectory PutPermissionsPolicy StartSSO
        UpdateApplicationInstanceActiveCertificate UpdateApplicationInstanceDisplayData
        UpdateApplicationInstanceResponseConfiguration UpdateApplicationInstanceResponseSchemaConfiguration
        UpdateApplicationInstanceSecurityConfiguration UpdateApplicationInstanceServiceProviderConfiguration
        UpdateApplicationInstanceStatus UpdateDirectoryAssociation UpdateProfile""",
    ),
    More(
        "sso",
        f"{DOCS}/service-authorization/latest/reference/list_awsiamidentitycentersuccessortoawssinglesign-on.html",
        "UpdateSsoConfiguration",
    ),
    More(
        "sso-directory",
        IDENTITY_CENTER,
        """AddMemberToGroup CompleteVirtualMfaDeviceRegistration CompleteWebAuthnDeviceRegistration CreateAlias
        CreateExternalIdPConfigurationForDirectory DeleteExternalIdPConfigurationForDirectory
        DeleteMfaDeviceForUser DescribeDirectory DescribeGroups DescribeUsers
        DisableExternalIdPConfigurationForDirectory DisableUser EnableExternalIdPConfigurationForDirectory
        EnableUser GetAWSSPConfigurationForDirectory ListExternalIdPConfigurationsForDirectory ListGroupsForUser
        ListMembersInGroup ListMfaDevicesForUser PutMfaDeviceManagementForDirectory RemoveMemberFromGroup
        SearchGroups SearchUsers StartVirtualMfaDeviceRegistration StartWebAuthnDeviceRegistration
        UpdateExternalIdPConfigurationForDirectory UpdateMfaDeviceForUser UpdatePassword VerifyEmail""",
    ),
    More(
        "kms",
        f"{DOCS}/kms/latest/developerguide/logging-using-cloudtrail.html",
        "DeleteKey RotateKey SynchronizeMultiRegionKey",
    ),
    More(
        "secretsmanager",
        f"{DOCS}/secretsmanager/latest/userguide/cloudtrail_log_entries.html",
        """StartSecretVersionDelete CancelSecretVersionDelete EndSecretVersionDelete RotationStarted
        RotationSucceeded RotationFailed RotationAbandoned""",
    ),
    More(
        "ec2",
        f"{DOCS}/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html",
        "SharedSnapshotVolumeCreated SharedSnapshotCopyInitiated",
    ),
    More(
        "cloudshell",
        f"{DOCS}/cloudshell/latest/userguide/logging-and-monitoring.html",
        """CreateEnvironment CreateSession DeleteEnvironment GetEnvironmentStatus GetFileDownloadUrls
        GetFileUploadUrls PutCredentials RedeemCode SendHeartBeat StartEnvironment StopEnvironment""",
    ),
    More(
        "ssm",
        f"{DOCS}/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html",
        "ListInstanceAssociations UpdateInstanceAssociationStatus UpdateInstanceInformation",
    ),
    More(
        "organizations",
        f"{DOCS}/organizations/latest/userguide/orgs_cloudtrail-integration.html",
        "CreateAccountResult",
    ),
)
