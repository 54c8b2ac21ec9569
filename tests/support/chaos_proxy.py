"""A bad network with a seed: a proxy that drops, delays, cuts, doubles, drips and garbles.

`bad_service` stands between the app and its service and spoils whole answers; `bad_network` stands
between browsers and the app and spoils their connections. The n-th call, or connection, of each
kind meets the same fault in every run with the same seed.

No package on PyPI fits: toxiproxy needs its server, a Go binary; faultlib needs Python 3.14.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum

from simulator.wire import LINGER
from tests.support.simulator_process import SimulatorProcess

SEED = os.environ.get("SEED") or "2"
"""Of all that is drawn. A failing test shows it, and the environment sets it."""

LATE = 0.6
"""Seconds, at most, by which an answer is late, or for which it drips."""

STATUSES = (400, 401, 403, 429, 500, 502, 503, 504)
GONE = (404, 410)
"""Not as the answer to end: there they say that the session has ended."""

GARBAGE = (b"", b"<html>Gateway</html>", b"[]", b'{"success": ', b'{"success": false}')

LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)
SESSION_ID = re.compile('"sessionId":"([^"]+)"')

Way = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Fault(StrEnum):
    """What can happen to an answer, or to a connection.

    A request is never passed on twice: a service would say it twice, and no caller can help it.
    """

    FAIR = "fair"
    DROP = "drop"  # silence for ever
    DELAY = "delay"  # late, but right
    CUT = "cut"  # the connection ends in the middle
    DOUBLE = "double"  # it comes twice
    DRIP = "drip"  # a byte at a time
    GARBLE = "garble"  # some bytes are wrong
    REFUSE = "refuse"  # a gateway answers with another status


OF_ANSWERS = tuple(Fault)[1:]
OF_CONNECTIONS = (Fault.DROP, Fault.DELAY, Fault.CUT, Fault.DRIP, Fault.GARBLE)
MILD = (Fault.DELAY, Fault.CUT, Fault.DRIP)
"""For files: the others leave a browser without a page that could be tested."""


class Chaos:
    """Draws the fault of each call or connection; `share` of them have one of `faults`.

    `met` counts them. `misread` are sessions whose id or token may have come through wrong. The
    seed, the `kind` of the n-th of its kind, and n decide alone.
    """

    def __init__(self, share: float, faults: tuple[Fault, ...] = OF_ANSWERS) -> None:
        self.share = share
        self.faults = faults
        self.met: Counter[Fault] = Counter()
        self.misread: set[str] = set()
        self._counted: Counter[str] = Counter()

    def draw(self, kind: str, *, mildly: bool = False) -> tuple[Fault, random.Random]:
        """The fault of the next one of this kind, and what draws the rest of it.

        `mildly`: it is right in the end, or cut, and that seldom.
        """
        self._counted[kind] += 1
        draw = random.Random(f"{SEED}/{kind}/{self._counted[kind]}")
        faults, share = self.faults, self.share
        if mildly:
            faults, share = MILD, share / 4
        fault = draw.choice(faults) if draw.random() < share else Fault.FAIR
        self.met[fault] += 1
        return fault, draw


class _Proxy:
    """Accepts connections to `port` of this machine, on an event loop in a thread of its own."""

    def __init__(self, target: int, chaos: Chaos) -> None:
        self.port = 0
        self._target = target
        self._chaos = chaos
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self) -> None:
        """Accept, on a port that the system chooses."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Let go of every connection."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            # One of the two ends has gone, or all is over.
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._serve((reader, writer))
        finally:
            writer.close()

    async def _serve(self, way: Way) -> None:
        raise NotImplementedError

    async def _there(self) -> Way:
        return await asyncio.open_connection("127.0.0.1", self._target)


class _BadService(_Proxy):
    """HTTP/1.1: each request is passed on as it came, over a connection of its own."""

    async def _serve(self, way: Way) -> None:
        reader, _ = way
        while request := await _message(reader):
            call = _call_of(request)
            fault, draw = self._chaos.draw(call)
            if not await self._answer(way, request, fault, draw, is_end=call == "end"):
                return

    async def _answer(
        self, way: Way, request: bytes, fault: Fault, draw: random.Random, *, is_end: bool
    ) -> bool:
        """Whether the connection is still of use."""
        reader, writer = way
        never_passed = draw.random() < 0.5
        match fault:
            case Fault.FAIR:
                writer.write(await self._passed_on(request))
            case Fault.DROP:
                if not never_passed:
                    await self._passed_on(request)
                await reader.read()  # until the caller gives up
                return False
            case Fault.DELAY:
                answer = await self._passed_on(request)
                await asyncio.sleep(draw.uniform(0, LATE))
                writer.write(answer)
            case Fault.CUT:
                if never_passed:
                    await self._begun(request[: draw.randrange(len(request))])
                else:
                    answer = await self._passed_on(request)
                    writer.write(answer[: draw.randrange(len(answer))])
                    await writer.drain()
                _cut(writer, draw)
                return False
            case Fault.DOUBLE:
                writer.write(2 * await self._passed_on(request))
            case Fault.DRIP:
                await _drip(writer, await self._passed_on(request), draw)
            case Fault.GARBLE:
                answer = await self._passed_on(request)
                self._chaos.misread |= set(SESSION_ID.findall(answer.decode()))
                writer.write(_garbled(answer, draw))
            case Fault.REFUSE:
                status = draw.choice(STATUSES if is_end else STATUSES + GONE)
                if status in (502, 504) and not never_passed:
                    await self._passed_on(request)
                body = draw.choice(GARBAGE)
                writer.write(f"HTTP/1.1 {status} So\r\nContent-Length: {len(body)}\r\n".encode())
                if status == 429 and draw.random() < 0.5:
                    writer.write(b"Retry-After: 1\r\n")
                writer.write(b"\r\n" + body)
        await writer.drain()
        return True

    async def _passed_on(self, request: bytes) -> bytes:
        """The service's answer."""
        reader, writer = await self._there()
        try:
            writer.write(request)
            return await _message(reader)
        finally:
            writer.close()

    async def _begun(self, piece: bytes) -> None:
        """The service hears the beginning of a request, and no more."""
        _, writer = await self._there()
        writer.write(piece)
        writer.close()


