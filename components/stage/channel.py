"""The stage's routes: the WebSocket that views go down and reports come up, and its modules."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

_HERE = Path(__file__).parent
_MODULES = {path.name: path for path in sorted(_HERE.glob("*.js"))}

_EVENTS = frozenset(
    {"start", "playing", "speakingStart", "speakingEnd", "stalled", "resumed", "failed"}
)
_VISITOR = re.compile(r"[A-Za-z0-9_-]{16,128}")
_DEFAULT_PORTS = {"http": 80, "https": 443}

# A report is one short line of JSON; a page that sends more is not ours.
_LONGEST_REPORT = 4096
_LONGEST_SESSION_ID = 200
_LONGEST_MESSAGE = 500

_POLICY_VIOLATION = 1008
_TOO_BIG = 1009
_GOING_AWAY = 1001


class Views(Protocol):
    """What each visitor should see, and who is told what their browsers saw."""

    def watch(self, visitor: str) -> AbstractContextManager[AsyncIterator[dict[str, object]]]:
        """The views of `visitor`, the present one first. Inside the `with`, a browser is there."""

    def report(self, visitor: str, event: str, session_id: str, message: str | None) -> None:
        """Take note of what the browser of `visitor` saw. Returns at once."""


def asset_version() -> str:
    """A hash of all modules together: it changes when any of them does."""
    digest = hashlib.sha256()
    for name, path in _MODULES.items():
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def asset_path(name: str) -> str:
    """The page-relative path of a module.

    The version is a folder rather than a query, so that what the module imports carries it too.
    """
    return f"stage/assets/{asset_version()}/{name}"


def stage_routes(views: Views) -> list[BaseRoute]:
    """The routes that a page with the stage needs, beside Streamlit's."""
    version = asset_version()

    async def channel(socket: WebSocket) -> None:
        visitor = socket.query_params.get("visitor", "")
        if not _from_our_page(socket) or not _VISITOR.fullmatch(visitor):
            await socket.close(_POLICY_VIOLATION)
            return
        with views.watch(visitor) as changes:
            await _serve(socket, visitor, changes, views)

    async def asset(request: Request) -> Response:
        path = _MODULES.get(request.path_params["name"])
        if path is None:
            raise HTTPException(404)
        current = request.path_params["version"] == version
        return FileResponse(
            path,
            media_type="text/javascript",
            headers={
                "Cache-Control": "public, max-age=31536000, immutable" if current else "no-cache",
                "X-Content-Type-Options": "nosniff",
            },
        )

    return [
        WebSocketRoute("/stage/channel", channel),
        Route("/stage/assets/{version}/{name}", asset),
    ]


async def _serve(
    socket: WebSocket, visitor: str, changes: AsyncIterator[dict[str, object]], views: Views
) -> None:
    """Send and receive until either side has gone."""
    await socket.accept()
    sending = asyncio.create_task(_send_views(socket, changes))
    receiving = asyncio.create_task(_receive_reports(socket, visitor, views))
    try:
        await asyncio.wait({sending, receiving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, receiving):
            task.cancel()
        outcomes = await asyncio.gather(sending, receiving, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect):
            raise outcome


async def _send_views(socket: WebSocket, changes: AsyncIterator[dict[str, object]]) -> None:
    async for view in changes:
        await socket.send_text(json.dumps(view))
    await socket.close(_GOING_AWAY)


async def _receive_reports(socket: WebSocket, visitor: str, views: Views) -> None:
    while (message := await socket.receive())["type"] != "websocket.disconnect":
        text = message.get("text") or ""
        if len(text) > _LONGEST_REPORT:
            await socket.close(_TOO_BIG)
            return
        if (report := parse_report(text)) is not None:
            views.report(visitor, *report)


def parse_report(text: str) -> tuple[str, str, str | None] | None:
    """`(event, session id, message)` of a report, or None for anything that is not one."""
    try:
        report = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(report, dict):
        return None
    event, session_id, message = (report.get(name) for name in ("event", "sessionId", "message"))
    if not isinstance(event, str) or event not in _EVENTS:
        return None
    if not isinstance(session_id, str) or len(session_id) > _LONGEST_SESSION_ID:
        return None
    if not session_id and event != "start":
        return None
    if not isinstance(message, str):
        return event, session_id, None
    return event, session_id, message[:_LONGEST_MESSAGE]


def _from_our_page(socket: WebSocket) -> bool:
    """Whether the page that opens the socket came from here.

    A browser lets any site open a WebSocket to us, and always says in Origin which one it was.
    Behind a proxy our public name is in X-Forwarded-Host, which no page can set.
    """
    origin = socket.headers.get("origin", "")
    scheme = origin.partition(":")[0]
    page = _host_and_port(origin, scheme)
    names = (socket.headers.get("host"), socket.headers.get("x-forwarded-host"))
    return page is not None and page in [_host_and_port(f"//{n}", scheme) for n in names if n]


def _host_and_port(address: str, scheme: str) -> tuple[str, int] | None:
    """None for what is no address of a page."""
    try:
        parts = urlsplit(address)
        port = parts.port or _DEFAULT_PORTS[scheme]
    except (ValueError, KeyError):
        return None
    return (parts.hostname, port) if parts.hostname else None
