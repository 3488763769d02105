"""Everybody who is to be mailed: subscribed, and confirmed so that nobody else can cancel it."""

from collections.abc import Iterator, Mapping

from guard.account.account import Account
from guard.account.confirm import Recipient, status
from guard.account.findings import DEPLOY, Finding, Status

CHECK = "recipients"
ADVICE: Mapping[str, tuple[Status, str, str]] = {
    "confirmed": ("PASS", "", ""),
    "pending": ("FAIL", "nobody confirmed: this address gets no mail", "confirm from the mail, within 48 hours"),
    "gone": ("FAIL", "this address gets no mail", DEPLOY),
    "unsigned": (
        "WARN",
        "whoever has a mail's link can cancel it, scanners too",
        "subscribe again, then guard confirm",
    ),
}


def listed(account: Account) -> Iterator[Recipient]:
    """Whoever is to be mailed through the stack's own topics, or is mailed. Raises ClientError."""
    arns = account.topic_arns()
    topics = {arns[route]: [str(one) for one in emails] for route, emails in account.settings.routes.items()}
    return status(account.client("sns"), topics)


def check(account: Account) -> Iterator[Finding]:
    """The findings."""
    for one in listed(account):
        verdict, why, fix = ADVICE[one.state]
        yield Finding(CHECK, f"{one.address} ({one.topic.rsplit(':', 1)[-1]})", verdict, one.state, why, fix)
