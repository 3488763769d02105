"""The schema that other languages' SDKs are made from, `schema.json`, without the version.

`python -m tests.plugin.schema` writes it anew, after an argument came or went on purpose.
"""

import json
from pathlib import Path
from typing import Any

from guard.component.host import Host

GOLDEN = Path(__file__).with_name("schema.json")


def schema() -> dict[str, Any]:
    """The schema that the host gives, made in this process."""
    found: dict[str, Any] = json.loads(Host().schema or "{}")
    del found["version"]
    return found


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(schema(), indent=1) + "\n")
