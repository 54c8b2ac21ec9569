"""The stage's routes, over a real server: who may open the channel, what goes down and comes up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

import httpx
import pytest
from starlette.applications import Starlette
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from components.assets import asset_path
from components.line import Pulse
from components.stage.channel import stage_routes
from server.visitors import COOKIE, nonce_of
from sessions.desk import Desk, Refused
from sessions.turns import TextRejected
from tests.support.served import served
from tests.support.simulator_process import eventually
from tests.support.stage_page import CHANNEL, IDLE, THE_COOKIE, StagePage, served_stage


@pytest.fixture(scope="module")
def server() -> Iterator[StagePage]:
    """The page's server."""
    with served_stage() as served:
        yield served


@pytest.fixture
def page(server: StagePage) -> StagePage:
    """The page as it is at first."""
    eventually(lambda: not server.watched())
    server.reports.clear()
    server.show(**IDLE)
    return server


def channel(page: StagePage, path: str = CHANNEL, **headers: str) -> ClientConnection:
    """The channel as our page opens it, unless `path` or `headers` say otherwise."""
    ours = {"Origin": page.url, "Cookie": f"{COOKIE}={THE_COOKIE}", **headers}
    url = f"{page.url.replace('http', 'ws')}/{path}"
    return connect(url, additional_headers={name: value for name, value in ours.items() if value})


def next_view(socket: ClientConnection) -> dict[str, object]:
    """The next message that is no beat."""
    while "beat" in (came := json.loads(socket.recv())):
        pass
    return dict(came)


def test_each_view_is_sent_as_a_whole(page: StagePage) -> None:
    """The present view comes at once, and the next ones when they change."""
    with channel(page) as socket:
        assert json.loads(socket.recv()) == IDLE
        page.show(phase="creating", revision=1)
        assert json.loads(socket.recv()) == {**IDLE, "phase": "creating", "revision": 1}


def test_what_comes_up_is_passed_on(page: StagePage) -> None:
    """Verbs, wishes and sights reach the desk, what is none of them is passed over, in order."""
    with channel(page) as socket:
        socket.send('{"sight": "playing", "sessionId": "s"}')
        socket.send("no message of ours")
        socket.send(b"\x00\x01")
        socket.send('{"sight": "failed", "sessionId": "s", "sentence": "No picture."}')
        socket.send('{"verb": "start", "click": true}')
        socket.send('{"verb": "say", "text": "Hello."}')
        socket.send('{"verb": "say", "text": "Hello.", "click": true}')
        socket.send('{"verb": "interrupt"}')
        socket.send('{"verb": "end"}')
        socket.send('{"wish": "stay"}')
        eventually(lambda: len(page.reports) == 8)
    assert page.reports == [
        ("playing", "s", None),
        ("failed", "s", "No picture."),
        ("start", "", "stage"),
        ("say", "Hello.", None),
        ("say", "Hello.", "stage"),
        ("interrupt", "", None),
        ("end", "", None),
        ("stay", "", None),
    ]


def test_what_is_refused_does_not_close_the_channel(page: StagePage) -> None:
    """Why is told by the next view, or by the callback of the same click."""
    page.refusals = [Refused("Not now."), TextRejected("Text is required.")]
    with channel(page) as socket:
        for _ in range(3):
            socket.send('{"verb": "say", "text": ""}')
        eventually(lambda: len(page.reports) == 1)
        page.show(refusal="Not now.")
        assert next_view(socket)["refusal"] in (None, "Not now.")


def test_the_avatar_is_shown_where_it_is_started(page: StagePage) -> None:
    """The stage that asks for a start takes the picture, unless another one has it."""
    page.show(elsewhere=True)
    with channel(page) as socket:
        socket.send('{"verb": "start"}')
        eventually(lambda: page.events() == ["take", "start"])
        page.show(phase="ready")
        socket.send('{"verb": "start"}')
        socket.send('{"wish": "take"}')
        eventually(lambda: page.events() == ["take", "start", "start", "take"])


def test_each_verb_is_answered_at_once(page: StagePage) -> None:
    """By a beat that counts it, though nothing has changed; a server that hangs sends none."""
    with channel(page) as socket:
        assert json.loads(socket.recv()) == IDLE
        for heard in (1, 2):
            socket.send('{"verb": "interrupt"}')
            beat = json.loads(socket.recv())
            assert beat["heard"] == heard
            assert beat["beat"] > 0
        socket.send('{"sight": "playing", "sessionId": "s"}')
        socket.send('{"lost": "s"}')
        eventually(lambda: page.events() == ["interrupt", "interrupt", "playing", "lost"])


