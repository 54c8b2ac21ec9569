"""The routes of the page Preflight, over a real server: who may begin one, and what it is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from components.assets import asset_path, asset_route
from components.preflight.channel import preflight_routes
from preflight.server import Preflights
from server.services import NOT_STARTED, Services
from server.visitors import COOKIE, nonce_of
from tests.support.served import served
from tests.support.stage_page import THE_COOKIE, VISITOR

OURS = f"preflight/channel?nonce={nonce_of(VISITOR)}"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server whose services are not open: a preflight is over at once."""
    preflights = Preflights(Services())
    with served(Starlette(routes=[*preflight_routes(preflights), asset_route()])) as url:
        yield url


def channel(url: str, path: str = OURS, **headers: str) -> ClientConnection:
    """The channel as our page opens it, unless `path` or `headers` say otherwise."""
    ours = {"Origin": url, "Cookie": f"{COOKIE}={THE_COOKIE}", **headers}
    return connect(f"{url.replace('http', 'ws')}/{path}", additional_headers=ours)


def state(socket: ClientConnection) -> dict[str, Any]:
    """What the page is shown next."""
    shown: dict[str, Any] = json.loads(socket.recv(timeout=5))
    return shown


def test_the_steps_are_shown_before_the_first_run(url: str) -> None:
    """What will be tried, and nothing of it yet."""
    with channel(url) as socket:
        shown = state(socket)
    assert {result["outcome"] for result in shown["results"]} == {"waiting"}
    assert (shown["running"], shown["verdict"], shown["report"]) == (False, None, None)


def test_a_run_is_shown_to_its_end(url: str) -> None:
    """The whole state, each time; the report at the end names the browser."""
    with channel(url, **{"User-Agent": "A browser\u00ad"}) as socket:
        state(socket)
        socket.send('{"event": "run"}')
        while (shown := state(socket))["running"]:
            pass
    first, *others = shown["results"]
    assert (first["outcome"], first["detail"]) == ("failed", NOT_STARTED)
    assert {result["outcome"] for result in others} == {"not tried"}
    assert "It does not work here yet: Settings." in shown["verdict"]
    assert "this browser (A browser" in shown["report"]


def test_what_is_no_message_of_ours_closes_nothing(url: str) -> None:
    """Nothing begins, nothing is noted, and the channel goes on."""
    with channel(url) as socket:
        state(socket)
        socket.send("no message")
        socket.send('{"sight": "picture", "word": ""}')
        socket.send('{"event": "run"}')
        assert state(socket)["results"][0]["outcome"] != "waiting"


def test_the_door_is_closed_to_others(url: str) -> None:
    """To pages from elsewhere, and to ours with another visitor's nonce: a run costs money."""
    with pytest.raises(InvalidStatus) as refused:
        channel(url, Origin="https://elsewhere.example")
    assert refused.value.response.status_code == 403
    with (
        channel(url, f"preflight/channel?nonce={nonce_of('another visitor')}") as socket,
        pytest.raises(ConnectionClosed) as closed,
    ):
        socket.recv(timeout=5)
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 1008


def test_the_modules_are_served_beside_each_other(url: str) -> None:
    """What one imports is found from where it is; a version that is not this one is not kept."""
    path = asset_path("preflight/js/preflight.js")
    module = httpx.get(f"{url}/{path}")
    assert "immutable" in module.headers["cache-control"]
    neighbour = httpx.get(httpx.URL(f"{url}/{path}").join("../../stage/js/media/whep.js"))
    assert neighbour.headers["content-type"].startswith("text/javascript")
    version = path.split("/")[2]
    assert httpx.get(f"{url}/{path.replace(version, 'old')}").headers["cache-control"] == "no-cache"
    assert httpx.get(f"{url}/stage/assets/{version}/preflight/channel.py").status_code == 404
    assert httpx.get(f"{url}/stage/assets/{version}/../../app.py").status_code == 404


def test_who_runs_it_very_often_is_asked_to_wait() -> None:
    """Each run opens a session, which may be paid for. Ten in a row are nothing special."""
    app = Starlette(routes=preflight_routes(Preflights(Services())))
    with served(app) as url, channel(url) as socket:
        shown = state(socket)
        for _ in range(10):
            assert shown["refusal"] is None
            socket.send('{"event": "run"}')
            while (shown := state(socket))["running"] or not shown["verdict"]:
                pass
        socket.send('{"event": "run"}')
        assert "wait half a minute" in state(socket)["refusal"]
