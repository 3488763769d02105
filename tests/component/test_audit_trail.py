"""The trail: what it records, what it waits for, and what its parts allow."""

from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.mocks import MockCallArgs

from guard import program
from guard.names import Where
from guard.program import Mocks
from tests.component.rendered import REGION, guarded, of, one, policy


def test_the_trail_waits_for_policies_key_and_role(tmp_path: Path) -> None:
    """Names draw no edge to policies, so the edges are explicit."""
    deployed = guarded(tmp_path)
    waits = {urn.split("::")[2].split("$")[-1] for urn in one(deployed, "Trail").depends_on}
    assert {
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:kms/key:Key",
        "aws:iam/rolePolicy:RolePolicy",
    } <= waits


def test_no_policy_waits_for_the_trail(tmp_path: Path) -> None:
    """Else they would wait for each other: policies name the trail's ARN, made of its name."""
    deployed = guarded(tmp_path)
    trail = one(deployed, "Trail").urn
    assert not [it.name for it in deployed.resources if trail in it.depends_on and "olicy" in it.type]


def test_the_trail_records_everything(tmp_path: Path) -> None:
    """Multi-region, global services, validation, logging, and no selector: that is all management events. The
    provider reads a selector of just these back as none, so one in the program would differ at every deployment.
    """
    inputs = one(guarded(tmp_path), "Trail").inputs
    wanted = ("isMultiRegionTrail", "includeGlobalServiceEvents", "enableLogFileValidation", "enableLogging")
    assert all(inputs[key] is True for key in wanted)
    assert "eventSelectors" not in inputs
    assert inputs["cloudWatchLogsGroupArn"].endswith(":*")
    assert "insightSelectors" not in inputs


def test_data_events_and_insights_on_demand(tmp_path: Path) -> None:
    """They cost, so they are off until asked for; the ARNs are the partition's."""
    inputs = one(guarded(tmp_path, "cn-north-1", data_events=True, insights=True), "Trail").inputs
    (selector,) = inputs["eventSelectors"]
    assert (selector["readWriteType"], selector["includeManagementEvents"]) == ("All", True)
    assert selector["dataResources"] == [
        {"type": "AWS::S3::Object", "values": ["arn:aws-cn:s3"]},
        {"type": "AWS::Lambda::Function", "values": ["arn:aws-cn:lambda"]},
    ]
    assert len(inputs["insightSelectors"]) == 2


def test_the_roles_right_is_the_stream_alone(tmp_path: Path) -> None:
    """CreateLogStream and PutLogEvents on the streams that CloudTrail names."""
    deployed = guarded(tmp_path)
    statement = policy(one(deployed, "RolePolicy"))["Statement"][0]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == [
        "arn:aws:logs:eu-west-1:123456789012:log-group:/guard/cloudtrail:log-stream:123456789012_CloudTrail_eu-west-1*"
    ]
    assert one(deployed, "Role").inputs["namePrefix"] == "CloudTrail_CloudWatchLogs_"