@pytest.mark.parametrize("phase", ["idle", "ready"])
def test_beats_come_in_time(phase: str) -> None:
    """Often while a session is live, else seldom; each says within how long the next one comes."""
    page = StagePage()
    page.show(phase=phase)
    routes = stage_routes(lambda: cast(Desk, page), Pulse(live=0.05, idle=0.1))
    with served(Starlette(routes=routes)) as page.url, channel(page) as socket:
        next_view(socket)
        beats = [json.loads(socket.recv()) for _ in range(3)]
    within = {"idle": 0.1, "ready": 0.05}[phase]
    assert [beat["within"] for beat in beats] == [within] * 3
    assert beats[0]["beat"] < beats[1]["beat"] < beats[2]["beat"]


def test_without_a_desk_there_is_one_idle_view() -> None:
    """And nobody to ask; whatever comes up closes nothing."""
    with served(Starlette(routes=stage_routes(lambda: None))) as url:
        page = StagePage()
        page.url = url
        with channel(page) as socket:
            assert json.loads(socket.recv()) == IDLE
            socket.send('{"verb": "start"}')
            socket.ping().wait(5)


def test_a_browser_is_there_while_its_channel_is_open(page: StagePage) -> None:
    """Opening the channel is coming, closing it is going."""
    with channel(page):
        eventually(page.watched)
    eventually(lambda: not page.watched())


def test_a_message_that_is_too_long_closes_the_channel(page: StagePage) -> None:
    """Our page sends no more than 32,768 characters."""
    with channel(page) as socket:
        socket.recv()
        socket.send("x" * 32_769)
        assert code_at_the_end(socket) == 1009


def code_at_the_end(socket: ClientConnection) -> int | None:
    """With which code the server closes, having sent nothing more."""
    with pytest.raises(ConnectionClosed) as closed:
        socket.recv()
    return closed.value.rcvd.code if closed.value.rcvd else None


@pytest.mark.parametrize(
    "origin",
    [
        "https://elsewhere.example",
        "http://127.0.0.1:1",
        "null",
        "",
        "file://",
        "http://[",
        "http://",
    ],
)
def test_a_page_from_elsewhere_is_refused(page: StagePage, origin: str) -> None:
    """A browser lets any page open a WebSocket; the Origin says which one it is."""
    with pytest.raises(InvalidStatus) as refused:
        channel(page, Origin=origin)
    assert refused.value.response.status_code == 403
    assert not page.watched()


def test_a_page_behind_a_proxy_is_ours(page: StagePage) -> None:
    """There the name that the browser knows comes in X-Forwarded-Host, with or without its port."""
    forwarded = {"Origin": "https://avatar.example", "X-Forwarded-Host": "avatar.example:443"}
    with channel(page, **forwarded) as socket:
        assert json.loads(socket.recv()) == IDLE


OTHERS = nonce_of("another visitor")


@pytest.mark.parametrize(
    ("path", "cookie"),
    [
        (CHANNEL, ""),
        (CHANNEL, f"{COOKIE}=short"),
        (CHANNEL, f"{COOKIE}={'x' * 43}"),
        ("stage/channel", f"{COOKIE}={THE_COOKIE}"),
        (f"stage/channel?nonce={OTHERS}", f"{COOKIE}={THE_COOKIE}"),
        (f"{CHANNEL}0", f"{COOKIE}={THE_COOKIE}"),
        ("stage/channel?nonce=%ff%00é", f"{COOKIE}={THE_COOKIE}"),
    ],
    ids=["no cookie", "short", "another cookie", "no nonce", "another nonce", "longer", "no text"],
)
def test_the_nonce_has_to_belong_to_the_cookie(page: StagePage, path: str, cookie: str) -> None:
    """Neither alone opens anything: our page learns that it is refused, and sees no view."""
    with channel(page, path, Cookie=cookie) as socket:
        assert code_at_the_end(socket) == 1008
    assert not page.watched()


def test_modules_are_kept_by_the_browser_until_they_change(page: StagePage) -> None:
    """The path that the page asks for holds for a year, any other version is asked for again."""
    current = httpx.get(f"{page.url}/{asset_path('stage/js/stage.js')}")
    other = httpx.get(f"{page.url}/stage/assets/old/stage/js/stage.js")
    assert current.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert other.headers["cache-control"] == "no-cache"
    for answer in (current, other):
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "export function mount" in answer.text


@pytest.mark.parametrize(
    "name", ["stage.css", "channel.py", "..%2fchannel.py", "none.js", "%2e%2e", "media", ""]
)
def test_only_modules_are_served(page: StagePage, name: str) -> None:
    """Nothing else of the folder, or outside it, is an asset."""
    assert httpx.get(f"{page.url}/{asset_path(f'stage/js/{name}')}").status_code == 404
