"""A stack's program that goes wrong: told by its place, without a traceback."""

from pathlib import Path

import pytest

from guard import program
from guard.component import account_guard
from guard.errors import ConfigError

GUARDED = "from guard.component import AccountGuard\nAccountGuard('x', {'emails': ['a@example.com']})"
APPLIED = """import pulumi
def late(_):
    raise ValueError('boom')
pulumi.Output.from_input(1).apply(late)
"""


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("x = 1\nraise ValueError('boom')", "__main__.py:2: ValueError: boom: pulumi preview has"),
        ("def x(:", "__main__.py:1: SyntaxError"),
        ("import nothere", "__main__.py:1: ModuleNotFoundError: No module named 'nothere'"),
        ("import pulumi\nimport pulumi_aws\npulumi_aws.s3.Bucket(1, 2, 3, 4)", "__main__.py:3: TypeError"),
        (APPLIED, "__main__.py:3: ValueError: boom"),
        (
            "import pulumi\npulumi.Output.from_input(1).missing.apply(print)",
            "__main__.py: AttributeError: 'int' object",
        ),
    ],
)
def test_a_program_that_goes_wrong(source: str, fault: str, tmp_path: Path) -> None:
    """The last line of its own that was on the way, what was raised, and who has the traceback."""
    (tmp_path / "__main__.py").write_text(source)
    with pytest.raises(ConfigError) as told:
        program.run(tmp_path, "dev", config={})
    assert str(told.value).startswith(f"{tmp_path}/{fault}")


def test_a_fault_of_this_package_is_no_fault_of_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps its traceback."""

    def broken(*_: object) -> None:
        raise KeyError

    monkeypatch.setattr(account_guard, "checked", broken)
    (tmp_path / "__main__.py").write_text(GUARDED)
    with pytest.raises(KeyError):
        program.run(tmp_path, "dev", config={})
