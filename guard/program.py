"""Runs a stack's program under Pulumi's own mock runtime: what it registers, without engine or account."""

import asyncio
import json
import logging
import os
import runpy
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks as pulumi_mocks
from pulumi.runtime import rpc
from pulumi.runtime.config import set_all_config
from pulumi.runtime.stack import run_in_stack
from pulumi.runtime.sync_await import _ensure_event_loop

from guard.errors import ConfigError, Fault, GuardError
from guard.mocked import Places, answer, found, outputs
from guard.names import Where, partition
from guard.settings import PROJECT, stack_config

ACCOUNT = "123456789012"
DEFAULT_REGION = "us-east-1"
PACKAGE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource that the program registered; `id` is "" for a component, `provider` where it is the default."""

    type: str
    name: str
    urn: str
    id: str
    inputs: Mapping[str, Any]
    parent: str = ""
    depends_on: tuple[str, ...] = ()
    component: bool = False
    protect: bool = False
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a program did: its resources in the order in which they came, its exports, what it said."""

    resources: tuple[Resource, ...]
    exports: Mapping[str, Any]
    messages: tuple[str, ...]


class Mocks(pulumi_mocks.Mocks):
    """Answers as AWS would, with nothing made: ids, ARNs and generated names follow from the inputs."""

    def __init__(self, where: Where) -> None:
        self.places = Places(where)

    def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """The id and the outputs of a resource, one that is made or one that is read."""
        self.places.note(args.typ, args.name, args.inputs)
        here = self.places.of(args.provider)
        if args.resource_id:
            return args.resource_id, found(args.typ, args.resource_id, here)
        return outputs(args.typ, args.name, args.inputs, here)

    def call(self, args: pulumi_mocks.MockCallArgs) -> Any:
        """What an invoke answers."""
        return answer(args.token, self.places.of(args.provider))


class _Monitor(pulumi_mocks.MockMonitor):
    """The mock monitor; it also notes what depends on what."""

    def __init__(self, mocks: pulumi_mocks.Mocks) -> None:
        super().__init__(mocks)
        self.found: list[Resource] = []
        self.exports: Mapping[str, Any] = {}
        self.lock = threading.Lock()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        """Register as the mocks do, and note the resource."""
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type != "pulumi:pulumi:Stack":
            _ensure_event_loop()  # type: ignore[no-untyped-call]
            made = Resource(
                type=request.type,
                name=request.name,
                urn=response.urn,
                id=response.id,
                inputs=rpc.deserialize_properties(request.object),
                parent=request.parent,
                depends_on=tuple(request.dependencies),
                component=not request.custom,
                protect=request.protect,
                provider=request.provider,
            )
            with self.lock:
                self.found.append(made)
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        """Note the stack's exports."""
        if request.urn.split("::")[2] == "pulumi:pulumi:Stack":
            _ensure_event_loop()  # type: ignore[no-untyped-call]
            self.exports = rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


def region_of(values: Mapping[str, Any]) -> str:
    """Where the default provider deploys, which takes the shell's region where the config names none."""
    shell = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    return str(values.get("aws:region") or shell or DEFAULT_REGION)


def run(
    root: Path,
    stack: str,
    *,
    mocks: pulumi_mocks.Mocks | None = None,
    config: Mapping[str, Any] | None = None,
) -> Deployment:
    """What `__main__.py` in `root` registers for a stack; `config` (`project:key` -> value) stands for the
    stack's own. Raises GuardError: ConfigError for what the program refuses.
    """
    program = root / "__main__.py"
    if not program.is_file():
        fix = "run guard in a project's folder; it runs programs in Python alone"
        raise ConfigError([Fault(str(program), "no such file", fix)])
    values = stack_config(root, stack) if config is None else config
    region = region_of(values)
    monitor = _Monitor(mocks or Mocks(Where(partition(region), region, ACCOUNT)))
    logger, said = _listener()
    set_all_config({key: _text(value) for key, value in values.items()}, [])
    with _inside(root):
        _run(program, stack, monitor, logger)
    return Deployment(tuple(monitor.found), monitor.exports, tuple(said))


def _run(program: Path, stack: str, monitor: _Monitor, logger: logging.Logger) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        pulumi_mocks.set_mocks(monitor.mocks, PROJECT, stack, preview=False, logger=logger, monitor=monitor)
        pulumi.runtime.settings.set_root_resource(None)  # type: ignore[arg-type]  # else the last run's stays
        loop.run_until_complete(run_in_stack(lambda: _program(program)))
    except pulumi.RunError as error:
        raise ConfigError([Fault("", str(error), "")]) from error
    except GuardError:
        raise
    except Exception as error:
        place = _place(error, program)
        if not place:
            raise
        what = f"{type(error).__name__}: {error}".rstrip(": ")
        raise ConfigError([Fault(place, what, "pulumi preview has the whole traceback")]) from error
    finally:
        _abandon(loop)
        asyncio.set_event_loop(None)
        loop.close()


def _place(error: Exception, program: Path) -> str:
    """Where a program's own code went wrong, as `file:line`, or the program where only code of Pulumi was on the way;
    "" where code of this package went wrong.
    """
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}"
    frames = [(Path(one.filename), one.lineno) for one in traceback.extract_tb(error.__traceback__)]
    known = [one for one in frames if _is_ours(one[0]) or _is_of(one[0], program.parent)]
    if not known:
        return str(program)
    return "" if _is_ours(known[-1][0]) else f"{known[-1][0]}:{known[-1][1]}"


def _is_ours(file: Path) -> bool:
    return file.is_relative_to(PACKAGE) and file != Path(__file__)  # which runs the program


def _is_of(file: Path, folder: Path) -> bool:
    return file.is_relative_to(folder) and "site-packages" not in file.parts


def _abandon(loop: asyncio.AbstractEventLoop) -> None:
    """Drop what a failed run still waits for; its first error is on its way up, and the next run is another."""
    loop.set_exception_handler(lambda *_: None)
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    pulumi.runtime.settings.SETTINGS.rpc_manager.clear()
    pulumi.runtime.settings.SETTINGS.outputs.clear()


def _program(program: Path) -> None:
    with redirect_stdout(sys.stderr):
        runpy.run_path(str(program), run_name="__main__")


def _text(value: Any) -> str:
    """A config value as the engine hands it to a program."""
    return value if isinstance(value, str) else json.dumps(value)


def _listener() -> tuple[logging.Logger, list[str]]:
    """A logger of the engine's, and what it is told from warnings up."""
    said: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.Logger("guard.program")  # noqa: LOG001 - one for each run
    logger.addHandler(handler)
    return logger, said


@contextmanager
def _inside(root: Path) -> Iterator[None]:
    """The program's folder as working directory and first place for imports, as the engine has it."""
    before, path = Path.cwd(), list(sys.path)
    os.chdir(root)
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        os.chdir(before)
        sys.path[:] = path
