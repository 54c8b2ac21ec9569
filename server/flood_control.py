"""No visitor can keep the server from serving the others.

Who sends too much is slowed down, which costs the server nothing: no more is read from them for a
while. Who does not stop is read no more. Who opens too much is refused with a sentence. A person
who clicks quickly, in a dozen tabs, meets none of these.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections import Counter
from collections.abc import Callable

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from server.visitors import STREAM, UPLOAD, visitor_of
from sessions import audit
from sessions.rates import Rate

OPEN = 60
"""WebSockets of one visitor at a time. A tab has two or three."""
FILES = 4
"""Uploaded files of one page at a time: a show, the file beside it, a picture and a recording."""
PATIENCE = 5.0
"""Seconds that a new WebSocket may have to wait, and for which one may be slowed down."""

STREAMS_PATIENCE = 60.0
"""The same for Streamlit's own WebSocket, which is to be drawn late rather than not at all."""

_TRY_AGAIN_LATER = 1013
_NO_PAGE = re.compile(r"/_stcore/|/health$|\.\w+$")

TOO_MANY = "Too many requests from this browser or its network: wait a minute, then reload."


class FloodControl:
    """ASGI middleware that counts what each visitor, and each peer's address, does."""

    def __init__(self, app: ASGIApp, *, most_open: int = OPEN, patience: float = PATIENCE) -> None:
        self._app = app
        self._patience = patience
        self._most_open = most_open
        self._open: Counter[str] = Counter()
        self._of_visitor = Rate(40, 2)
        # Many people can come from one address, and all of them at once after a restart.
        self._of_peer = Rate(400, 20)
        self._new = Rate(200, 4)
        # Each makes Streamlit run the page, which takes some 60 ms of a processor.
        self._runs = Rate(40, 10)
        self._messages = Rate(200, 25)
        self._uploads = Rate(20, 0.2)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is not too much."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http" and self._is_too_much(scope):
            await self._refused(scope)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_too_much(self, scope: Scope) -> bool:
        visitor = visitor_of(HTTPConnection(scope))
        if upload := scope["method"] == "PUT" and UPLOAD.search(scope["path"]):
            if not self._uploads.allows(visitor or _peer(scope)):
                return True
            _forget_files(upload[1])
            return False
        return not (visitor or _NO_PAGE.search(scope["path"]) or self._new.allows(_peer(scope)))

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        peer = _peer(scope)
        visitor = visitor_of(connection) or peer
        wait = self._of_visitor.wait(visitor, at_most=self._patience)
        wait = max(wait, self._of_peer.wait(peer, at_most=self._patience))
        if wait > self._patience or self._open[visitor] >= self._most_open:
            await WebSocket(scope, receive, send).send_denial_response(self._refused(scope))
            return
        # Only a stage that has gone matters at once: its session is paid for.
        is_stream = scope["path"].endswith(STREAM)
        rate = self._runs if is_stream else self._messages
        patience = STREAMS_PATIENCE if is_stream else self._patience
        slowed = _Slowed(receive, lambda: rate.wait(visitor, at_most=math.inf), patience)
        self._open[visitor] += 1
        try:
            await asyncio.sleep(wait)
            await self._app(scope, slowed, send)
        finally:
            self._open[visitor] -= 1
            if not self._open[visitor]:
                del self._open[visitor]
            if slowed.is_given_up:
                audit.refusal("flood", visitor, f"too many messages: {scope['path']}")

    def _refused(self, scope: Scope) -> PlainTextResponse:
        visitor = visitor_of(HTTPConnection(scope))
        audit.refusal("flood", visitor, f"too many requests from {_peer(scope)}: {scope['path']}")
        return PlainTextResponse(TOO_MANY, 429, headers={"Retry-After": "60"})


class _Slowed:
    """Reads a WebSocket as quickly as `wait` allows.

    After `patience` seconds in which every message had to wait, the app is told that the page has
    gone, because that it has would come behind all that it has sent. It is not closed politely:
    uvicorn then reads on, as much as comes, until the other side agrees (0.54). Unread, it fails to
    answer a ping, and uvicorn drops it.
    """

    def __init__(self, receive: Receive, wait: Callable[[], float], patience: float) -> None:
        self.is_given_up = False
        self._receive = receive
        self._wait = wait
        self._patience = patience
        self._slowed_since: float | None = None

    async def __call__(self) -> Message:
        """The next message."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return message
        wait, now = self._wait(), asyncio.get_running_loop().time()
        if wait == 0:
            self._slowed_since = None
            return message
        self._slowed_since = self._slowed_since or now
        if now - self._slowed_since < self._patience:
            await asyncio.sleep(wait)
            return message
        self.is_given_up = True
        return {"type": "websocket.disconnect", "code": _TRY_AGAIN_LATER}


def _forget_files(page: str) -> None:
    """All but the last few. Streamlit keeps each file as long as the page, unless the browser tells
    otherwise (1.67); which box it is for, the upload does not say."""
    files = Runtime.instance().uploaded_file_mgr
    assert isinstance(files, MemoryUploadedFileManager)
    for earlier in list(files.file_storage.get(page, ()))[: 1 - FILES]:
        files.remove_file(page, earlier)


def _peer(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else ""