class _BadNetwork(_Proxy):
    """TCP: a connection is spoiled in one direction, from some byte of it on."""

    async def _serve(self, way: Way) -> None:
        reader, writer = way
        first = await reader.read(1 << 16)
        kind = "socket" if b"Upgrade: websocket" in first else "file"
        fault, draw = self._chaos.draw(kind, mildly=kind == "file")
        spoilt = draw.choice(("up", "down"))
        there, back = await self._there()
        lines = [
            self._pass_on(read, write, fault if name == spoilt else Fault.FAIR, draw)
            for name, read, write in (("up", reader, back), ("down", there, writer))
        ]
        back.write(first)
        tasks = [asyncio.create_task(line) for line in lines]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            back.close()

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        fault: Fault,
        draw: random.Random,
    ) -> None:
        spoilt_from = int(10 ** draw.uniform(2, 4))
        passed = 0
        while piece := await reader.read(1 << 16):
            passed += len(piece)
            match fault if passed > spoilt_from else Fault.FAIR:
                case Fault.DROP:
                    continue
                case Fault.DELAY:
                    await asyncio.sleep(draw.uniform(0, LATE))
                    writer.write(piece)
                case Fault.CUT:
                    writer.write(piece[: spoilt_from - passed])
                    await writer.drain()
                    _cut(writer, draw)
                    return
                case Fault.DRIP:
                    await _drip(writer, piece, draw)
                case Fault.GARBLE:
                    writer.write(_garbled(piece, draw))
                case _:
                    writer.write(piece)
            await writer.drain()


async def _message(reader: asyncio.StreamReader) -> bytes:
    """A request or an answer as it came; nothing at the end of a connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    length = LENGTH.search(head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")


def _call_of(request: bytes) -> str:
    """The last word of the path; "avatar-session" is a create in the documented form."""
    return request.split(b" ", 2)[1].rpartition(b"/")[2].decode()


async def _drip(writer: asyncio.StreamWriter, piece: bytes, draw: random.Random) -> None:
    """What comes after the first 300 bytes comes at once: the caller waits as long."""
    pause = draw.uniform(0, LATE) / min(len(piece), 300)
    for at in range(min(len(piece), 300)):
        writer.write(piece[at : at + 1])
        await writer.drain()
        await asyncio.sleep(pause)
    writer.write(piece[300:])


def _garbled(piece: bytes, draw: random.Random) -> bytes:
    wrong = bytearray(piece)
    for _ in range(draw.randint(1, 5)):
        wrong[draw.randrange(len(wrong))] ^= draw.randint(1, 255)
    return bytes(wrong)


def _cut(writer: asyncio.StreamWriter, draw: random.Random) -> None:
    """With a reset, or in good order."""
    if draw.random() < 0.5:
        sock: socket.socket = writer.get_extra_info("socket")
        with suppress(OSError):  # it is closed
            # Lingering for 0 s makes closing a socket send RST, the reset of a real network.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(LINGER, 1, 0))
        writer.transport.abort()
    else:
        writer.close()


@contextmanager
def _running(proxy: _Proxy) -> Iterator[int]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(proxy.listen(), loop).result(timeout=10)
        yield proxy.port
    finally:
        asyncio.run_coroutine_threadsafe(proxy.close(), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def bad_service(simulator: SimulatorProcess, chaos: Chaos) -> Iterator[str]:
    """The base URL of the way to `simulator`. Its picture has a way of its own, which is good."""
    with _running(_BadService(simulator.port, chaos)) as port:
        yield f"http://127.0.0.1:{port}/v1/avatar-session"


@contextmanager
def bad_network(port: int, chaos: Chaos) -> Iterator[str]:
    """The address of the way to the app at `port` of this machine."""
    with _running(_BadNetwork(port, chaos)) as way:
        yield f"http://127.0.0.1:{way}"
