"""The server: what lives as long as the process, and the routes."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from components.preflight.channel import preflight_routes
from components.stage.channel import stage_routes
from preflight.server import Preflights
from server import visitors, web_security
from server.services import services
from server.way_out import closing_at_signals

HERE = Path(__file__).parent

preflights = Preflights(services)

_log = logging.getLogger(__name__)


async def close() -> None:
    """End every session, and close all that is open."""
    await preflights.close()
    await services.close()


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Everything that lives as long as the server; on the way out every session is ended."""
    await services.open()
    if services.desk:
        services.desk.refresh_catalog()
    else:
        _log.error("%s", services.problem)
    async with closing_at_signals(close):
        # Every script run ends in a full garbage collection: 54 ms with all of Streamlit in it, and
        # none to speak of where what is there by now is left out (Streamlit 1.67).
        gc.freeze()
        # A script run lets go of the interpreter every 5 ms only, and each step of a call to the
        # API waits for that: 11 ms a call while a page is drawn, and 6 this way.
        sys.setswitchinterval(0.0005)
        yield


async def health(_: Request) -> JSONResponse:
    """`Desk.health`; 503 where no session can be started."""
    if services.desk is None:
        figures: dict[str, object] = {"status": "error", "error": services.problem}
        return JSONResponse({"activeSessions": 0, **figures}, status_code=503)
    figures = services.desk.health()
    return JSONResponse(figures, status_code=200 if figures["status"] == "ok" else 503)


def policy() -> str:
    """What a browser may load for our page; without settings, as little as there is."""
    return web_security.policy(services.settings.base_url, services.settings.sdk_url)


app = st.App(
    HERE / "app_pages" / "frame_page.py",
    lifespan=lifespan,
    routes=[
        Route("/health", health),
        *stage_routes(lambda: services.desk),
        *preflight_routes(preflights),
    ],
    middleware=[
        Middleware(web_security.WebSecurity, policy=policy),
        Middleware(visitors.VisitorCookie),
    ],
)
"""What lives as long as the process."""
