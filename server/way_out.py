"""At a signal to stop, the server ends its sessions at once, whatever its connections do."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any

PATIENCE = 2.0
"""Seconds for which the server may still wait for connections after `close`."""


@asynccontextmanager
async def closing_at_signals(close: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Run `close` once: at the first Ctrl+C or SIGTERM, or else at the end of the block.

    A web server ends the lifespan only when its last connection has closed, and a client that reads
    nothing delays that forever (uvicorn 0.54). So the signal itself begins the close, and is passed
    to the server's handler. If the block has not ended `PATIENCE` seconds after the close, the
    signal ends the process.

    Only the main thread can handle signals; in another one, `close` runs at the end of the block.
    """
    loop = asyncio.get_running_loop()
    closing: asyncio.Future[None] | None = None
    leaving: asyncio.Task[None] | None = None
    is_told = False

    def begin() -> asyncio.Future[None]:
        nonlocal closing
        closing = closing or asyncio.ensure_future(close())
        return closing

    async def leave(number: int) -> None:
        await asyncio.wait({begin()})
        await asyncio.sleep(PATIENCE)
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    def told_to_stop(number: int) -> None:
        nonlocal leaving
        leaving = leaving or loop.create_task(leave(number))

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal is_told
        if is_told and not (closing and closing.done()):
            return  # uvicorn would leave at a second Ctrl+C, before the sessions have ended
        is_told = True
        loop.call_soon_threadsafe(told_to_stop, number)
        if callable(of_the_server := before[number]):
            of_the_server(number, frame)

    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        before = {n: signal.signal(n, handle) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        await begin()
        if leaving:
            leaving.cancel()
        for number, of_the_server in before.items():
            signal.signal(number, of_the_server)
