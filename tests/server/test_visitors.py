"""The visitor's cookie and nonce: who gets one, and who is meant by it."""

from __future__ import annotations

import asyncio
import base64
import hmac
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from server.visitors import (
    COOKIE,
    SECURE_COOKIE,
    VisitorCookie,
    is_nonce_of,
    kept_keys,
    new_cookie,
    nonce_of,
    visitor_of,
)
from sessions.ledger import LedgerUnreachable

pytestmark = pytest.mark.anyio

OURS = new_cookie()
FORGED = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")
OTHER_FORM = OURS[:-1] + {"A": "B", "E": "F", "I": "J", "M": "N"}.get(OURS[-1], "B")
MADE_UP = ["", "x", "x" * 42, "x" * 44, "x" * 42 + "é", "x" * 42 + "\n", "../" * 15, FORGED]
MADE_UP += [OURS[:-4] + "AAAA", OURS[::-1], OTHER_FORM]


def asked(scheme: str = "http", proto: str = "", **cookies: str) -> HTTPConnection:
    """A request with these cookies, which came by this scheme, to a proxy if `proto` is set."""
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = [(b"cookie", cookie.encode("latin-1"))]
    headers += [(b"x-forwarded-proto", proto.encode())] if proto else []
    return HTTPConnection({"type": "http", "scheme": scheme, "headers": headers})


def test_a_visitor_is_a_digest_of_the_cookie() -> None:
    """32 hexadecimal digits that tell visitors apart and can't be turned back into the cookie."""
    visitor = visitor_of(asked(other=new_cookie(), **{COOKIE: OURS}))
    assert visitor
    assert re.fullmatch(r"[0-9a-f]{32}", visitor)
    assert visitor != visitor_of(asked(**{COOKIE: new_cookie()}))


@pytest.mark.parametrize("cookie", MADE_UP, ids=range(len(MADE_UP)))
@pytest.mark.parametrize("name", [COOKIE, SECURE_COOKIE])
def test_what_we_have_not_made_is_nobody(cookie: str, name: str) -> None:
    """Nobody is let in with a cookie of somebody's own making, however much it looks like ours."""
    assert visitor_of(asked(**{name: cookie})) is None
    assert visitor_of(asked()) is None


@pytest.mark.parametrize(
    ("scheme", "proto"), [("https", ""), ("wss", ""), ("http", "https"), ("ws", "wss")]
)
def test_over_https_a_cookie_cannot_be_planted(scheme: str, proto: str) -> None:
    """A neighbouring host, or a page over http, can set a cookie without the prefix: it counts for
    nothing, not even beside the other one."""
    planted, own = {COOKIE: new_cookie()}, {SECURE_COOKIE: OURS}
    assert visitor_of(asked(scheme, proto, **planted)) is None
    assert visitor_of(asked(scheme, proto, **own, **planted)) == visitor_of(asked(**own))
    assert visitor_of(asked("http", **planted))


async def test_a_cookie_outlives_the_server(tmp_path: Path) -> None:
    """The page that a restart leaves behind is still its visitor's; only we can read the key."""
    async with kept_keys(tmp_path):
        cookie = new_cookie()
    assert visitor_of(asked(**{COOKIE: cookie})) is None
    async with kept_keys(tmp_path):
        assert visitor_of(asked(**{COOKIE: cookie}))
    assert (tmp_path / "visitors.key").stat().st_mode & 0o777 == 0o600
    async with kept_keys(tmp_path / "another"):
        assert visitor_of(asked(**{COOKIE: cookie})) is None


async def test_a_place_for_no_key(tmp_path: Path) -> None:
    """A damaged key is replaced, and where none can be kept the server starts all the same."""
    (tmp_path / "visitors.key").write_bytes(b"short")
    async with kept_keys(tmp_path):
        cookie = new_cookie()
    async with kept_keys(tmp_path):
        assert visitor_of(asked(**{COOKIE: cookie}))
    (tmp_path / "file").touch()
    async with kept_keys(tmp_path / "file"):
        assert visitor_of(asked(**{COOKIE: new_cookie()}))


