"""Bad weather between a desk and its service: a reverse proxy that lets calls fail at random."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.wire import Connection, Cut
from tests.support.app_process import free_port
from tests.support.simulator_process import SimulatorProcess, eventually

SHARE = 1 / 3
"""Of all calls, as many fail."""

STATUSES = (400, 401, 403, 429, 500, 502, 503, 504)
GONE = (404, 410)
"""Not as the answer to end: who says so there means that the session has ended."""

GARBAGE = ("", "<html>Gateway</html>", "[]", '{"success": ', '{"success": false}', "\x00\xff")
LATE = 0.2
"""Seconds, at most."""


class Storm:
    """Passes calls on to `origin`, one in three of them badly, as `seed` draws it.

    `weather` counts what became of the calls: "fair", or how they failed.
    """

    def __init__(self, origin: str, seed: int) -> None:
        self.weather: Counter[str] = Counter()
        self._origin = origin
        self._draw = random.Random(seed)
        self._statuses: dict[str, list[int]] = {}
        self._http: httpx.AsyncClient | None = None

    @property
    def share_of_failures(self) -> float:
        """Of all calls by now."""
        return 1 - self.weather["fair"] / self.weather.total()

    def app(self) -> Starlette:
        """The proxy."""

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            async with httpx.AsyncClient(trust_env=False) as self._http:
                yield

        return Starlette(
            routes=[Route("/{path:path}", self.pass_on, methods=["POST"])], lifespan=lifespan
        )

    async def pass_on(self, request: Request) -> Response:
        """One call, on a good or a bad day."""
        try:
            body = await request.body()
        except ClientDisconnect:
            return Response()  # to nobody
        ways = (self.refuse, self.cut_before, self.cut_after, self.delay, self.garble)
        way = self._draw.choice(ways) if self._draw.random() < SHARE else self.fair
        self.weather[way.__name__] += 1
        return await way(request, body)

    async def fair(self, request: Request, body: bytes) -> Response:
        """As it should be."""
        assert self._http
        headers = {
            name: value
            for name, value in request.headers.items()
            if name in ("authorization", "content-type")
        }
        url = f"{self._origin}{request.url.path}"
        answer = await self._http.post(url, content=body, headers=headers, timeout=30)
        return Response(answer.content, answer.status_code, media_type="application/json")

    async def refuse(self, request: Request, body: bytes) -> Response:
        """Another status, without or (where it leaves that open) with the call acted on."""
        call = request.url.path.rpartition("/")[2]
        statuses = STATUSES if call == "end" else STATUSES + GONE
        # Each in turn, so that every storm has the ones that lead to the server voice.
        left = self._statuses.setdefault(call, []) or self._draw.sample(statuses, len(statuses))
        status = left.pop()
        self._statuses[call] = left
        if status in (502, 504) and self._draw.random() < 0.5:
            await self.fair(request, body)
        headers = {"Retry-After": "1"} if status == 429 and self._draw.random() < 0.5 else {}
        return Response(self._draw.choice(GARBAGE), status, headers)

    async def cut_before(self, request: Request, body: bytes) -> Response:
        """The connection is reset, and the service has heard nothing."""
        return Cut()

    async def cut_after(self, request: Request, body: bytes) -> Response:
        """The connection is reset, and the service has acted."""
        await self.fair(request, body)
        return Cut()

    async def delay(self, request: Request, body: bytes) -> Response:
        """Late, but right."""
        await asyncio.sleep(self._draw.uniform(0, LATE))
        return await self.fair(request, body)

    async def garble(self, request: Request, body: bytes) -> Response:
        """Acted on, and answered with what nobody can read."""
        await self.fair(request, body)
        return Response(self._draw.choice(GARBAGE), 200)


@contextmanager
def storm(simulator: SimulatorProcess, seed: int) -> Iterator[tuple[Storm, str]]:
    """Bad weather before `simulator`, and the base URL that leads through it."""
    weather = Storm(simulator.origin, seed)
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(
            weather.app(), port=port, http=Connection, access_log=False, log_level="error"
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        eventually(lambda: server.started)
        yield weather, f"http://127.0.0.1:{port}/v1/avatar-session"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
