"""What runs on the server: the desk, on what `opening.py` opens, and the routes."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from components.preflight.channel import preflight_routes
from components.stage.channel import stage_routes
from preflight.server import Preflights
from server import settings, visitors, web_security
from server.front_desk import front_desk
from server.opening import open_service
from server.simulator_process import SimulatorFailed
from sessions.desk import Desk
from sessions.limits import Limits
from sessions.state import Display

HERE = Path(__file__).parent

PATIENCE = 2
"""Seconds that a stopping server waits for its connections before it ends the sessions."""

preflights = Preflights(front_desk.site)

_log = logging.getLogger(__name__)


def tune_the_server() -> None:
    """Set what Streamlit does not let be set of the server it runs on, on 1.67 and uvicorn 0.54.

    TCP_NODELAY where this process listens, which each connection inherits: Streamlit binds its
    socket without naming the protocol, and asyncio sets the option only where TCP is named, so of
    two views in a row the second came 40 ms late.

    `PATIENCE` for the connections of a server that is told to stop: uvicorn waits for all of them
    before sessions are ended, for ever where one takes nothing any more (a laptop that was closed
    while the page loaded) or came in that moment and was not told.

    Neither can be had from anybody, so they are looked for. What it gives up then it tells in one
    line; the traceback of each is left out.
    """
    logging.getLogger("uvicorn.error").addFilter(is_no_cancellation)
    for found in gc.get_objects():
        if isinstance(found, uvicorn.Server):
            found.config.timeout_graceful_shutdown = PATIENCE
        elif isinstance(found, socket.socket) and found.fileno() >= 0:
            with suppress(OSError):
                if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def is_no_cancellation(record: logging.LogRecord) -> bool:
    """Whether `record` tells anything but that a task was cancelled."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


async def open_desk(stack: AsyncExitStack) -> tuple[Desk, settings.Settings]:
    """The desk, with all that it stands on; leaving `stack` ends every session.

    Raises `SettingRejected`, `SimulatorFailed` and `ValueError`, each with its sentence.
    """
    opened = await open_service(stack)
    chosen = opened.settings
    desk = Desk(
        opened.client,
        opened.janitor,
        voice=opened.voice,
        display=Display(chosen.display, chosen.sdk_url),
        limits=Limits(
            grace=chosen.grace_seconds,
            max_seconds=60 * chosen.max_minutes,
            idle_seconds=60 * chosen.idle_minutes,
            max_sessions=chosen.max_sessions,
        ),
    )
    stack.push_async_callback(desk.close)
    desk.refresh_catalog()
    return desk, chosen


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Everything that lives as long as the server; on the way out every session is ended."""
    async with AsyncExitStack() as stack:
        try:
            front_desk.open(*await open_desk(stack))
        except (ValueError, SimulatorFailed) as error:
            _log.error("%s", error)
            front_desk.refuse(str(error))
        stack.push_async_callback(preflights.close)
        tune_the_server()
        # Every script run ends in a full garbage collection, 40 ms with all of Streamlit in it.
        gc.freeze()
        # A script run lets go of the interpreter every 5 ms only, and each step of a call to the
        # API waits for that: 10 to 30 ms a call while a page is drawn.
        sys.setswitchinterval(0.0005)
        yield


async def health(_: Request) -> JSONResponse:
    """`Desk.health`; 503 where no session can be started."""
    if front_desk.desk is None:
        figures: dict[str, object] = {"status": "error", "error": front_desk.problem}
        return JSONResponse({"activeSessions": 0, **figures}, status_code=503)
    figures = front_desk.desk.health()
    return JSONResponse(figures, status_code=200 if figures["status"] == "ok" else 503)


def policy() -> str:
    """What a browser may load for our page; without settings, as little as there is."""
    return web_security.policy(front_desk.settings.base_url, front_desk.settings.sdk_url)


app = st.App(
    HERE / "app_pages" / "frame_page.py",
    lifespan=lifespan,
    routes=[
        Route("/health", health),
        *stage_routes(lambda: front_desk.desk),
        *preflight_routes(preflights),
    ],
    middleware=[
        Middleware(web_security.WebSecurity, policy=policy),
        Middleware(visitors.VisitorCookie),
    ],
)
