"""Who a visitor is: one browser, known by a cookie that no script can read.

Everywhere inside, `visitor` is a digest of that cookie. It commands nothing, so it may be shown and
logged. Several tabs of one browser are one visitor.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "avatar_visitor"

_KEY = secrets.token_bytes(32)
_FORM = re.compile(r"[A-Za-z0-9_-]{43}")  # secrets.token_urlsafe(32)


def visitor_of(cookies: Mapping[str, str]) -> str | None:
    """The visitor whose cookie is among `cookies`, as 16 hexadecimal digits.

    `None` where there is none, or one that we have not made: the browser blocks cookies, or the
    page was opened by something else.
    """
    cookie = cookies.get(COOKIE, "")
    return hashlib.sha256(cookie.encode()).hexdigest()[:16] if _FORM.fullmatch(cookie) else None


def nonce_of(visitor: str) -> str:
    """What the page of `visitor` shows beside the cookie to open a channel.

    The browser adds the cookie to a request of any page; the nonce is known to our page alone.
    It holds as long as this process: a page that outlives it is drawn again, with a new one.
    """
    return hmac.digest(_KEY, visitor.encode(), "sha256").hex()


def is_nonce_of(visitor: str, nonce: str) -> bool:
    """Whether `nonce_of(visitor)` is `nonce`, in a time that does not tell how much of it is."""
    return hmac.compare_digest(nonce_of(visitor).encode(), nonce.encode())


class VisitorCookie:
    """ASGI middleware that gives a browser its cookie with the first document.

    SameSite=Lax, because Strict would leave the cookie out where a link elsewhere leads here, and
    the visitor would be a new one. It lasts until the browser is closed. The one answer that sets
    it is kept in no cache: a shared one would hand the same visitor to everybody.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""
        if scope["type"] != "http" or visitor_of(HTTPConnection(scope).cookies):
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_document(message, asked):
                headers = MutableHeaders(scope=message)
                headers.append("Set-Cookie", _new_cookie(secure=_is_https(scope, asked)))
                headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _is_document(start: Message, asked: Headers) -> bool:
    """Whether a page is answered; 304 names no type, so there the browser's wish tells."""
    if start["status"] == 304:
        return "text/html" in asked.get("accept", "")
    return Headers(scope=start).get("content-type", "").startswith("text/html")


def _new_cookie(*, secure: bool) -> str:
    value = f"{COOKIE}={secrets.token_urlsafe(32)}; Path=/; HttpOnly; SameSite=Lax"
    return f"{value}; Secure" if secure else value


def _is_https(scope: Scope, asked: Headers) -> bool:
    """Whether the browser came by https; a proxy before us says so in X-Forwarded-Proto."""
    forwarded = asked.get("x-forwarded-proto", "").partition(",")[0].strip()
    return "https" in (scope["scheme"], forwarded)
