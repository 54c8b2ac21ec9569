"""A TCP proxy: it passes everything on, later if told so, and notes when the API is called."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

CALL = re.compile(rb"POST /v1/avatar-session/([^/ ]+)/([^/ ]+) HTTP")
"""How the request of a call begins: session id and name."""


class Proxy:
    """Passes connections on to `target`, a URL; every piece comes `delay` seconds later."""

    def __init__(self, target: str, delay: float) -> None:
        self._target = urlsplit(target)
        self._delay = delay
        self._calls: list[tuple[str, str, float]] = []
        self.url = ""

    def arrivals(self, call: str, session_id: str) -> list[float]:
        """When each such call of this session came, in Unix seconds."""
        return [at for name, whose, at in self._calls if (name, whose) == (call, session_id)]

    async def listen(self) -> None:
        """Accept connections at `url`, on a port that the system chooses."""
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{self._target.path}"

    async def close(self) -> None:
        """Let go of every connection."""
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.CancelledError):  # by close
            first = await self._read(reader)  # before it connects, which takes time of its own
            back, forth = await asyncio.open_connection(self._target.hostname, self._target.port)
            self._later(forth.write, first)
            await asyncio.gather(self._pass_on(reader, forth), self._pass_on(back, writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await self._read(reader):
            self._later(writer.write, piece)
        self._later(writer.close)

    def _later(self, act: Callable[..., None], *args: bytes) -> None:
        asyncio.get_running_loop().call_later(self._delay, act, *args)

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        """The next piece; nothing after the last one."""
        with suppress(ConnectionError):
            piece = await reader.read(1 << 16)
            if begin := CALL.match(piece):
                session_id, call = begin[1].decode(), begin[2].decode()
                self._calls.append((call, session_id, time.time()))
            return piece
        return b""


@contextmanager
def proxy(target: str, delay: float = 0) -> Iterator[Proxy]:
    """A proxy in a thread of its own.

    It accepts and opens connections without a delay, so a handshake costs nothing.
    """
    loop, passing = asyncio.new_event_loop(), Proxy(target, delay)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(passing.listen(), loop).result()
        yield passing
    finally:
        asyncio.run_coroutine_threadsafe(passing.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
