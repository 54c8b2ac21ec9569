"""The simulator as a web application: Kaltura's calls, WHEP or plain HTTP, and `/simulator`.

That is for people and tests, for this machine's own pages and scripts: no CORS, and a page of
another origin is refused.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from simulator import catalog, is_loopback, moods
from simulator.api import Api, TurnServer, origin
from simulator.dialect import Dialect
from simulator.face import FACES, poster
from simulator.live import Simulator
from simulator.plain_http import PlainHttp
from simulator.sessions import Refusal
from simulator.whep import Whep
from simulator.wire import Call, endpoint, error, json_of

PAGE = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
SHOWN = 20
"""Sessions, and turns of each, that the page for people shows."""


def application(
    *,
    max_sessions: int,
    idle_timeout: float,
    engine: str,
    dialect: Dialect,
    turn: TurnServer,
    on_loopback: bool,
) -> Starlette:
    """The whole simulator. `idle_timeout` in seconds; `engine` as `speech.load_engine` takes it;
    `on_loopback`: no other machine can reach it."""
    simulator = Simulator(max_sessions=max_sessions, idle_timeout=idle_timeout, engine=engine)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        simulator.open()
        yield
        await simulator.close()

    # Any page may call, as with the live service: it is the token that opens a session.
    cors = [
        Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["GET", "POST", "PATCH", "DELETE", "OPTIONS"],
            allow_headers=["*"],
            expose_headers=["Location", "ETag", "Link", "Retry-After"],
            allow_private_network=True,
            max_age=7200,
        )
    ]
    return Starlette(
        routes=[
            Mount("/v1", routes=Api(simulator, dialect, turn).routes(), middleware=cors),
            Mount("/whep", routes=Whep(simulator).routes(), middleware=cors),
            Mount("/plain", routes=PlainHttp(simulator).routes(), middleware=cors),
            Mount("/simulator", routes=Inspector(simulator, on_loopback).routes()),
        ],
        exception_handlers={HTTPException: _http_error, Exception: _our_fault},
        lifespan=lifespan,
    )


class Inspector:
    """What the simulator has heard, and the moods in which it answers."""

    def __init__(self, simulator: Simulator, on_loopback: bool) -> None:
        self._simulator = simulator
        self._on_loopback = on_loopback

    def routes(self) -> list[Route]:
        """The routes below /simulator."""
        return [
            Route(path, endpoint(self._guarded(call)), methods=[method])
            for path, call, method in (
                ("/", self.page, "GET"),
                ("/sessions", self.sessions, "GET"),
                ("/state", self.state, "GET"),
                ("/moods", self.moods, "GET"),
                ("/moods", self.ask, "POST"),
                ("/moods", self.clear, "DELETE"),
                ("/faces/{name}.jpg", self.poster, "GET"),
            )
        ]

    async def page(self, request: Request, body: bytes) -> Response:
        """The page for people."""
        return HTMLResponse(PAGE)

    async def sessions(self, request: Request, body: bytes) -> Response:
        """Every session on record, oldest first."""
        return JSONResponse([session.as_json() for session in self._simulator.sessions])

    async def state(self, request: Request, body: bytes) -> Response:
        """What the page for people shows: newest first, and no more than fits."""
        sessions = list(self._simulator.sessions)[::-1]
        return JSONResponse(
            {
                "maxSessions": self._simulator.sessions.limit,
                "idleTimeout": self._simulator.idle_timeout,
                "calls": moods.CALLS,
                "moods": self._simulator.moods.as_json(),
                "live": sum(session.state == "live" for session in sessions),
                "sessions": [
                    session.as_json()
                    | {
                        "name": catalog.visual(session.avatar_id).name,
                        "voice": catalog.voice(
                            session.voice_id, catalog.visual(session.avatar_id)
                        ).name,
                        "poster": f"faces/{catalog.visual(session.avatar_id).face}.jpg",
                        "turns": [
                            turn.as_json()
                            | {"silent": turn.started_at is not None and not turn.heard}
                            for turn in session.turns[: -SHOWN - 1 : -1]
                        ],
                    }
                    for session in sorted(sessions, key=lambda s: s.state == "ended")[:SHOWN]
                ],
            }
        )

    async def moods(self, request: Request, body: bytes) -> Response:
        """The moods in force."""
        return JSONResponse(self._simulator.moods.as_json())

    async def ask(self, request: Request, body: bytes) -> Response:
        """Put a mood into force."""
        try:
            self._simulator.moods.ask(moods.parse(json_of(body)))
        except moods.BadMood as bad:
            raise Refusal(400, str(bad)) from bad
        return JSONResponse({"success": True})

    async def clear(self, request: Request, body: bytes) -> Response:
        """Every call answers as it should again."""
        self._simulator.moods.clear()
        return JSONResponse({"success": True})

    async def poster(self, request: Request, body: bytes) -> Response:
        """A face's picture for the catalog."""
        name = request.path_params["name"]
        if name not in FACES:
            raise Refusal(404, f"There is no face {name!r}; there are {', '.join(FACES)}.")
        headers = {"Cache-Control": "max-age=3600"}
        return Response(poster(name), media_type="image/jpeg", headers=headers)

    def _guarded(self, call: Call) -> Call:
        async def guarded(request: Request, body: bytes) -> Response:
            # A page from elsewhere can have its own name lead here (DNS rebinding).
            if self._on_loopback and not is_loopback(request.url.hostname):
                raise Refusal(403, "Open this at localhost or 127.0.0.1, by no other name.")
            here = origin(request)
            if request.method != "GET" and request.headers.get("origin", here) != here:
                raise Refusal(403, "Only the simulator's own page may change its moods.")
            return await call(request, body)

        return guarded


async def _http_error(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)
    headers = dict(failure.headers or {})
    return error(failure.status_code, f"{failure.detail}: {request.url.path}", headers)


async def _our_fault(request: Request, failure: Exception) -> Response:
    return error(500, f"The simulator failed: {failure!r}")
