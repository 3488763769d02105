"""Whose account is it? A session with the credentials of the shell, and the place they lead to."""

from collections.abc import Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from guard.account.account import Account
from guard.account.pace import Pace
from guard.errors import Fault, FaultsError
from guard.names import Where
from guard.rules.arns import check_region
from guard.settings import Settings

SIGN_IN = "sign in again (aws sso login, aws login, or new keys), then look: aws sts get-caller-identity"
# of botocore's errors and AWS's codes: what is wrong, what to do
ADVICE: Mapping[str, tuple[str, str]] = {
    "NoCredentialsError": ("no AWS credentials", "sign in (aws configure, aws sso login), or name --profile"),
    "PartialCredentialsError": ("half of AWS credentials", "set key id and secret both"),
    "ProfileNotFound": ("no such AWS profile", "aws configure list-profiles shows those there are"),
    "EndpointConnectionError": ("AWS cannot be reached", "look at the region's name, the network and the proxy"),
    "SSLError": ("AWS's certificate is not trusted", "a proxy that opens TLS needs its own named: AWS_CA_BUNDLE"),
    "ConnectTimeoutError": ("AWS cannot be reached", "look at the network and the proxy"),
    "ProxyConnectionError": ("the proxy cannot be reached", "look at HTTPS_PROXY"),
    "InvalidRegionError": ("no such region", "write one such as eu-west-1"),
    "Unknown": ("what answered is not AWS", "look at the proxy, the network's own sign-in page, and AWS_ENDPOINT_URL"),
    "SSOTokenLoadError": ("nobody is signed in", SIGN_IN),
    "UnauthorizedSSOTokenError": ("the sign-in has lapsed", SIGN_IN),
    "TokenRetrievalError": ("the sign-in has lapsed", SIGN_IN),
    "LoginRefreshRequired": ("the sign-in has lapsed", SIGN_IN),
    "LoginTokenLoadError": ("nobody is signed in", SIGN_IN),
    "CredentialRetrievalError": ("the credentials cannot be had", "look at the profile: aws configure list"),
    "ExpiredToken": ("the credentials have lapsed", SIGN_IN),
    "ExpiredTokenException": ("the credentials have lapsed", SIGN_IN),
    "InvalidClientTokenId": (
        "AWS does not know these credentials",
        "look: aws configure list; or the account has not enabled the region",
    ),
    "SignatureDoesNotMatch": ("the secret key is another key's", "look: aws configure list"),
}

RETRIES: Any = {"mode": "adaptive", "max_attempts": 8}  # it slows down where AWS throttles
FIRST = Config(retries={"mode": "standard", "max_attempts": 2})  # who is not there at the first call is not there


class AccountError(FaultsError):
    """An account that cannot be reached with what is there."""


def session(region: str = "", profile: str | None = None, credentials: Mapping[str, str] | None = None) -> Any:
    """A boto3 session that keeps to AWS's rates and gives up soon where nobody answers; `credentials` as STS gives
    them. Raises AccountError.
    """
    import boto3
    import botocore.session

    try:
        core = botocore.session.Session(profile=profile)
        if credentials:
            core.set_credentials(*(credentials[key] for key in ("AccessKeyId", "SecretAccessKey", "SessionToken")))
        core.register("before-call", Pace())
        core.set_default_client_config(Config(connect_timeout=10, read_timeout=30, retries=RETRIES))
        return boto3.Session(botocore_session=core, region_name=region or None)
    except BotoCoreError as error:
        raise AccountError([fault(error)]) from None


def connect(settings: Settings, region: str = "", profile: str | None = None) -> Account:
    """The account that the shell's credentials (or the profile's) lead to, in `region`, the settings' own or the
    shell's. Raises AccountError.
    """
    if region and (faults := [*check_region("--region", region)]):
        raise AccountError(faults)
    aws = session(region or settings.region, profile or settings.profile or None)
    if not aws.region_name:
        raise AccountError([Fault("aws:region", "is not set", "set it, or name --region")])
    here = where(aws)
    if settings.accounts and here.account not in settings.accounts:
        what = f"these credentials are of account {here.account}, and the stack allows {', '.join(settings.accounts)}"
        raise AccountError([Fault("aws:allowedAccountIds", what, "take other credentials: --profile")])
    return Account(settings, here, aws.client)


def where(aws: Any) -> Where:
    """The account that a session's credentials lead to, in its region. Raises AccountError."""
    try:
        caller = aws.client("sts", config=FIRST).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise AccountError([fault(error)]) from None
    except (KeyError, ResponseParserError):  # botocore's parser met a page of HTML
        raise AccountError([Fault("aws", *ADVICE["Unknown"])]) from None
    return Where(caller["Arn"].split(":")[1], aws.region_name, caller["Account"])


def fault(error: BotoCoreError | ClientError) -> Fault:
    """What a failed call says of credentials, region or network."""
    if isinstance(error, ClientError):
        name, other = error.response.get("Error", {}).get("Code", "Unknown"), "AWS refused"
    else:
        name, other = type(error).__name__, "AWS could not be asked"
    what, fix = ADVICE.get(name, (other, "look: aws sts get-caller-identity"))
    return Fault("aws", f"{what} ({error})", fix)
