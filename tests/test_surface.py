"""What users build on does not go away unnoticed."""

import json
from pathlib import Path

from tests.surface import GOLDEN, removed, surface


def test_nothing_that_users_build_on_goes(tmp_path: Path) -> None:
    """Each flag, config key, JSON field, export, name and rule of the last snapshot is still there as it was.

    A new one is fine. Where one goes on purpose: say so first in the changelog (docs/releases.md), then
    `make surface`.
    """
    assert removed(json.loads(GOLDEN.read_text()), surface(tmp_path)) == []


def test_what_goes_is_named() -> None:
    """A changed line is a removed one; a new one is none."""
    assert removed({"config": ["emails: array", "key: string"]}, {"config": ["emails: string", "more: array"]}) == [
        "config: emails: array",
        "config: key: string",
    ]
