"""Lists of accounts for the tests."""

from pathlib import Path

from guard.fleet import accounts, stacks

ROOT = Path(__file__).parents[2]
THREE = """
- {account: "111122223333", region: eu-west-1, role: guard-deploy}
- {account: "012345678901", region: eu-west-1, role: guard-deploy, wave: 2}
- account: "444455556666"
  region: cn-north-1
  stack: china
  config:
    emails: [cn@example.com]
    account-guard:retentionDays: 90
"""


def written(folder: Path, text: str = THREE) -> Path:
    """The list in a file of the folder."""
    path = folder / "accounts.yaml"
    path.write_text(text)
    return path


def fleet(folder: Path, text: str = THREE, base: str = "dev", root: Path = ROOT) -> stacks.Fleet:
    """The list's fleet, over a stack of the project in `root`."""
    return stacks.make(accounts.read(written(folder, text)), stacks.read_base(root, base), root)
