"""The simulator as a web application: Kaltura's calls, WHEP, plain HTTP, and `/simulator`.

`/simulator` is for people and tests on this machine: it has no CORS headers, and refuses a page of
another origin.
"""

from __future__ import annotations

import asyncio
import platform
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
from simulator.api import Api, origin
from simulator.dialects import Dialect
from simulator.face import FACES, poster
from simulator.live import Simulator
from simulator.loading_video import loading_video
from simulator.plain_http import PlainHttp
from simulator.relay import Relay
from simulator.sessions import Refusal, Session
from simulator.whep import Whep
from simulator.wire import Call, endpoint, error, json_of

PAGE = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
SHOWN = 20
"""The most sessions on the page for people, and the most turns of each."""


def application(
    *,
    max_sessions: int,
    idle_timeout: float,
    engine: str,
    dialect: Dialect,
    turn: dict[str, str] | None,
    host: str,
) -> Starlette:
    """The whole simulator.

    `idle_timeout`: in seconds. `engine`: as `speech.load_engine` takes it. `turn`: the relay, as
    init-client answers it; one of its own with `None`. `host`: the address that it listens on.
    """
    simulator = Simulator(
        max_sessions=max_sessions, idle_timeout=idle_timeout, engine=engine, dialect=dialect
    )
    own_relay = Relay() if turn is None else None

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        simulator.open()
        if own_relay:
            await own_relay.open(host)
        yield
        if own_relay:
            own_relay.close()
        await simulator.close()

    # A page of any origin may call, as with the live service: the token is what protects a session.
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
    api, whep = Api(simulator, own_relay or turn or {}), Whep(simulator).routes()
    return Starlette(
        routes=[
            Mount("/v1", routes=api.routes(), middleware=cors),
            Mount(f"{dialect.media_path}/whep", routes=whep, middleware=cors),
            # Where the Location of a WHEP answer leads, as it stands: nothing is there.
            *([Mount("/whep", routes=[], middleware=cors)] if dialect.media_path else []),
            Mount("/plain", routes=PlainHttp(simulator).routes(), middleware=cors),
            Mount("/simulator", routes=Inspector(simulator).routes()),
        ],
        exception_handlers={HTTPException: _http_error, Exception: _our_fault},
        lifespan=lifespan,
    )


class Inspector:
    """The routes below /simulator: the calls that were heard, and the moods."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def routes(self) -> list[Route]:
        """The page for people, what it shows, and what tests read and set."""
        return [
            Route(path, endpoint(self._guarded(call)), methods=[method])
            for path, call, method in (
                ("/", self._page, "GET"),
                ("/sessions", self._sessions, "GET"),
                ("/state", self._state, "GET"),
                ("/moods", self._moods, "GET"),
                ("/moods", self._ask_mood, "POST"),
                ("/moods", self._clear_moods, "DELETE"),
                ("/faces/{name}.jpg", self._poster, "GET"),
                ("/faces/{name}.mp4", self._loading_video, "GET"),
                ("/voices/{item_id}.mp3", self._voice_sample, "GET"),
            )
        ]

    async def _page(self, request: Request, body: bytes) -> Response:
        return HTMLResponse(PAGE)

    async def _sessions(self, request: Request, body: bytes) -> Response:
        return JSONResponse([session.as_json() for session in self._simulator.sessions])

    async def _state(self, request: Request, body: bytes) -> Response:
        """What the page shows: the newest sessions and turns, live sessions first."""
        sessions = list(self._simulator.sessions)[::-1]
        return JSONResponse(
            {
                "maxSessions": self._simulator.sessions.limit,
                "idleTimeout": self._simulator.idle_timeout,
                "calls": moods.CALLS,
                "moods": self._simulator.moods.as_json(),
                "live": sum(session.state == "live" for session in sessions),
                "sessions": [
                    _shown(session)
                    for session in sorted(sessions, key=lambda s: s.state == "ended")[:SHOWN]
                ],
            }
        )

    async def _moods(self, request: Request, body: bytes) -> Response:
        return JSONResponse(self._simulator.moods.as_json())

    async def _ask_mood(self, request: Request, body: bytes) -> Response:
        self._simulator.moods.ask(moods.parse(json_of(body)))
        return JSONResponse({"success": True})

    async def _clear_moods(self, request: Request, body: bytes) -> Response:
        self._simulator.moods.clear()
        return JSONResponse({"success": True})

    async def _poster(self, request: Request, body: bytes) -> Response:
        return _file(poster(_face(request)), "image/jpeg")

    async def _loading_video(self, request: Request, body: bytes) -> Response:
        return _file(await asyncio.to_thread(loading_video, _face(request)), "video/mp4")

    async def _voice_sample(self, request: Request, body: bytes) -> Response:
        for voice in catalog.VOICES:
            if voice.item_id == request.path_params["item_id"]:
                return _file(await self._simulator.studio.sample(voice), "audio/mpeg")
        raise Refusal(404, "There is no such voice.")

    def _guarded(self, call: Call) -> Call:
        async def guarded(request: Request, body: bytes) -> Response:
            # The name of another page's host can be made to lead here (DNS rebinding).
            if not _is_here(request.url.hostname or "", request):
                raise Refusal(
                    403,
                    f"Open this at localhost or {_address(request)}, or at this"
                    " machine's own name: another page's name could be made to lead here.",
                )
            here = origin(request)
            if request.method != "GET" and request.headers.get("origin", here) != here:
                raise Refusal(403, "Only the simulator's own page may change its moods.")
            return await call(request, body)

        return guarded


def _face(request: Request) -> str:
    name = str(request.path_params["name"])
    if name not in FACES:
        raise Refusal(404, f"There is no face {name!r}; there are {', '.join(FACES)}.")
    return name


def _file(content: bytes, kind: str) -> Response:
    return Response(content, media_type=kind, headers={"Cache-Control": "max-age=3600"})


def _is_here(host: str, request: Request) -> bool:
    """Whether this is a name of this machine that no page elsewhere can have."""
    node = platform.node().lower()
    return is_loopback(host) or host in (_address(request), node, f"{node}.local")


def _address(request: Request) -> str:
    """The address at which this request came in. IPv4 can be in IPv6."""
    return str(request.scope["server"][0]).removeprefix("::ffff:")


def _shown(session: Session) -> dict[str, object]:
    face = catalog.visual(session.avatar_id)
    return session.as_json() | {
        "name": face.name,
        "voice": catalog.voice(session.voice_id, face).name,
        "poster": f"faces/{face.face}.jpg",
        "turns": [
            turn.as_json() | {"silent": turn.started_at is not None and not turn.heard}
            for turn in session.turns[: -SHOWN - 1 : -1]
        ],
    }


async def _http_error(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)
    headers = dict(failure.headers or {})
    return error(failure.status_code, f"{failure.detail}: {request.url.path}", headers)


async def _our_fault(request: Request, failure: Exception) -> Response:
    return error(500, f"The simulator failed: {failure!r}")
