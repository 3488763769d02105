"""A grant: operations on a kind of resource, where a stack's settings want them; and policies made of grants."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from guard.grants.actions import action
from guard.grants.place import Place, functions
from guard.policies import Document, document
from guard.rules.model import EMPTY

WHEN: Mapping[str, Callable[[Place], bool]] = {
    "always": lambda _: True,
    "a trail": lambda place: not place.settings.trail.log_group,
    "own trail": lambda place: not place.settings.trail,
    "their trail": lambda place: bool(place.settings.trail),
    "own bucket": lambda place: not place.settings.trail and not place.settings.bucket,
    "access logs": lambda place: WHEN["own bucket"](place) and place.settings.access_logs,
    "lock": lambda place: WHEN["own bucket"](place) and place.settings.object_lock is not None,
    "keys": lambda place: place.settings.encryption or bool(place.settings.key or place.settings.topic),
    "own keys": lambda place: place.settings.encryption,
    "boundary": lambda place: WHEN["own trail"](place) and bool(place.settings.permissions_boundary),
    "insights": lambda place: WHEN["own trail"](place) and place.settings.insights,
    "organization": lambda place: WHEN["own trail"](place) and place.settings.organization,
    "shared trail": lambda place: WHEN["a trail"](place) and place.settings.organization,
    "functions": lambda place: bool(functions(place)),
    "dashboard": lambda place: place.settings.dashboard,
}


@dataclass(frozen=True, slots=True)
class Grant:
    """`operations` (as botocore names them) of a service on a kind of resource, of KINDS; `when`, of WHEN;
    `condition`, a policy's, whose texts may hold `{region}`.
    """

    on: str
    service: str
    operations: tuple[str, ...]
    when: str = "always"
    condition: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

    def actions(self) -> list[str]:
        """The IAM actions."""
        return sorted({action(self.service, one) for one in self.operations} - {""})


def policy(place: Place, grants: Iterable[Grant]) -> Document:
    """The identity policy of those of the grants that the stack's settings want: a statement for each service
    and kind of resource.
    """
    merged: dict[tuple[str, str, str], set[str]] = {}
    conditions: dict[str, Mapping[str, Any]] = {}
    for grant in grants:
        if WHEN[grant.when](place) and grant.actions():
            marked = str(sorted(grant.condition.items()))
            conditions[marked] = grant.condition
            merged.setdefault((grant.service, grant.on, marked), set()).update(grant.actions())
    return document(*_statements(place, merged, conditions))


def _statements(
    place: Place, merged: Mapping[tuple[str, str, str], set[str]], conditions: Mapping[str, Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    for (service, on, marked), actions in merged.items():
        sid = f"{service} {on}{' if' if conditions[marked] else ''}".title().replace(" ", "")
        found: dict[str, Any] = {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": place.arns(on)}
        if conditions[marked]:
            found["Condition"] = _filled(conditions[marked], place.where.region)
        yield found


def _filled(value: Any, region: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(one, region) for key, one in value.items()}
    return value.format(region=region) if isinstance(value, str) else value
