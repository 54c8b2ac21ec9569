"""A small site of a test's own: an ASGI app on a port of this machine, in a thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from tests.support.app_process import free_port
from tests.support.simulator_process import eventually


@contextmanager
def served(app: ASGIApp, *, ssl_certfile: str | None = None) -> Iterator[str]:
    """`http://host:port` of the app, served until the end of the block.

    https with `ssl_certfile`, which has the private key in it.
    """
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_level="error", ssl_certfile=ssl_certfile)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        eventually(lambda: server.started)
        yield f"http{'s' * bool(ssl_certfile)}://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
