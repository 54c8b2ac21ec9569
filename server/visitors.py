"""A visitor is one browser, known by a cookie of ours that no script can read.

Everywhere inside, `visitor` is a digest of that cookie. It gives no rights, so it may be shown and
logged. All tabs of a browser are one visitor.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import os
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol
from weakref import WeakValueDictionary

from filelock import FileLock, Timeout
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.web_security import is_at_this_machine, scheme_of
from sessions import audit
from sessions.ledger import LedgerUnreachable

COOKIE = "avatar_visitor"
SECURE_COOKIE = f"__Host-{COOKIE}"
"""Its name over https: a browser takes it from this very host alone, over https alone."""

VISITOR_HEADER = "x-avatar-visitor"
HERE_HEADER = "x-avatar-here"
"""Headers that the server adds to Streamlit's WebSocket for the pages; from outside they are
dropped."""

STREAM = "/_stcore/stream"
"""The end of the path of Streamlit's own WebSocket (1.67)."""
UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/")
"""In the path of a file for a page, whose id is the group."""
_OFFERS = "sec-websocket-protocol"

NOT_YOUR_PAGE = "This page belongs to another visitor: reload it."

TRY_AGAIN = 5.0
"""Seconds between two attempts to read the key that several servers share."""

_NONCE_KEY = secrets.token_bytes(32)
_keys: tuple[bytes, ...] = (secrets.token_bytes(32),)

_log = logging.getLogger(__name__)


class HasVisitor(Protocol):
    """What a page keeps of its visitor for as long as Streamlit keeps the page."""

    visitor: str


_pages: WeakValueDictionary[str, HasVisitor] = WeakValueDictionary()


# The cookie


def new_cookie() -> str:
    """A visitor's new cookie: 128 random bits, and as many that prove that we made it."""
    identity = secrets.token_bytes(16)
    return base64.urlsafe_b64encode(identity + _proof(_keys[0], identity)).decode().rstrip("=")


def visitor_of(connection: HTTPConnection) -> str | None:
    """The visitor who made this request, as 32 hexadecimal digits.

    None without a cookie of ours: the browser blocks cookies, or the client is no browser, or
    somebody made one up. Over https the name without the prefix is not enough, because any page of
    a neighbouring host, or of this one over http, could have set that cookie.
    """
    names = [SECURE_COOKIE] if scheme_of(connection) == "https" else [SECURE_COOKIE, COOKIE]
    cookies = (connection.cookies.get(name, "") for name in names)
    cookie = next(filter(_is_ours, cookies), None)
    return hashlib.sha256(cookie.encode()).hexdigest()[:32] if cookie else None


def _is_ours(cookie: str) -> bool:
    try:
        both = base64.b64decode(f"{cookie}=", altchars="-_", validate=True)
    except ValueError:
        return False
    identity, proof = both[:16], both[16:]
    # A second form of the same bytes would be a second visitor.
    is_plain = base64.urlsafe_b64encode(both).decode() == f"{cookie}="
    proofs = [hmac.compare_digest(proof, _proof(key, identity)) for key in _keys]
    return is_plain and any(proofs)


def _proof(key: bytes, identity: bytes) -> bytes:
    return hmac.digest(key, identity, "sha256")[:16]


@asynccontextmanager
async def kept_keys(
    folder: Path,
    shared: Callable[[], Awaitable[bytes]] | None = None,
    *,
    again: float = TRY_AGAIN,
) -> AsyncIterator[None]:
    """Until the end of the block, sign cookies with a key that outlives this process.

    A page outlives a restart of the server and brings its cookie along. The key is in a file in
    `folder`; where several servers have one `shared`, that is the one that signs, as soon as it can
    be read; where it can't, it is tried `again` after so many seconds.
    """
    global _keys
    before, own = _keys, await asyncio.to_thread(_key_in, folder)
    _keys = (own,)

    async def share(shared: Callable[[], Awaitable[bytes]]) -> None:
        global _keys
        while True:
            with suppress(LedgerUnreachable):
                _keys = (await shared(), own)
                return
            await asyncio.sleep(again)

    sharing = asyncio.create_task(share(shared)) if shared else None
    if sharing:
        await asyncio.wait({sharing}, timeout=again)
    try:
        yield
    finally:
        if sharing:
            sharing.cancel()
        _keys = before


