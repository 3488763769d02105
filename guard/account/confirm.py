"""Confirms e-mail subscriptions signed, so that only the topic's owner can cancel them.

https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError, ClientError

from guard.account.connect import fault
from guard.errors import Fault, FaultsError

REFUSALS = {
    "InvalidParameter": "the token is another topic's, was used, or has lapsed: AWS keeps it for 48 hours; deploy "
    "the stack again (pulumi up --refresh) to have a new mail sent",
    "NotFound": "there is no such topic: the mail may be of a stack that is gone, or of account {account}, and these "
    "credentials another's",
    "AuthorizationError": "these credentials may not confirm: they need sns:ConfirmSubscription on the topic, which "
    "is account {account}'s",
}
WRAPPED = 3  # how often an address is encoded in another's, where mail gateways rewrite links
HOST = re.compile(r"sns\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/")
TOPIC = re.compile(r"[?&]topicarn=(arn:[^&#?]+)", re.IGNORECASE)
TOKEN = re.compile(r"[?&]token=([0-9a-z]+)", re.IGNORECASE)
ARN = re.compile(r"arn:(aws[a-z-]*):sns:([a-z0-9-]+):(\d{12}):([\w-]{1,256})")
BARE = re.compile(r"[0-9A-Za-z]+")
WHOLE = "paste the whole address of the mail, in quotes"


class ConfirmError(FaultsError):
    """A subscription that could not be confirmed."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the mail holds: the token, and the topic's ARN."""

    token: str
    topic: str

    @property
    def region(self) -> str:
        """The topic's region."""
        return self.topic.split(":")[3]


def invitation(text: str, topic: str = "") -> Invitation:
    """Of the address in the mail (broken into lines, escaped as HTML or wrapped in a mail gateway's address as it
    may be), or of a bare token with its topic. Raises ConfirmError.
    """
    plain = _plain(text)
    token, named, host = TOKEN.search(plain), TOPIC.search(plain), HOST.search(plain)
    if not token and not BARE.fullmatch(plain):
        raise ConfirmError([Fault("confirm", "no token in what was given", WHOLE)])
    arn = named[1] if named else topic
    if not arn:
        raise ConfirmError([Fault("confirm", "the topic is not known", f"{WHOLE}, or name its ARN with --topic")])
    if not ARN.fullmatch(arn):
        raise ConfirmError([Fault("confirm", f"'{arn}' is no topic's ARN", WHOLE)])
    if topic and topic != arn:
        raise ConfirmError([Fault("--topic", f"the address is of {arn}", "leave --topic out, or name that one")])
    found = Invitation(token[1] if token else plain, arn)
    if host and host[1] != found.region:
        what = f"the address leads to {host[1]}, and its topic is in {found.region}"
        raise ConfirmError([Fault("confirm", what, "it is no address of SNS's own: look who sent the mail")])
    return found


def _plain(text: str) -> str:
    """The address as SNS wrote it: without the breaks, escapes and wrapping of mail programs."""
    found = html.unescape("".join(text.split())).strip("<>\"'")
    for _ in range(WRAPPED):
        if TOKEN.search(found) and TOPIC.search(found):
            break
        found = unquote(found)
    return found


def check_topic(wanted: Invitation, names: Sequence[str]) -> None:
    """That the topic's name is one of these. Raises ConfirmError."""
    if wanted.topic.rsplit(":", 1)[-1] not in names:
        what = f"is none of the stack's topics ({', '.join(names)})"
        fix = "name the stack with --stack; whoever means this topic all the same repeats its ARN with --topic"
        raise ConfirmError([Fault(wanted.topic, what, fix)])


def confirm(sns: Any, wanted: Invitation) -> str:
    """Confirm, signed; the subscription's ARN. Raises ConfirmError."""
    try:
        answer = sns.confirm_subscription(TopicArn=wanted.topic, Token=wanted.token, AuthenticateOnUnsubscribe="true")
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code not in REFUSALS:
            raise ConfirmError([fault(error)]) from None
        fix = REFUSALS[code].format(account=wanted.topic.split(":")[4])
        raise ConfirmError([Fault(wanted.topic, f"SNS refused ({code})", fix)]) from None
    except BotoCoreError as error:
        raise ConfirmError([fault(error)]) from None
    return str(answer["SubscriptionArn"])
