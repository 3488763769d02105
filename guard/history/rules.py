"""Which rules are run over a log: a stack's, packs, a file's; and those of another version of them."""

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from guard.errors import ConfigError, Fault
from guard.rules import SAMPLE, fill, load, shipped
from guard.rules.model import Rule

PACKS = Path("guard") / "packs"  # of this project's own repository


@dataclass(frozen=True, slots=True)
class Choice:
    """Packs by name or path, or every shipped one; else the rules of a stack's config."""

    stack: str = "dev"
    packs: tuple[str, ...] = ()
    every: bool = False

    def rules(self, root: Path, config: Path | None = None) -> list[Rule]:
        """The rules as `root` has them, placeholders filled with the stack's names, or with samples; `config` stands
        in for the stack's file. Raises ConfigError and RuleError.
        """
        values = SAMPLE
        if self.packs or self.every:
            names = self.packs or shipped()
            found = [rule for name in names for rule in load([_at(root, name)], root=root).rules]
        else:
            from guard.settings.known import known
            from guard.settings.stack import PROJECT, component_of, config_of, settings_of

            path = config or root / f"Pulumi.{self.stack}.yaml"
            if not path.exists():
                fix = "name a stack that is here (--stack), or rules: --pack NAME, --rules FILE, --all-packs"
                raise ConfigError([Fault(str(path), "no such file", fix)])
            given = config_of(root, path)
            key = f"{PROJECT}:packs"
            if isinstance(given.get(key), list):
                given[key] = [_at(root, str(name)) for name in given[key]]
            settings = settings_of(given, self.stack, root, component_of(given, root))
            found, values = list(settings.rules.rules), {**SAMPLE, **known(settings)}
        return [fill(rule, values) for rule in found]

    def base(self, root: Path, base: str) -> list[Rule]:
        """The rules as a git ref has them, none where it has no such stack yet; or as another config file enables
        them.
        """
        if (root / base).is_file():
            return self.rules(root, root / base)
        with checked_out(root, base) as tree:
            stacks = not (self.packs or self.every)
            return [] if stacks and not (tree / f"Pulumi.{self.stack}.yaml").exists() else self.rules(tree)


def _at(root: Path, name: str) -> str:
    """A shipped pack as that version of the repository has it, where it has any."""
    path = PACKS / f"{name}.yaml"
    return str(path) if name in shipped() and root != Path.cwd() and (root / path).is_file() else name


@contextmanager
def checked_out(root: Path, ref: str) -> Iterator[Path]:
    """A git ref's files in a temporary folder: the one that `root` is in its repository."""
    with tempfile.TemporaryDirectory() as folder:
        data = _git(root, ref, ["archive", "--format=tar", ref, "--", "."])
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            _extract(tar, Path(folder))
        yield Path(folder)


def _extract(tar: tarfile.TarFile, folder: Path) -> None:
    """The YAML files alone: packs, configs."""
    for member in tar.getmembers():
        content = tar.extractfile(member) if member.name.endswith((".yaml", ".yml")) and member.isfile() else None
        path = (folder / member.name).resolve()
        if content and folder.resolve() in path.parents:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read())


def _git(root: Path, ref: str, arguments: Sequence[str]) -> bytes:
    fix = "name a git ref such as origin/main, or a file with a stack's config"
    if ref.startswith("-"):
        raise ConfigError([Fault(f"--compare {ref}", "is no ref", fix)])
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)  # noqa: S603, S607
    except OSError as error:
        raise ConfigError([Fault(f"--compare {ref}", f"git cannot be run: {error}", fix)]) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise ConfigError([Fault(f"--compare {ref}", said or "no such ref", fix)])
    return done.stdout
