"""What runs on the server: settings, the simulator when there are no credentials, desk, routes."""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import settings
from avatar_client import AsyncAvatarClient
from components.stage.channel import stage_routes
from embedded_simulator import EmbeddedSimulator, SimulatorFailed
from front_desk import front_desk
from sessions.desk import Desk
from sessions.state import Display

HERE = Path(__file__).parent

_log = logging.getLogger(__name__)


def read_settings() -> settings.Settings:
    """From the environment, `.env`, then Streamlit's secrets. Raises `SettingRejected`."""
    secrets = settings.secrets_file(HERE / ".streamlit", Path.home() / ".streamlit")
    return settings.read(os.environ, settings.dotenv_file(HERE / ".env"), secrets)


def send_without_delay() -> None:
    """Set TCP_NODELAY where this process listens; each connection inherits it.

    Streamlit binds its socket without naming the protocol, and asyncio sets the option only where
    TCP is named: of two views in a row, the second came 40 ms late (Streamlit 1.67). The socket can
    be had from nobody, so it is looked for.
    """
    for found in gc.get_objects():
        if isinstance(found, socket.socket) and found.fileno() >= 0:
            with suppress(OSError):
                if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Everything that lives as long as the server; on the way out every session is ended."""
    async with AsyncExitStack() as stack:
        try:
            chosen = read_settings()
            if chosen.simulated:
                simulator = EmbeddedSimulator()
                stack.push_async_callback(simulator.stop)
                chosen = replace(chosen, base_url=await simulator.start())
        except (settings.SettingRejected, SimulatorFailed) as error:
            _log.error("%s", error)
            front_desk.refuse(str(error))
        else:
            client = await stack.enter_async_context(
                AsyncAvatarClient(chosen.ks or settings.SIMULATOR_KS, chosen.base_url)
            )
            desk = Desk(client, display=Display(chosen.display, chosen.sdk_url))
            stack.push_async_callback(desk.close)
            desk.refresh_catalog()
            front_desk.open(desk, chosen)
        send_without_delay()
        # Every script run ends in a full garbage collection, 40 ms with all of Streamlit in it.
        gc.freeze()
        # A script run lets go of the interpreter every 5 ms only, and each step of a call to the
        # API waits for that: 10 to 30 ms a call while a page is drawn.
        sys.setswitchinterval(0.0005)
        yield


async def health(_: Request) -> JSONResponse:
    """`{"status": "ok", "activeSessions": N}`; 503 where no session can be started."""
    if front_desk.desk is None:
        return JSONResponse(
            {"status": "error", "activeSessions": 0, "error": front_desk.problem}, status_code=503
        )
    return JSONResponse({"status": "ok", "activeSessions": len(front_desk.desk.active())})


app = st.App(
    HERE / "page.py",
    lifespan=lifespan,
    routes=[Route("/health", health), *stage_routes(front_desk)],
)
