"""The stage's routes, over a real server: who may open the channel, what goes down and comes up."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from components.stage.channel import asset_path, parse_report
from server.visitors import COOKIE, nonce_of
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


def test_each_view_is_sent_as_a_whole(page: StagePage) -> None:
    """The present view comes at once, and the next ones when they change."""
    with channel(page) as socket:
        assert json.loads(socket.recv()) == IDLE
        page.show(phase="creating", revision=1)
        assert json.loads(socket.recv()) == {**IDLE, "phase": "creating", "revision": 1}


def test_reports_are_passed_on(page: StagePage) -> None:
    """What is a report reaches the server side, what is not is passed over, in order."""
    with channel(page) as socket:
        socket.send('{"event": "playing", "sessionId": "s"}')
        socket.send("no report")
        socket.send(b"\x00\x01")
        socket.send('{"event": "failed", "sessionId": "s", "message": "No picture."}')
        socket.send('{"event": "remark", "sessionId": "s", "message": "Ours shows it."}')
        socket.send('{"event": "start"}')
        eventually(lambda: len(page.reports) == 4)
    assert page.reports == [
        ("playing", "s", None),
        ("failed", "s", "No picture."),
        ("remark", "s", "Ours shows it."),
        ("start", "", None),
    ]


def test_a_browser_is_there_while_its_channel_is_open(page: StagePage) -> None:
    """Opening the channel is coming, closing it is going."""
    with channel(page):
        eventually(page.watched)
    eventually(lambda: not page.watched())


def test_a_report_that_is_too_long_closes_the_channel(page: StagePage) -> None:
    """4096 characters are enough for every report there is."""
    with channel(page) as socket:
        socket.recv()
        socket.send("x" * 4097)
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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '"playing"',
        "{",
        "[" * 4000,
        "{}",
        '{"event": "playing"}',
        '{"event": "playing", "sessionId": ""}',
        '{"event": "gone", "sessionId": null}',
        '{"event": "playing", "sessionId": 7}',
        '{"event": "start", "sessionId": 7}',
        '{"event": ["playing"], "sessionId": "s"}',
        '{"event": "bogus", "sessionId": "s"}',
        json.dumps({"event": "playing", "sessionId": "s" * 201}),
    ],
)
def test_what_is_no_report_is_passed_over(text: str) -> None:
    """A browser can send anything; only the documented reports count."""
    assert parse_report(text) is None


@pytest.mark.parametrize("event", ["start", "stay", "take"])
@pytest.mark.parametrize("session", [{}, {"sessionId": None}, {"sessionId": ""}])
def test_a_wish_needs_no_session(event: str, session: dict[str, object]) -> None:
    """What is clicked on the stage counts before there is a session, too."""
    assert parse_report(json.dumps({"event": event, **session})) == (event, "", None)


def test_a_long_sentence_is_cut() -> None:
    """A message of more than 500 characters is not for a person."""
    text = json.dumps({"event": "failed", "sessionId": "s", "message": "x" * 600})
    assert parse_report(text) == ("failed", "s", "x" * 500)


def test_a_message_that_is_no_sentence_is_left_out() -> None:
    """A report with a wrong message is still a report."""
    assert parse_report('{"event": "gone", "sessionId": "s", "message": 7}') == ("gone", "s", None)


def test_modules_are_kept_by_the_browser_until_they_change(page: StagePage) -> None:
    """The path that the page asks for holds for a year, any other version is asked for again."""
    current = httpx.get(f"{page.url}/{asset_path('stage.js')}")
    other = httpx.get(f"{page.url}/stage/assets/old/stage/stage.js")
    assert current.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert other.headers["cache-control"] == "no-cache"
    for answer in (current, other):
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "export function mount" in answer.text


@pytest.mark.parametrize(
    "name", ["stage.css", "channel.py", "..%2fchannel.py", "none.js", "%2e%2e"]
)
def test_only_modules_are_served(page: StagePage, name: str) -> None:
    """Nothing else of the folder, or outside it, is an asset."""
    assert httpx.get(f"{page.url}/{asset_path(name)}").status_code == 404
