"""The sandbox over HTTP: what the AWS command line and others talk to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from moto.server import ThreadedMotoServer

if TYPE_CHECKING:
    from guard.sandbox.sandbox import Sandbox

HOST = "127.0.0.1"
TICK = 5.0  # seconds


@contextmanager
def serving(sandbox: "Sandbox", port: int) -> Iterator[str]:
    """Serve on a port (0: any free one) until the block ends; its address."""
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


def _tick(sandbox: "Sandbox", over: threading.Event) -> None:
    while not over.wait(TICK):
        sandbox.tick()