def test_the_log_keys_policy_begins_with_the_root(tmp_path: Path) -> None:
    """So that nobody is locked out; the key rotates, and takes 30 days to die."""
    key = one(guarded(tmp_path), "Key", "guard-log-key")
    first = policy(key)["Statement"][0]
    assert first["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert first["Action"] == "kms:*"
    assert key.inputs["enableKeyRotation"] is True
    assert key.inputs["deletionWindowInDays"] == 30


@pytest.mark.parametrize(
    ("args", "gone"),
    [
        ({"encryption": False}, "Key"),
        ({"access_logs": False}, "BucketLogging"),
        ({"dashboard": False}, "Dashboard"),
    ],
)
def test_what_can_be_left_out(tmp_path: Path, args: dict[str, Any], gone: str) -> None:
    """Keys, access logs and the dashboard are on unless switched off."""
    assert of(guarded(tmp_path), gone)
    assert not of(guarded(tmp_path, **args), gone)


def test_expiry_is_off_until_asked_for(tmp_path: Path) -> None:
    """ArchiveDays expires current and older versions; broken uploads always go; no storage class changes."""

    def rules(**args: Any) -> dict[str, Any]:
        found = one(guarded(tmp_path, **args), "BucketLifecycleConfiguration", "guard-logs-lifecycle")
        return {rule["id"]: rule for rule in found.inputs["rules"]}

    assert set(rules()) == {"abort-uploads"}
    expire = rules(archive_days=400)["expire"]
    assert expire["expiration"] == {"days": 400}
    assert expire["noncurrentVersionExpiration"] == {"noncurrentDays": 400}
    assert "transitions" not in expire


def test_no_bucket_takes_others_keys(tmp_path: Path) -> None:
    """What somebody encrypts with a key of their own (SSE-C), nobody else could read."""
    found = of(guarded(tmp_path), "BucketServerSideEncryptionConfiguration")
    blocked = {one.name: one.inputs["rules"][0]["blockedEncryptionTypes"] for one in found}
    assert blocked == {"guard-logs-encryption": ["SSE-C"], "guard-access-logs-encryption": ["SSE-C"]}


def test_both_buckets_keep_versions(tmp_path: Path) -> None:
    """What is overwritten or deleted in them can be brought back, until the lifecycle takes it."""
    found = of(guarded(tmp_path), "BucketVersioning")
    enabled = {one.name for one in found if one.inputs["versioningConfiguration"]["status"] == "Enabled"}
    assert enabled == {"guard-logs-versioning", "guard-access-logs-versioning"}


def test_a_lock_leaves_the_bucket_as_it_is(tmp_path: Path) -> None:
    """It is a resource of its own, once versions are on: the bucket's inputs do not differ, so nothing replaces it."""
    plain = guarded(tmp_path)
    locked = guarded(tmp_path, object_lock={"mode": "GOVERNANCE", "days": 30})
    assert one(locked, "Bucket", "guard-logs").inputs == one(plain, "Bucket", "guard-logs").inputs
    lock = one(locked, "BucketObjectLockConfiguration")
    assert lock.inputs["rule"] == {"defaultRetention": {"mode": "GOVERNANCE", "days": 30}}
    assert one(locked, "BucketVersioning", "guard-logs-versioning").urn in lock.depends_on


def test_what_holds_data_is_protected(tmp_path: Path) -> None:
    """Buckets with all their settings, the log's key and the log group, unless protect is off."""
    lock = {"mode": "GOVERNANCE", "days": 30}
    deployed = guarded(tmp_path, object_lock=lock).resources
    buckets = {it.name for it in deployed if it.type.startswith("aws:s3/")}
    assert {"guard-logs", "guard-access-logs", "guard-logs-public-access", "guard-logs-lock"} <= buckets
    assert {it.name for it in deployed if it.protect} == {*buckets, "guard-log-key", "guard-events"}
    assert not [it.name for it in guarded(tmp_path, object_lock=lock, protect=False).resources if it.protect]


def test_an_organisations_trail(tmp_path: Path) -> None:
    """Bucket and role let the organisation's prefix and streams in too."""
    deployed = guarded(tmp_path, organization=True)
    assert one(deployed, "Trail").inputs["isOrganizationTrail"] is True
    write = next(
        it
        for it in policy(one(deployed, "BucketPolicy", "guard-logs-policy"))["Statement"]
        if it["Sid"] == "CloudTrailWrite"
    )
    assert [arn.split("/")[-2] for arn in write["Resource"]] == ["123456789012", "o-exampleorgid"]
    streams = policy(one(deployed, "RolePolicy"))["Statement"][0]["Resource"]
    assert streams[1].endswith(":log-stream:o-exampleorgid_*")


class OfAMember(Mocks):
    """AWS as the delegated administrator of an organisation sees it."""

    def call(self, args: MockCallArgs) -> Any:
        """The management account is another."""
        found = super().call(args)
        return {**found, "masterAccountId": "999999999999"} if "masterAccountId" in found else found


def test_a_delegated_administrators_trail_is_the_management_accounts(tmp_path: Path) -> None:
    """Bucket and key let in the ARN of the trail that the management account owns; all else is this account's."""
    (tmp_path / "__main__.py").write_text(
        "from guard import AccountGuard\n"
        "AccountGuard('guard', {'emails': ['a@example.com'], 'packs': ['essentials'], 'organization': True})\n"
    )
    mocks = OfAMember(Where("aws", REGION, program.ACCOUNT))
    deployed = program.run(tmp_path, "dev", mocks=mocks, config={"aws:region": REGION})
    trail = "arn:aws:cloudtrail:eu-west-1:999999999999:trail/guard"
    check, write = policy(one(deployed, "BucketPolicy", "guard-logs-policy"))["Statement"][-2:]
    assert check["Condition"]["StringEquals"] == {"aws:SourceArn": trail}
    assert [arn.split("/")[-2] for arn in write["Resource"]] == ["999999999999", "o-exampleorgid"]
    root, encrypt, *_ = policy(one(deployed, "Key", "guard-log-key"))["Statement"]
    assert root["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert encrypt["Condition"] == {
        "StringEquals": {"aws:SourceArn": trail},
        "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:999999999999:trail/*"},
    }
    streams = policy(one(deployed, "RolePolicy"))["Statement"][0]["Resource"]
    assert {arn.split(":")[4] for arn in streams} == {"123456789012"}


