"""A network that can be cut: TCP passed on from one port of this machine to another."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

LINGER = struct.pack("ii", 1, 0)
"""Lingering for 0 s makes closing a socket send RST, the reset of a real network."""


class Network:
    """The way to `port` on this machine is by way of `self.port`, and can be bad."""

    def __init__(self, port: int, loop: asyncio.AbstractEventLoop) -> None:
        self.port = 0
        self._target = port
        self._loop = loop
        self._listener: asyncio.Server | None = None
        self._place: socket.socket | None = None
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._links: dict[asyncio.Task[None], list[asyncio.StreamWriter]] = {}

    @property
    def url(self) -> str:
        """`http://host:port` of this end."""
        return f"http://127.0.0.1:{self.port}"

    def connections(self) -> int:
        """How many are open."""
        return len(self._links)

    def freeze(self) -> None:
        """A silent cut: what is open stays open, what is new is accepted, and nothing passes."""
        self._do(self._flow(passes=False))

    def thaw(self) -> None:
        """What was held back passes, and the rest with it."""
        self._do(self._flow(passes=True))

    def reset(self) -> None:
        """Cut what is open with RST; what is new passes."""
        self._do(self._hang_up())

    def refuse(self, seconds: float) -> None:
        """Cut what is open with RST, and let nothing in for so long: nobody listens here."""
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._open_later, seconds)

    def listens(self) -> bool:
        """Somebody does."""
        return self._listener is not None and self._listener.is_serving()

    def open(self) -> None:
        """Listen, on the same port as before."""
        self._do(self._open())

    def close(self) -> None:
        """Cut what is open with RST, and give the port back."""
        self._do(self._close())
        if self._place:
            self._place.close()

    def _do(self, act: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(act, self._loop).result(timeout=10)

    async def _flow(self, *, passes: bool) -> None:
        if passes:
            self._flowing.set()
        else:
            self._flowing.clear()

    def _open_later(self, seconds: float) -> None:
        self._loop.call_later(seconds, lambda: self._loop.create_task(self._open()))

    async def _open(self) -> None:
        if self._place:
            self._place.close()
        self._listener = await asyncio.start_server(self._link, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._listener:
            self._listener.close()
        # Bound and not listening: whoever calls is refused, and nobody else gets the port.
        self._place = socket.socket()
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._place.bind(("127.0.0.1", self.port))
        await self._hang_up()

    async def _hang_up(self) -> None:
        for link, ends in list(self._links.items()):
            for end in ends:
                sock: socket.socket = end.get_extra_info("socket")
                with suppress(OSError):  # it has been closed already
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
                end.transport.abort()
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._links[task] = [writer]
        with suppress(OSError, asyncio.CancelledError):
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            self._links[task].append(back)
            await asyncio.gather(self._pass_on(reader, back), self._pass_on(there, writer))
        for end in self._links.pop(task):
            end.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                piece = await reader.read(1 << 16)
            except OSError:
                piece = b""
            await self._flowing.wait()  # the end of a connection does not pass a cut, either
            if not piece:
                break
            writer.write(piece)
            await writer.drain()
        writer.close()


@contextmanager
def network_to(port: int) -> Iterator[Network]:
    """A way to this port, open at first; gone afterwards."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    network = Network(port, loop)
    try:
        network.open()
        yield network
    finally:
        network.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