def _key_in(folder: Path) -> bytes:
    """The key in `folder`, made there if there is none; in memory where it can't be kept."""
    path, new = folder / "visitors.key", secrets.token_bytes(32)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock"), mode=0o600, timeout=2):
            if path.exists():
                path.chmod(0o600)
                if len(found := path.read_bytes()) == len(new):
                    return found
                path.unlink()
            with open(path, "xb", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
                file.write(new)
    except (OSError, Timeout) as error:
        _log.warning("Visitors have to reload after a restart: %s can't be kept (%s).", path, error)
    return new


# The nonce


def nonce_of(visitor: str) -> str:
    """The nonce that a page of `visitor` sends, beside the cookie, to open a channel.

    A browser adds the cookie to requests from any page; only our page knows the nonce. It is valid
    as long as this process: a page that outlives the process is drawn again, with a new one.
    """
    return hmac.digest(_NONCE_KEY, visitor.encode(), "sha256").hex()


def is_nonce_of(visitor: str, nonce: str) -> bool:
    """Compare `nonce` with `nonce_of(visitor)` in constant time."""
    return hmac.compare_digest(nonce_of(visitor).encode(), nonce.encode())


# The pages, each of which Streamlit knows by an id of its own.


def owns(page_id: str, memory: HasVisitor) -> None:
    """The page that Streamlit calls `page_id` is that of `memory.visitor`, while `memory` lives."""
    _pages[page_id] = memory


def visitor_in(headers: Mapping[str, str]) -> str | None:
    """The visitor of the page that a run draws, by `st.context.headers`; "" is nobody.

    None where no server of ours passed the request on: in a test of the page.
    """
    return headers.get(VISITOR_HEADER)


def is_here(headers: Mapping[str, str]) -> bool:
    """Whether the page that a run draws is open on this machine, by `st.context.headers`."""
    return headers.get(HERE_HEADER) == "1"


def _is_theirs(page_id: str, visitor: str | None) -> bool:
    """Whether that page is `visitor`'s. Nobody owns one that is not known (any more)."""
    memory = _pages.get(page_id)
    return bool(visitor) and memory is not None and memory.visitor == visitor


class VisitorCookie:
    """ASGI middleware: a browser gets its cookie with the first document, and only its own pages.

    SameSite=Lax, because with Strict a visitor who follows a link to us would become a new one. The
    cookie lasts until the browser is closed. The answer that sets it is not cached: a shared cache
    would give everybody the same visitor.

    Streamlit gives a page to whoever names its id (1.67), with all that was typed into it and its
    rights. Here the id counts only together with the cookie of the visitor whose page it is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but uploads to other visitors' pages."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        visitor = visitor_of(connection)
        if scope["type"] == "websocket":
            await self._app(_told(scope, visitor, connection), receive, send)
            return
        upload = UPLOAD.search(scope["path"])
        if upload and scope["method"] != "OPTIONS" and not _is_theirs(upload[1], visitor):
            audit.refusal("upload", visitor, "a file for another visitor's page")
            await PlainTextResponse(NOT_YOUR_PAGE, 403)(scope, receive, send)
            return
        if visitor:
            await self._app(scope, receive, send)
            return
        asked = connection.headers

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_document(message, asked):
                headers = MutableHeaders(scope=message)
                headers.append("Set-Cookie", _set_cookie(scheme_of(connection)))
                headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _told(scope: Scope, visitor: str | None, connection: HTTPConnection) -> Scope:
    """The scope of a WebSocket with what a page has to know, and without another's page."""
    headers = MutableHeaders(raw=list(scope["headers"]))
    headers[VISITOR_HEADER] = visitor or ""
    headers[HERE_HEADER] = "1" if is_at_this_machine(connection) else "0"
    # Streamlit's page offers "streamlit", its token and, when it comes back, the id of the page.
    offers = [offer.strip() for offer in headers.get(_OFFERS, "").split(",")]
    if scope["path"].endswith(STREAM) and len(offers) > 2:
        if offers[2] and not _is_theirs(offers[2], visitor):
            if offers[2] in _pages:
                audit.refusal("page", visitor, "another visitor's page, by its Streamlit id")
            offers[2] = ""
        headers[_OFFERS] = ", ".join(offers[:3])
    return {**scope, "headers": headers.raw}


def _is_document(start: Message, asked: Headers) -> bool:
    """Whether the answer is a page; a 304 names no type, so the Accept header decides."""
    if start["status"] == 304:
        return "text/html" in asked.get("accept", "")
    return Headers(scope=start).get("content-type", "").startswith("text/html")


def _set_cookie(scheme: str | None) -> str:
    attributes = "Path=/; HttpOnly; SameSite=Lax"
    if scheme == "https":
        return f"{SECURE_COOKIE}={new_cookie()}; {attributes}; Secure"
    return f"{COOKIE}={new_cookie()}; {attributes}"
