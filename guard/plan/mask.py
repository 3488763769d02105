"""Addresses and secrets as they may stand in public."""

from collections.abc import Iterable
from dataclasses import replace

from guard.plan.changes import Change
from guard.plan.model import Plan
from guard.settings import UNREAD


def shown(plan: Plan, *, masked: bool) -> Plan:
    """The plan as a reader may see it: `[secret]` for what is not known, `a***@example.com` where masked."""
    form = _mask if masked else _known
    return replace(plan, topics={name: tuple(map(form, found)) for name, found in plan.topics.items()})


def changed(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes with every address masked."""
    return tuple(replace(one, name=_mask(one.name)) if one.subject == "recipient" else one for one in changes)


def _known(address: str) -> str:
    return "[secret]" if address.endswith(UNREAD) else address


def _mask(address: str) -> str:
    name, at, domain = _known(address).rpartition("@")
    return f"{name[:1]}***@{domain}" if at else domain
