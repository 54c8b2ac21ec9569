"""What to change in a reverse proxy that keeps our pages from their WebSockets.

Such a page stays empty, because no browser tells a page why a WebSocket was refused, and Streamlit
only tries again (1.67). So the log says it, and where it can be, the page.
"""

from __future__ import annotations

import logging
import re
import textwrap
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_PING = "/_stcore/health"
"""Streamlit's page asks for it before it opens its WebSocket. An error's JSON is shown (1.67)."""

_NO_UPGRADE = (
    "A page stays empty, because its WebSocket arrived without the header Upgrade: have the reverse"
    " proxy in front of this server pass WebSockets on. docs/deploy.md shows how."
)

_WIDTH = 48
_LONGEST = 100
_MOST_LINES = 20
_lines: set[str] = set()

_log = logging.getLogger(__name__)


def refused(page: str, headers: Headers) -> str:
    """The sentence for `page`, an Origin, whose requests with these headers are not taken for its.

    `server/web_security.py` decides that.
    """
    names = (page, headers.get("host", ""), headers.get("x-forwarded-proto", ""))
    page, host, forwarded = (_printable(name) for name in names)
    scheme, _, name = page.partition("://")
    if name != host:
        lack = f"with the Host {host}" if host else "without a Host"
        advice = (
            "pass on the browser's Host with its port (nginx: proxy_set_header Host $http_host;)"
        )
    elif forwarded:
        lack = f"with X-Forwarded-Proto {forwarded}"
        advice = f"say {scheme} there, as the browser does"
    else:
        lack = "with none of a reverse proxy's headers"
        advice = "send X-Forwarded-For and X-Forwarded-Proto"
    return (
        f"The page at {page} stays empty, because its requests arrive {lack}. If that page is ours,"
        f" have the reverse proxy in front of this server {advice}. docs/deploy.md shows how."
    )


def log_once(sentence: str) -> None:
    """Log it, unless it was logged before: a page tries again for ever, and so may an attacker."""
    if sentence not in _lines and len(_lines) < _MOST_LINES:
        _lines.add(sentence)
        _log.warning("%s", sentence)


class ProxyAdvice:
    """ASGI middleware that answers a page which will get no WebSocket with the reason.

    `is_ours` decides, by a connection's Origin, whether its page is ours.
    """

    def __init__(self, app: ASGIApp, is_ours: Callable[[HTTPConnection], bool]) -> None:
        self._app = app
        self._is_ours = is_ours

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything else on."""
        answer = self._answer(HTTPConnection(scope)) if scope["type"] == "http" else None
        if scope["type"] == "websocket":
            scope = _with_public_host(scope)
        await (answer or self._app)(scope, receive, send)

    def _answer(self, request: HTTPConnection) -> JSONResponse | None:
        # A proxy drops Upgrade, which is for the next hop alone, and passes on the rest.
        if "sec-websocket-key" in request.headers:
            log_once(_NO_UPGRADE)
            return JSONResponse(_NO_UPGRADE, status_code=426, headers={"Upgrade": "websocket"})
        # A ping has no Origin. Its page's WebSocket will have this one.
        origin = re.match("https?://[^/]+", request.headers.get("referer", ""))
        if not (origin and request.scope["path"].endswith(_PING)):
            return None
        if self._is_ours(HTTPConnection(_with_header(request.scope, b"origin", origin[0]))):
            return None
        sentence = refused(origin[0], request.headers)
        # Not 403, at which Streamlit's page speaks of CORS. It shows lines as they come.
        return JSONResponse(textwrap.fill(sentence, _WIDTH), status_code=400)


def _with_public_host(scope: Scope) -> Scope:
    """The WebSocket of a page of ours, with that page's Host.

    Streamlit compares Origin and Host again, without X-Forwarded-Host. Where they differ, it asks
    a server of Amazon's for this machine's address, on the event loop (1.67).
    """
    host = HTTPConnection(scope).headers.get("origin", "").partition("//")[2]
    return _with_header(scope, b"host", host) if host else scope


def _with_header(scope: Scope, name: bytes, value: str) -> Scope:
    others = [header for header in scope["headers"] if header[0] != name]
    return {**scope, "headers": [*others, (name, value.encode("latin-1"))]}


def _printable(text: str) -> str:
    return "".join(c for c in text[:_LONGEST] if c.isprintable())
