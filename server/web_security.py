"""Security headers for our pages, and a check of the pages that reach us."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from avatar_client import is_loopback
from server.proxy_advice import log_once, refused
from sessions import audit

HEADERS = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}

_LOOPBACK = ("http://localhost:*", "http://127.0.0.1:*")
_PROXYS = ("forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip")
"""Headers of a proxy, in lower case, beside all that begin with "x-forwarded"."""

_FORWARDED_PROTO = re.compile(r'^[^,]*\bproto="?(\w+)', re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
POLICY_VIOLATION = 1008

_log = logging.getLogger(__name__)


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
        # Streamlit makes its style sheets in the browser; ours are in the page's head.
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
    """ASGI middleware: security headers on every answer, and no WebSocket from other pages, or
    for a host that is not in Streamlit's `server.allowedHosts`, where any are named there.

    `policy` is called for every answer, because the settings are read after the app is made. A
    route of ours may bring a stricter one of its own; Streamlit brings none (1.67).

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
                headers.update(HEADERS)
                headers.setdefault("Content-Security-Policy", self._policy())
            await send(message)

        if scope["type"] == "websocket" and (refusal := _refusal(WebSocket(scope, receive, send))):
            outcome, sentence = refusal
            log_once(sentence)
            audit.refusal(outcome, None, sentence)
            await WebSocket(scope, receive, send).close(POLICY_VIOLATION)
            return
        await self._app(scope, receive, send_with_headers)


def _refusal(socket: WebSocket) -> tuple[str, str] | None:
    """Why this WebSocket is not opened: what is wrong with it, and a sentence for the operator."""
    host = socket.headers.get("x-forwarded-host") or socket.headers.get("host", "")
    if not is_host_allowed(host):
        return "host", f"A WebSocket was refused: server.allowedHosts has no {host[:100]!r}."
    if "origin" in socket.headers and not is_from_our_page(socket):
        return "origin", refused(socket.headers["origin"], socket.headers)
    return None


def is_from_our_page(connection: HTTPConnection) -> bool:
    """Whether the request comes from a page of ours, by its Origin: scheme, host and port.

    A browser lets any site open a WebSocket to us or post a form, and names the site as Origin.
    Behind a proxy our public name is in X-Forwarded-Host, which no page can set. Every route with
    an effect must ask this.
    """
    origin = connection.headers.get("origin", "")
    scheme = origin.partition(":")[0]
    page = _host_and_port(origin, scheme)
    names = (connection.headers.get("host"), connection.headers.get("x-forwarded-host"))
    ours = [_host_and_port(f"//{name}", scheme) for name in names if name]
    return (
        page is not None
        and page in ours
        and scheme_of(connection) in (scheme, None)
        and not _is_rebound(connection)
    )


def scheme_of(connection: HTTPConnection) -> Literal["http", "https"] | None:
    """By which scheme the browser came: a proxy says so in X-Forwarded-Proto or Forwarded.

    None behind a proxy that does not say. No page can set these headers for a WebSocket or a
    document; whoever sets them for itself gains nothing.
    """
    of_proxy = connection.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    if not of_proxy and (said := _FORWARDED_PROTO.search(connection.headers.get("forwarded", ""))):
        of_proxy = said[1].lower()
    scheme = of_proxy or connection.scope["scheme"]
    if scheme in ("https", "wss"):  # some proxies name that of the WebSocket
        return "https"
    return None if is_forwarded(connection) and not of_proxy else "http"


def is_forwarded(connection: HTTPConnection) -> bool:
    """Whether a proxy has passed the request on, by its headers."""
    return any(n in _PROXYS or n.startswith("x-forwarded") for n in connection.headers)


def is_at_this_machine(connection: HTTPConnection) -> bool:
    """Whether whoever asks sits at this machine: the peer, our end, and the Host are loopback.

    Headers alone tell nothing, because anybody can send any; but no header of a proxy may be there,
    for the peer of a proxy on this machine is that proxy. Where the server can't tell, the answer
    is no: a Unix socket has no peer's address.
    """
    ends = (connection.scope.get("client"), connection.scope.get("server"))
    return (
        all(end and _is_loopback(end[0]) for end in ends)
        and names_this_machine(connection.headers.get("host", ""))
        and not is_forwarded(connection)
    )


def _is_rebound(connection: HTTPConnection) -> bool:
    """Whether a page with a foreign name reaches this machine's loopback (DNS rebinding).

    Its Origin and Host agree: both are the foreign name. A proxy with a public name adds headers of
    its own, which a page can't: browsers let no page set headers of a WebSocket.
    """
    server = connection.scope.get("server") or ("",)
    return (
        _is_loopback(server[0])
        and not names_this_machine(connection.headers.get("host", ""))
        and not is_forwarded(connection)
    )


def _is_loopback(address: str) -> bool:
    """The address of a socket that listens on "::" has IPv4 in IPv6: ::ffff:127.0.0.1."""
    return is_loopback(address.removeprefix("::ffff:"))


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
