"""Security headers for our pages, and a check of the pages that reach us."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from avatar_client import is_loopback
from server.proxy_advice import log_once, refused

HEADERS = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}

_LOOPBACK = ("http://localhost:*", "http://127.0.0.1:*")
FORWARDED = frozenset(
    {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"}
)
"""The headers of a proxy, in lower case."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
POLICY_VIOLATION = 1008


@cache
def policy(base_url: str, sdk_url: str = "") -> str:
    """The Content-Security-Policy of a page that uses the API at `base_url`.

    `sdk_url`: the client SDK, empty for ours. Both are https, or http on this machine
    (`avatar_client.checked_base_url`).

    Pictures and media may come from any https host, because the service names its host only with a
    session. They may come from this machine if the API does: then it is the simulator.
    """
    elsewhere = ("https:", *_on_this_machine(base_url))
    sdk = (_origin(sdk_url),) if sdk_url else ()
    directives: dict[str, tuple[str, ...]] = {
        "default-src": ("'self'",),
        # The blob is a component's inline module. Streamlit needs eval for the 64-bit numbers of
        # its protocol (WebAssembly) and its charts, Playwright for wait_for_function; it helps only
        # a script that already runs.
        "script-src": ("'self'", "blob:", "'unsafe-eval'", *_inline_scripts(), *sdk),
        # Streamlit makes its style sheets in the browser; ours come through `st.html`.
        "style-src": ("'self'", "'unsafe-inline'"),
        # The blob is a recording of the microphone, which Streamlit fetches to upload it (1.67).
        "connect-src": ("'self'", "blob:", *elsewhere),
        "img-src": ("'self'", "data:", "blob:", *elsewhere),
        "media-src": ("'self'", "blob:"),
        "font-src": ("'self'", "data:"),  # Streamlit's style sheet contains a small font
        "object-src": ("'none'",),
        "base-uri": ("'self'",),
        "form-action": ("'self'",),
        "frame-ancestors": ("'self'",),
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def _on_this_machine(base_url: str) -> tuple[str, ...]:
    """The sources on this machine, by plain http, if `base_url` is there."""
    if urlsplit(base_url).scheme == "https":
        return ()
    if "[" in base_url:
        return ("http:",)  # a policy can't name an IPv6 address
    return (*_LOOPBACK, _origin(base_url))


class WebSecurity:
    """ASGI middleware: security headers on every answer, and no WebSocket from other pages.

    `policy` is called for every answer, because the settings are read after the app is made.

    Streamlit itself accepts a WebSocket from a page of any port of this machine (1.67), with the
    visitor's cookie: ports share cookies. A caller without an Origin is no browser, and has no
    visitor's cookie.
    """

    def __init__(self, app: ASGIApp, policy: Callable[[], str]) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a WebSocket of another page, and pass everything else on."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update({**HEADERS, "Content-Security-Policy": self._policy()})
            await send(message)

        if scope["type"] == "websocket":
            socket = WebSocket(scope, receive, send)
            if "origin" in socket.headers and not is_from_our_page(socket):
                log_once(refused(socket.headers["origin"], socket.headers.get("host", "")))
                await socket.close(POLICY_VIOLATION)
                return
        await self._app(scope, receive, send_with_headers)


def is_from_our_page(connection: HTTPConnection) -> bool:
    """Whether the request comes from a page of ours, by its Origin.

    A browser lets any site open a WebSocket to us or post a form, and names the site as Origin.
    Behind a proxy our public name is in X-Forwarded-Host, which no page can set. Every route with
    an effect must ask this.
    """
    origin = connection.headers.get("origin", "")
    scheme = origin.partition(":")[0]
    page = _host_and_port(origin, scheme)
    names = (connection.headers.get("host"), connection.headers.get("x-forwarded-host"))
    ours = [_host_and_port(f"//{name}", scheme) for name in names if name]
    return page is not None and page in ours and not _is_rebound(connection)


def _is_rebound(connection: HTTPConnection) -> bool:
    """Whether a page with a foreign name reaches this machine's loopback (DNS rebinding).

    Its Origin and Host agree: both are the foreign name. A proxy with a public name adds headers of
    its own, which a page can't: browsers let no page set headers of a WebSocket.
    """
    server = connection.scope.get("server") or ("",)
    return (
        is_loopback(server[0])
        and not names_this_machine(connection.headers.get("host", ""))
        and not any(name in connection.headers for name in FORWARDED)
    )


def names_this_machine(host: str) -> bool:
    """Whether a Host header names the loopback of this machine."""
    named = _host_and_port(f"//{host}", "http")
    return named is not None and is_loopback(named[0])


def _host_and_port(address: str, scheme: str) -> tuple[str, int] | None:
    """Host and port of a page's address; None if it has none."""
    try:
        parts = urlsplit(address)
        port = parts.port or _DEFAULT_PORTS[scheme]
    except (ValueError, KeyError):
        return None
    return (parts.hostname, port) if parts.hostname else None


def _origin(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@cache
def _inline_scripts() -> tuple[str, ...]:
    """The hashes of the inline scripts in Streamlit's index page."""
    index = Path(streamlit.__file__).parent / "static" / "index.html"
    scripts = re.findall(r"<script>(.*?)</script>", index.read_text("utf-8"), re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