async def test_servers_of_one_ledger_know_each_others_visitors(tmp_path: Path) -> None:
    """Once the ledger can be read; until then each knows its own, and goes on knowing them."""
    unread = [LedgerUnreachable("not yet")] * 2

    async def shared() -> bytes:
        if unread:
            raise unread.pop()
        return b"a key of all"

    def is_shared(cookie: str) -> bool:
        both = base64.urlsafe_b64decode(f"{cookie}=")
        return hmac.digest(b"a key of all", both[:16], "sha256")[:16] == both[16:]

    async with kept_keys(tmp_path / "one", shared, again=0.01), asyncio.timeout(10):
        before = after = new_cookie()
        assert not is_shared(before)
        while not is_shared(after):
            await asyncio.sleep(0)
            after = new_cookie()
        assert visitor_of(asked(**{COOKIE: before}))
    async with kept_keys(tmp_path / "two", shared):
        assert visitor_of(asked(**{COOKIE: after}))
        assert visitor_of(asked(**{COOKIE: before})) is None


def test_a_nonce_belongs_to_one_visitor() -> None:
    """It is the same for every tab of theirs, and nobody else's."""
    assert nonce_of("a") == nonce_of("a")
    assert is_nonce_of("a", nonce_of("a"))
    for other in (nonce_of("b"), "", nonce_of("a")[:-1], "é"):
        assert not is_nonce_of("a", other)


def answer(request: Request) -> Response:
    """A document, another answer, or 304, as the path says."""
    match request.url.path:
        case "/data":
            return JSONResponse({})
        case "/same":
            return Response(status_code=304)
    return HTMLResponse("")


async def get(url: str = "http://here/", **headers: str) -> httpx.Response:
    """What a browser that sends these headers gets from behind the middleware."""
    app = Starlette(routes=[Route("/{path:path}", answer)], middleware=[Middleware(VisitorCookie)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        return await client.get(url, headers=headers)


def given(answer: httpx.Response) -> str:
    """The cookie that came with the answer, whole; empty for none."""
    return str(answer.headers.get("set-cookie", ""))


async def test_the_first_document_brings_a_cookie() -> None:
    """No script can read it, no other site can send it, and no cache keeps it for others."""
    answer = await get()
    cookie = rf"{COOKIE}=([\w-]{{43}}); Path=/; HttpOnly; SameSite=Lax"
    assert re.fullmatch(cookie, given(answer), re.ASCII)
    assert answer.headers["cache-control"] == "no-store"
    assert given(await get()) != given(answer)


async def test_a_visitor_keeps_their_cookie() -> None:
    """Whoever has one gets no other, and may keep the document."""
    answer = await get(Cookie=f"{COOKIE}={OURS}")
    assert not given(answer)
    assert "cache-control" not in answer.headers


async def test_a_cookie_that_is_none_of_ours_is_replaced() -> None:
    """Else its browser could never be a visitor."""
    assert given(await get(Cookie=f"{COOKIE}=short"))


@pytest.mark.parametrize(
    ("path", "accept", "is_document"),
    [
        ("/", "*/*", True),
        ("/data", "text/html,*/*", False),
        ("/same", "text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("/same", "*/*", False),
    ],
)
async def test_only_documents_bring_it(path: str, accept: str, is_document: bool) -> None:
    """Also one that has not changed: its browser may have lost the cookie and kept the page."""
    assert bool(given(await get(f"http://here{path}", Accept=accept))) is is_document


@pytest.mark.parametrize(
    ("url", "forwarded", "secure"),
    [
        ("http://here/", "", False),
        ("https://here/", "", True),
        ("http://here/", "https", True),
        ("http://here/", "https, http", True),
        ("http://here/", "http", False),
    ],
)
async def test_over_https_it_stays_there(url: str, forwarded: str, secure: bool) -> None:
    """Secure, and of this host alone, where the browser came by https, which a proxy says."""
    cookie = given(await get(url, **{"X-Forwarded-Proto": forwarded}))
    assert cookie.endswith("; Secure") is secure
    assert cookie.startswith("__Host-") is secure
