"""How calls come in and answers go out: limits of bodies, JSON, refusals, moods."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from simulator.moods import Moods
from simulator.sessions import Refusal

JSON_LIMIT = 1_000_000
SDP_LIMIT = 100_000
AUDIO_LIMIT = 15_000_000
"""Bytes that the body of a call may have."""

LINGER = "hh" if sys.platform == "win32" else "ii"
"""The format of this system's `struct linger`."""

Call = Callable[[Request, bytes], Awaitable[Response]]


def error(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """An error in the documented shape."""
    return JSONResponse({"success": False, "error": sentence}, status, headers)


def endpoint(
    call: Call, *, limit: int = JSON_LIMIT, moods: Moods | None = None, name: str = ""
) -> Callable[[Request], Awaitable[Response]]:
    """A route for this call: it reads the body, obeys the mood, and answers refusals."""

    async def route(request: Request) -> Response:
        try:
            body = await body_of(request, limit)
            mood = moods.take(name) if moods else None
            if mood:
                await asyncio.sleep(mood.delay)
                if mood.reset:
                    return Cut()
                if mood.status is not None:
                    return _answer_of(mood.status, mood.body, mood.headers)
            return await call(request, body)
        except Refusal as refusal:
            return error(refusal.status, f"{refusal}", refusal.headers)
        except ClientDisconnect:
            return Response()  # to nobody
        except asyncio.CancelledError:
            # Only uvicorn cancels a call, when it shuts down; passed on, it prints a traceback.
            return error(503, "The simulator is shutting down.")

    return route


async def body_of(request: Request, limit: int) -> bytes:
    """The whole body. A body that is too long is read to its end and dropped: a caller does not
    read the answer while it sends. Raises `Refusal` (413)."""
    body = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            body += chunk
    if size > limit:
        raise Refusal(413, f"The body has {size:,} bytes; at most {limit:,} are taken.")
    return bytes(body)


def json_of(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; an empty body is an empty object. Raises `Refusal` (400)."""
    if not body:
        return {}
    try:
        value = json.loads(body)
        # A lone surrogate ("\\ud800") is JSON, but can't be shown or sent on.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as failure:
        raise Refusal(400, f"The body is not JSON: {failure}.") from failure
    if not isinstance(value, dict):
        raise Refusal(400, "The body must be a JSON object.")
    return value


def credential(request: Request, scheme: str) -> str | None:
    """What follows `scheme` in the Authorization header."""
    found, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if found.lower() == scheme.lower() else None


def _answer_of(status: int, body: str, headers: dict[str, str]) -> Response:
    kind: str | None
    try:
        json.loads(body)
        kind = "application/json"
    except ValueError:
        kind = "text/html"
    if not body or "content-type" in map(str.lower, headers):
        kind = None
    return Response(body, status, headers, media_type=kind)


class Cut(Response):
    """No answer: the connection is reset."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut, and wait until uvicorn knows of it, or it would answer 500."""
        scope["extensions"]["simulator.reset"]()
        while (await receive())["type"] != "http.disconnect":
            pass


class Connection(H11Protocol):
    """uvicorn's HTTP/1.1, with a way for the application to reset the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give every request of this connection `scope["extensions"]["simulator.reset"]`."""
        super().connection_made(transport)
        application = self.app

        def reset() -> None:
            # Lingering for 0 s makes closing a socket send RST, the reset of a real network.
            sock = transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(LINGER, 1, 0))
            transport.abort()

        async def with_reset(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})["simulator.reset"] = reset
            await application(scope, receive, send)

        self.app = with_reset
