"""The evaluator answers as IAM's documentation says."""

from typing import Any

import pytest

from guard.access import PolicyError, Request, allowed, decide

TRAIL = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/t"
BUCKET = "arn:aws:s3:::b"
CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}


def statement(effect: str = "Allow", **parts: Any) -> dict[str, Any]:
    """A policy of one statement."""
    return {"Statement": [{"Effect": effect, "Action": "*", "Resource": "*", **parts}]}


def put(context: dict[str, Any] | None = None, resource: str = f"{BUCKET}/AWSLogs/x") -> Request:
    """CloudTrail writes an object."""
    return Request(CLOUDTRAIL, "s3:PutObject", resource, context or {})


def test_nothing_said_is_an_implicit_deny() -> None:
    """No statement, or one about something else, allows nothing."""
    assert decide([], put()) == "implicit"
    assert decide([statement(Action="s3:GetObject")], put()) == "implicit"


def test_a_deny_wins() -> None:
    """A deny in any document beats an allow in another."""
    assert decide([statement(), statement("Deny", Action="s3:Put*")], put()) == "deny"


@pytest.mark.parametrize(
    ("principal", "who", "holds"),
    [
        ("*", CLOUDTRAIL, True),
        ({"AWS": "*"}, {"AWS": "arn:aws:iam::1:user/a"}, True),
        ({"AWS": "*"}, CLOUDTRAIL, True),
        ({"Service": ["sns.amazonaws.com", "cloudtrail.amazonaws.com"]}, CLOUDTRAIL, True),
        ({"Service": "sns.amazonaws.com"}, CLOUDTRAIL, False),
        ({"AWS": "arn:aws:iam::123456789012:root"}, {"AWS": "arn:aws:iam::123456789012:role/r"}, True),
        ({"AWS": "123456789012"}, {"AWS": "arn:aws:iam::123456789012:role/r"}, True),
        ({"AWS": "123456789012"}, {"AWS": "arn:aws:iam::210987654321:role/r"}, False),
        ({"AWS": "arn:aws:iam::1:role/r"}, {"AWS": "arn:aws:iam::1:role/s"}, False),
    ],
)
def test_principals(principal: Any, who: dict[str, str], holds: bool) -> None:
    """A principal is everybody, a service, an account or an identity."""
    assert allowed([statement(Principal=principal)], Request(who, "s3:PutObject", BUCKET)) is holds


@pytest.mark.parametrize(
    ("parts", "holds"),
    [
        ({"Action": "S3:putobject"}, True),
        ({"Action": ["s3:Get*", "s3:P?tObject"]}, True),
        ({"NotAction": "s3:PutObject", "Action": None}, False),
        ({"Resource": f"{BUCKET}/AWSLogs/*"}, True),
        ({"Resource": f"{BUCKET}/AWSLogs"}, False),
        ({"Resource": "arn:aws:s3:*"}, False),
        ({"Resource": f"{BUCKET}/[A]*"}, False),
        ({"NotResource": "arn:aws:s3:::other/*", "Resource": None}, True),
        ({"Resource": "arn:aws:s3:::${aws:SourceAccount}/*"}, False),
        ({"NotPrincipal": CLOUDTRAIL}, False),
    ],
)
def test_actions_and_resources(parts: dict[str, Any], holds: bool) -> None:
    """An action's case does not count, a resource's does; wildcards keep to their part of an ARN."""
    policy = statement(**parts)
    policy["Statement"][0] = {key: value for key, value in policy["Statement"][0].items() if value is not None}
    assert allowed([policy], put()) is holds


CONTEXT = {
    "aws:SourceArn": TRAIL,
    "aws:SecureTransport": "true",
    "s3:TlsVersion": "1.3",
    "aws:SourceIp": "10.1.2.3",
    "aws:TagKeys": ("a", "b"),
    "aws:CurrentTime": "2026-01-01T00:00:00Z",
    "aws:Who": "me",
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"StringEquals": {"AWS:sourcearn": TRAIL}}, True),
        ({"StringEquals": {"aws:SourceArn": TRAIL.upper()}}, False),
        ({"StringEqualsIgnoreCase": {"aws:SourceArn": TRAIL.upper()}}, True),
        ({"StringEquals": {"aws:SourceArn": ["x", TRAIL]}}, True),
        ({"StringNotEquals": {"aws:SourceArn": ["x", TRAIL]}}, False),
        ({"StringEquals": {"aws:Missing": "x"}}, False),
        ({"StringNotEquals": {"aws:Missing": "x"}}, True),
        ({"StringEqualsIfExists": {"aws:Missing": "x"}}, True),
        ({"StringLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:111122223333:trail/*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:111122223333:trail/*"}}, True),
        ({"ArnEquals": {"aws:SourceArn": "arn:aws:cloudtrail:*"}}, False),
        ({"ArnNotLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:111122223333:trail/*"}}, False),
        ({"Bool": {"aws:SecureTransport": False}}, False),
        ({"Bool": {"aws:SecureTransport": "True"}}, True),
        ({"Null": {"aws:Missing": True}}, True),
        ({"Null": {"aws:SourceArn": "true"}}, False),
        ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, False),
        ({"NumericGreaterThanEquals": {"s3:TlsVersion": 1.3}}, True),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, True),
        ({"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}}, True),
        ({"DateLessThan": {"aws:CurrentTime": "2026-06-30T00:00:00Z"}}, True),
        ({"DateGreaterThan": {"aws:CurrentTime": "1893456000"}}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c"]}}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}, False),
        ({"ForAllValues:StringEquals": {"aws:Missing": ["a"]}}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["b"]}}, True),
        ({"StringEquals": {"aws:Who": "${aws:Who}"}}, True),
        ({"StringLike": {"aws:Who": "${*}e"}}, False),
        ({"StringEquals": {"aws:Who": "me"}, "Bool": {"aws:SecureTransport": "false"}}, False),
    ],
)
def test_conditions(condition: dict[str, Any], holds: bool) -> None:
    """Lines of a block are ANDed, values ORed; a missing key fails a test and passes its negation."""
    assert allowed([statement(Condition=condition)], put(CONTEXT)) is holds


@pytest.mark.parametrize("parts", [{"Condition": {"StringIs": {"a": "b"}}}, {"Principal": "cloudtrail.amazonaws.com"}])
def test_what_aws_would_refuse_is_an_error(parts: dict[str, Any]) -> None:
    """An operator or a principal that does not exist is named."""
    with pytest.raises(PolicyError):
        decide([statement(**parts)], put())
