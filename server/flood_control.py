"""No visitor can keep the server from serving the others.

Who sends too much is slowed down, which costs the server nothing: no more is read from them for a
while. Who opens too much is refused with a sentence. A person with a dozen tabs meets neither.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections import Counter

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from streamlit.runtime import Runtime

from server.visitors import STREAM, UPLOAD, visitor_of
from sessions import audit
from sessions.rates import Rate

OPEN = 60
"""WebSockets of one visitor at a time. A tab has two or three."""
PATIENCE = 10.0
"""Seconds that a new WebSocket may have to wait."""

_NO_PAGE = re.compile(r"/_stcore/|/health$|\.\w+$")

TOO_MANY = "Too many requests from this browser or its network: wait a minute, then reload."


class FloodControl:
    """ASGI middleware that counts what each visitor, and each peer's address, does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open: Counter[str] = Counter()
        self._of_visitor = Rate(40, 2)
        # Many people can come from one address, and all of them at once after a restart.
        self._of_peer = Rate(400, 20)
        self._new = Rate(200, 4)
        # Each makes Streamlit run the page, which takes some 60 ms of a processor.
        self._runs = Rate(40, 6)
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
            # Streamlit keeps each file as long as the page (1.67); ours needs the last one alone.
            Runtime.instance().uploaded_file_mgr.remove_session_files(upload[1])
            return False
        return not (visitor or _NO_PAGE.search(scope["path"]) or self._new.allows(_peer(scope)))

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        peer = _peer(scope)
        visitor = visitor_of(connection) or peer
        wait = self._of_visitor.wait(visitor, at_most=PATIENCE)
        wait = max(wait, self._of_peer.wait(peer, at_most=PATIENCE))
        if wait > PATIENCE or self._open[visitor] >= OPEN:
            await WebSocket(scope, receive, send).send_denial_response(self._refused(scope))
            return
        rate = self._runs if scope["path"].endswith(STREAM) else self._messages

        async def slowly() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                await asyncio.sleep(rate.wait(visitor, at_most=math.inf))
            return message

        self._open[visitor] += 1
        try:
            await asyncio.sleep(wait)
            await self._app(scope, slowly, send)
        finally:
            self._open[visitor] -= 1
            if not self._open[visitor]:
                del self._open[visitor]

    def _refused(self, scope: Scope) -> PlainTextResponse:
        visitor = visitor_of(HTTPConnection(scope))
        audit.refusal("flood", visitor, f"too many requests from {_peer(scope)}: {scope['path']}")
        return PlainTextResponse(TOO_MANY, 429, headers={"Retry-After": "60"})


def _peer(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else ""
