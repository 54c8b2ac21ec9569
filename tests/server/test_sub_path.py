"""Our routes below a path, and at the root."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from components.assets import asset_path, asset_route
from server.sub_path import BelowBasePath
from tests.support.app_process import UVICORN, running_app
from tests.support.simulator_process import SimulatorProcess


async def hello(_: Request) -> PlainTextResponse:
    """A route of ours."""
    return PlainTextResponse("ours")


async def channel(socket: WebSocket) -> None:
    """A WebSocket of ours."""
    await socket.accept()
    await socket.close()


async def streamlits(request: Request) -> PlainTextResponse:
    """All the rest."""
    return PlainTextResponse(f"Streamlit's {request.url.path}")


@pytest.mark.parametrize("base", ["", "/demo", "/a/b", "/stage"])
def test_below_a_path(base: str) -> None:
    """Whatever the path, ours are ours, and the rest is Streamlit's."""
    ours = [Route("/health", hello), WebSocketRoute("/stage/channel", channel), asset_route()]
    rest = Mount("/", routes=[Route("/{path:path}", streamlits)])
    client = TestClient(Starlette(routes=[BelowBasePath(ours, lambda: base), rest]))
    assert client.get(f"{base}/health").text == client.get("/health").text == "ours"
    module = client.get(f"{base}/{asset_path('stage/js/stage.js')}")
    assert module.headers["content-type"].startswith("text/javascript")
    with client.websocket_connect(f"{base}/stage/channel?nonce=1"):
        pass
    for path in (f"{base}/preflight", f"{base}/", "/other/health", f"/other{base}/health"):
        assert client.get(path).text == f"Streamlit's {path}"


def test_the_setting_in_the_environment(simulator: SimulatorProcess) -> None:
    """Streamlit's own name for it, under uvicorn, too."""
    live = {"AVATAR_KS": "a-test", "AVATAR_BASE_URL": simulator.base_url}
    with running_app(UVICORN, STREAMLIT_SERVER_BASE_URL_PATH="/demo/", **live) as app:
        for path in ("demo/health", "health", f"demo/{asset_path('stage/js/stage.js')}"):
            assert httpx.get(f"{app.url}/{path}").status_code == 200
