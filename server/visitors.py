"""A visitor is one browser, known by a cookie that no script can read.

Everywhere inside, `visitor` is a digest of that cookie. It gives no rights, so it may be shown and
logged. All tabs of a browser are one visitor.
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

    None without a cookie of our form: the browser blocks cookies, or the client is no browser.
    """
    cookie = cookies.get(COOKIE, "")
    return hashlib.sha256(cookie.encode()).hexdigest()[:16] if _FORM.fullmatch(cookie) else None


def nonce_of(visitor: str) -> str:
    """The nonce that a page of `visitor` sends, beside the cookie, to open a channel.

    A browser adds the cookie to requests from any page; only our page knows the nonce. It is valid
    as long as this process: a page that outlives the process is drawn again, with a new one.
    """
    return hmac.digest(_KEY, visitor.encode(), "sha256").hex()


def is_nonce_of(visitor: str, nonce: str) -> bool:
    """Compare `nonce` with `nonce_of(visitor)` in constant time."""
    return hmac.compare_digest(nonce_of(visitor).encode(), nonce.encode())


class VisitorCookie:
    """ASGI middleware that gives a browser its cookie with the first document.

    SameSite=Lax, because with Strict a visitor who follows a link to us would become a new one. The
    cookie lasts until the browser is closed. The answer that sets it is not cached: a shared cache
    would give everybody the same visitor.
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
    """Whether the answer is a page; a 304 names no type, so the Accept header decides."""
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
