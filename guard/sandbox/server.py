"""The sandbox over HTTP: what the AWS command line and others talk to."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from moto.server import ThreadedMotoServer

from guard.errors import GuardError

if TYPE_CHECKING:
    from guard.sandbox.sandbox import Sandbox

HOST = "127.0.0.1"
TICK = 5.0  # seconds


class PortError(GuardError):
    """A port that cannot be had."""


@contextmanager
def serving(sandbox: "Sandbox", port: int) -> Iterator[str]:
    """Serve on a port (0: any free one) until the block ends; its address. Raises PortError."""
    check(port)
    server = ThreadedMotoServer(ip_address=HOST, port=port, verbose=False)
    server.start()
    sandbox.world.clock.run()
    over = threading.Event()
    ticker = threading.Thread(target=_tick, args=(sandbox, over), daemon=True)
    ticker.start()
    try:
        yield "http://{}:{}".format(*server.get_host_and_port())
    finally:
        over.set()
        ticker.join()
        server.stop()


def check(port: int) -> None:
    """That the port can be had: moto's server waits for ever for one that cannot. Raises PortError."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            tried.bind((HOST, port))
        except OSError as error:
            raise PortError(f"port {port}: {error.strerror}: name another, or 0 for one that is free") from None


def _tick(sandbox: "Sandbox", over: threading.Event) -> None:
    while not over.wait(TICK):
        sandbox.tick()