def test_mails_of_an_organisation_say_how_to_tell_the_account(tmp_path: Path) -> None:
    """CloudWatch names the account of the alarm; every rule's mail says where to read the one that acted."""
    texts = [
        it.inputs["alarmDescription"]
        for it in of(guarded(tmp_path, organization=True, packs=["essentials", "cis"]), "MetricAlarm")
        if it.inputs.get("namespace", "").startswith("AccountGuard/")
    ]
    assert texts
    assert all("where_from" in text and len(text) <= 1024 for text in texts)
    assert not [it for it in of(guarded(tmp_path), "MetricAlarm") if "where_from" in it.inputs["alarmDescription"]]


def test_a_bucket_of_another_name(tmp_path: Path) -> None:
    """BucketName names it, and nothing is generated; the one of its access logs is generated still."""
    deployed = guarded(tmp_path, bucket_name="theirs")
    found = {it.name: it.inputs for it in of(deployed, "Bucket")}
    assert found["guard-logs"].get("bucket") == "theirs"
    assert "bucketPrefix" not in found["guard-logs"]
    assert "bucketPrefix" in found["guard-access-logs"]


def test_a_trail_of_another_name(tmp_path: Path) -> None:
    """TrailName names the trail, and the ARN in every policy; nothing else changes its name."""
    deployed = guarded(tmp_path, trail_name="theirs.trail")
    assert one(deployed, "Trail").inputs["name"] == "theirs.trail"
    assert one(deployed, "LogGroup").inputs["name"] == "/guard/cloudtrail"
    named = [it for it in deployed.resources if ":trail/" in str(it.inputs.get("policy"))]
    assert len(named) == 2
    assert all(":trail/theirs.trail" in it.inputs["policy"] for it in named)


def test_boundary_path_and_tags(tmp_path: Path) -> None:
    """A platform team's rules for roles, and tags on all that takes them."""
    deployed = guarded(
        tmp_path,
        permissions_boundary="arn:aws:iam::123456789012:policy/b",
        role_path="/security/",
        tags={"owner": "security"},
    )
    role = one(deployed, "Role").inputs
    assert (role["permissionsBoundary"], role["path"]) == ("arn:aws:iam::123456789012:policy/b", "/security/")
    takes = {"Trail", "LogGroup", "Role", "Key", "Bucket", "Topic", "MetricAlarm"}
    tagged = {it.type.rsplit(":", 1)[-1] for it in deployed.resources if it.inputs.get("tags") == {"owner": "security"}}
    assert tagged == takes
