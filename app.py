"""The server: its lifespan, its routes and its middleware."""

from __future__ import annotations

import asyncio
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
from starlette.routing import Mount, Route

from app_pages.choices_panel import poster_for
from app_pages.shell_page import shell_routes, use_colors
from components.preflight.channel import preflight_routes
from components.presenter.channel import Presenting, presenter_routes
from components.presenter.pages import remote_page_route, stage_page_route
from components.slides import slides_routes
from components.stage.channel import stage_routes
from preflight.server import Preflights
from server import flood_control, visitors, web_security
from server.proxy_advice import ProxyAdvice
from server.services import services
from server.sub_path import BelowBasePath
from server.way_out import closing_at_signals
from sessions.desk import Desk
from sessions.ledger import state_folder

HERE = Path(__file__).parent

preflights = Preflights(services)

_log = logging.getLogger(__name__)


async def close() -> None:
    """End every session, and close everything."""
    if services.desk:
        await asyncio.gather(preflights.close(), services.desk.close())
    await services.close()


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Open the services; at the end, close them, which ends every session."""
    await services.open()
    use_colors(services.settings.brand)
    if services.desk:
        services.desk.refresh_catalog()
    else:
        _log.error("%s", services.problem)
    keys = visitors.kept_keys(state_folder(), services.shared_key)
    async with closing_at_signals(close), keys:
        # Every script run ends in a full garbage collection (Streamlit 1.67). It takes 54 ms with
        # all of Streamlit's objects, and hardly any time once they are frozen.
        gc.freeze()
        # A script run yields the interpreter only every 5 ms by default, and each step of a call to
        # the API waits for it: a call takes 11 ms while a page is drawn, and 6 ms this way.
        sys.setswitchinterval(0.0005)
        yield


async def health(_: Request) -> JSONResponse:
    """`Desk.health` as JSON, with status 503 if no session can be started."""
    if services.desk is None:
        figures: dict[str, object] = {"status": "error", "error": services.problem}
        return JSONResponse({"activeSessions": 0, **figures}, status_code=503)
    figures = services.desk.health()
    return JSONResponse(figures, status_code=200 if figures["status"] == "ok" else 503)


def poster(request: Request) -> str | None:
    """The picture of the avatar that this visitor will see."""
    return poster_for(services, visitors.visitor_of(request), request.cookies)


def presenting() -> Presenting | None:
    """What the presenter's pages need, once a session can be started."""
    if services.desk is None:
        return None
    billed = not services.settings.simulated
    return Presenting(services.desk, services.runs, services.remotes, billed=billed)


def rehearsals_desk() -> Desk | None:
    """The desk of a rehearsal."""
    return services.rehearsal.desk if services.rehearsal else None


def rehearsing() -> Presenting | None:
    """The same at the simulator, once somebody rehearses."""
    if (rehearsal := services.rehearsal) is None or rehearsal.desk is None:
        return None
    return Presenting(rehearsal.desk, rehearsal.runs, rehearsal.remotes)


def stage_page() -> Route:
    """The stage for the audience."""
    return stage_page_route(
        lambda: services.settings.brand, lambda: services.settings.disclosure, poster
    )


def policy() -> str:
    """The Content-Security-Policy for the present settings."""
    return web_security.policy(services.settings.base_url, services.settings.sdk_url)


app = st.App(
    HERE / "app_pages" / "frame_page.py",
    lifespan=lifespan,
    routes=[
        BelowBasePath(
            [
                Route("/health", health),
                *stage_routes(
                    lambda: services.desk, is_billed=lambda: not services.settings.simulated
                ),
                *preflight_routes(preflights),
                *presenter_routes(presenting),
                stage_page(),
                Mount(
                    "/rehearsal",
                    routes=[
                        *stage_routes(rehearsals_desk),
                        *presenter_routes(rehearsing),
                        stage_page(),
                        *slides_routes(),
                    ],
                ),
                remote_page_route(lambda: services.settings.brand),
                *slides_routes(),
                *shell_routes(lambda: services.settings.brand, poster),
            ]
        )
    ],
    middleware=[
        Middleware(web_security.WebSecurity, policy=policy),
        Middleware(ProxyAdvice, is_ours=web_security.is_from_our_page),
        Middleware(visitors.VisitorCookie),
        Middleware(flood_control.FloodControl),
    ],
)
"""What lives as long as the process."""
