"""The organization, where the stack's trail is an organization's."""

from guard.account.account import Account


def organization(account: Account) -> str:
    """Its id (`o-...`), "" where the trail is one account's. Raises ClientError."""
    if not account.settings.organization:
        return ""
    read = account.client("organizations").describe_organization
    return account.once("organization", lambda: str(read()["Organization"]["Id"]))
