"""Floods: who sends or opens too much waits, or is refused with a sentence, and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from server.flood_control import FloodControl
from server.visitors import COOKIE, new_cookie
from tests.support.served import served
from tests.support.simulator_process import eventually

MOST_OPEN = 20


class Site:
    """A page and a WebSocket behind the flood control; `heard` and `gone` are by the cookie."""

    def __init__(self) -> None:
        self.url = ""
        self.heard: dict[str, int] = {}
        self.gone: set[str] = set()

    def line(self, cookie: str) -> ClientConnection:
        """A WebSocket of the visitor with this cookie."""
        headers = {"Cookie": f"{COOKIE}={cookie}"}
        url = f"{self.url.replace('http', 'ws')}/line"
        return connect(url, additional_headers=headers, close_timeout=0.1)

    async def hear(self, socket: WebSocket) -> None:
        """Count what comes."""
        await socket.accept()
        async for _ in socket.iter_text():
            cookie = socket.cookies[COOKIE]
            self.heard[cookie] = self.heard.get(cookie, 0) + 1
        self.gone.add(socket.cookies[COOKIE])


def draw(_: Request) -> HTMLResponse:
    """Any page."""
    return HTMLResponse("")


@pytest.fixture
def site() -> Iterator[Site]:
    """Served until the end of the test."""
    site = Site()
    routes = [WebSocketRoute("/line", site.hear), Route("/{path:path}", draw)]
    with served(
        Starlette(routes=routes, middleware=[Middleware(FloodControl, most_open=MOST_OPEN)])
    ) as site.url:
        yield site


def test_a_flood_of_messages_is_read_slowly_then_no_more(site: Site) -> None:
    """Of thousands some hundreds, while another visitor's one message is heard at once. For the app
    the flooder has gone, and may come back."""
    flooder, other = new_cookie(), new_cookie()
    with site.line(flooder) as flood, site.line(other) as line:
        for _ in range(5000):
            flood.send("x")
        line.send("x")
        eventually(lambda: site.heard.get(other))
        eventually(lambda: flooder in site.gone, within=60)
    heard = site.heard[flooder]
    assert 200 < heard < 1000
    with site.line(flooder) as flood:
        flood.send("x")
        eventually(lambda: site.heard[flooder] == heard + 1)


def test_who_clicks_quickly_in_two_tabs_never_waits(site: Site) -> None:
    """A hundred messages from each at once."""
    cookie = new_cookie()
    with site.line(cookie) as one, site.line(cookie) as two:
        for _ in range(100):
            one.send("x")
            two.send("x")
        eventually(lambda: site.heard.get(cookie) == 200, within=2)


def test_too_many_lines_are_refused(site: Site) -> None:
    """With a sentence; the lines of another visitor are opened."""
    cookie = new_cookie()
    with ExitStack() as lines:
        for _ in range(MOST_OPEN):
            lines.enter_context(site.line(cookie))
        with pytest.raises(InvalidStatus) as refused:
            site.line(cookie)
        assert refused.value.response.status_code == 429
        assert b"wait a minute" in refused.value.response.body
        lines.enter_context(site.line(new_cookie()))
    eventually(lambda: can_be_opened(site, cookie))


def can_be_opened(site: Site, cookie: str) -> bool:
    """Whether another line is let in."""
    try:
        with site.line(cookie):
            return True
    except InvalidStatus:
        return False


async def statuses(url: str, times: int, **headers: str) -> list[int]:
    """Those of so many requests."""
    async with httpx.AsyncClient(headers=headers) as http:
        return [(await http.get(url)).status_code for _ in range(times)]


def test_new_visitors_from_one_address(site: Site) -> None:
    """Some hundreds at once, not thousands; who has a cookie, files and /health are not counted."""
    first = asyncio.run(statuses(site.url, 400))
    assert first[:200] == [200] * 200
    assert first[-1] == 429
    known = {"Cookie": f"{COOKIE}={new_cookie()}"}
    assert set(asyncio.run(statuses(site.url, 50, **known))) == {200}
    for path in ("health", "static/js/index.js", "_stcore/health"):
        assert set(asyncio.run(statuses(f"{site.url}/{path}", 50))) == {200}
