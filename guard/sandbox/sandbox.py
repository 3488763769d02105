"""An AWS inside the process: deploy a stack into it, let things happen, read what rang."""

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from botocore.exceptions import ClientError
from moto import mock_aws
from moto.backends import get_backend
from pulumi.runtime import mocks as pulumi_mocks

from guard import program
from guard.errors import GuardError
from guard.names import Where, partition
from guard.sandbox import alarms, buckets, delivery
from guard.sandbox.completions import TABLE
from guard.sandbox.existing import AbsentError, read
from guard.sandbox.intercept import completed
from guard.sandbox.recipe import Maker
from guard.sandbox.resources import UnknownTypeError, make
from guard.sandbox.world import MINUTE, Mail, World
from guard.settings import PROJECT, stack_config

PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
OTHERS = ("trail", "bucket", "key", "topic")


class DeployError(GuardError):
    """What AWS refused to make."""


class BusyError(GuardError):
    """A second sandbox in one process."""


class Mocks(program.Mocks):
    """The program's mocks with every resource really made; they are called from several threads, AWS hears one."""

    def __init__(self, world: World, where: Where) -> None:
        super().__init__(where)
        self.world = world
        self.refused: list[str] = []

    def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Make a resource; read one that is there."""
        self.places.note(args.typ, args.name, args.inputs)
        maker = Maker(self.world, self.places.of(args.provider))
        with self.world.lock:
            try:
                if args.resource_id:
                    return read(maker, args.typ, args.resource_id)
                if not args.custom or args.typ.startswith("pulumi:"):
                    return args.name, dict(args.inputs)
                made, added = make(maker, args.typ, args.name, args.inputs)
            except (ClientError, UnknownTypeError, AbsentError) as error:
                self.refused.append(f"{args.typ} {args.name}: {error}")
                raise
        return made, {**args.inputs, **added}


def _others(config: Mapping[str, Any]) -> list[str]:
    """What is to be said of keys that name what others have made."""
    named = [key for key in OTHERS if config.get(f"{PROJECT}:{key}")]
    fix = "a new sandbox holds nothing of others: leave out, or make first"
    return [f"{fix}, what these keys name: {', '.join(named)} (docs/sandbox.md)"] if named else []


class Sandbox:
    """One account. `with Sandbox() as aws:` holds moto and its completions; boto3 clients made within it
    talk to it, and so does `aws.client`. One at a time: moto's state is the process's.
    """

    _held = threading.Lock()

    def __init__(self) -> None:
        self.world = World(program.ACCOUNT)
        self._open = ExitStack()

    def __enter__(self) -> "Sandbox":  # noqa: PYI034 - typing has Self from 3.11 on
        if not self._held.acquire(blocking=False):
            raise BusyError("a sandbox is open already, and a process holds one: close it first")
        self._open.callback(self._held.release)
        self._open.enter_context(patch.dict(os.environ))
        for profile in PROFILES:  # no credentials are needed, and one that is not there would be refused
            os.environ.pop(profile, None)
        self._open.enter_context(mock_aws())
        self._open.enter_context(buckets.mended())
        self._open.enter_context(completed(TABLE, self.world))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def client(self, service: str, region: str) -> Any:
        """A boto3 client of a service."""
        return self.world.client(service, region)

    def deploy(self, root: Path, stack: str, config: Mapping[str, Any] | None = None) -> program.Deployment:
        """Run the stack's program with every resource made. Raises ConfigError for what the program refuses,
        DeployError for what AWS does, UnknownTypeError for a type the sandbox does not know.
        """
        values = stack_config(root, stack) if config is None else config
        region = program.region_of(values)
        mocks = Mocks(self.world, Where(partition(region), region, self.world.account))
        try:
            deployed = program.run(root, stack, mocks=mocks, config=values)
        except Exception as error:
            if mocks.refused:
                raise DeployError("\n".join([*mocks.refused, *_others(values)])) from error
            raise
        self.tick()
        return deployed

    def tick(self) -> None:
        """Evaluate every alarm now."""
        with self.world.lock:
            for region, backend in list(get_backend("cloudwatch")[self.world.account].items()):
                alarms.settle(self.world, region, backend)

    def play(self, events: Iterable[Mapping[str, Any] | str]) -> int:
        """Events happen in the account: its trails deliver them, filters count them, alarms ring. How many
        reached a log group.
        """
        with self.world.lock:
            return delivery.deliver(self.world, events)

    def advance(self, minutes: int, pulse: Mapping[str, Any] | None = None, every: int = 10) -> None:
        """Let time pass, alarms evaluated each minute; `pulse` is an event that happens `every` so many."""
        with self.world.lock:
            for passed in range(minutes):
                self.world.clock.skip(MINUTE)
                if pulse is not None and passed % every == 0:
                    self.play([pulse])
                self.tick()

    def confirm(self, *addresses: str) -> int:
        """The people (all of them, unless named) click the link in the mails that ask; how many did."""
        asked = [mail for mail in self.world.mails if mail.token and (not addresses or mail.to in addresses)]
        for mail in asked:
            client = self.client("sns", mail.topic.split(":")[3])
            client.confirm_subscription(TopicArn=mail.topic, Token=mail.token)
            self.world.mails.remove(mail)
        return len(asked)

    @property
    def mails(self) -> list[Mail]:
        """The mails that went out, but for those that ask for confirmation."""
        return [mail for mail in self.world.mails if not mail.token]

    @contextmanager
    def served(self, port: int) -> Iterator[str]:
        """The same AWS over HTTP, for `aws --endpoint-url`: its address. Time runs, alarms are evaluated."""
        from guard.sandbox.server import serving

        with serving(self, port) as address:
            yield address
