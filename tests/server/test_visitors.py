"""The visitor's cookie and nonce: who gets one, and who is meant by it."""

from __future__ import annotations

import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from server.visitors import COOKIE, VisitorCookie, is_nonce_of, nonce_of, visitor_of

pytestmark = pytest.mark.anyio

OURS = "a-Cookie_0".ljust(43, "x")
ILL_FORMED = ["", "x", "x" * 42, "x" * 44, "x" * 42 + "é", "x" * 42 + "\n", "../" * 15]


def test_a_visitor_is_a_digest_of_the_cookie() -> None:
    """16 hexadecimal digits that tell visitors apart and can't be turned back into the cookie."""
    visitor = visitor_of({"other": "x" * 43, COOKIE: OURS})
    assert visitor
    assert re.fullmatch(r"[0-9a-f]{16}", visitor)
    assert visitor != visitor_of({COOKIE: OURS[::-1]})


@pytest.mark.parametrize("cookie", ILL_FORMED)
def test_what_we_have_not_made_is_nobody(cookie: str) -> None:
    """Nobody is let in with a cookie of their own making, such as an empty one."""
    assert visitor_of({COOKIE: cookie}) is None
    assert visitor_of({}) is None


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
    """Secure where the browser came by https, which behind a proxy its header says."""
    answer = await get(url, **{"X-Forwarded-Proto": forwarded})
    assert given(answer).endswith("; Secure") is secure
