"""The stage's routes: the WebSocket that views go down and reports come up, and its modules."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from typing import Protocol

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from components.assets import Assets
from components.door import let_in

ASSETS = Assets("stage", "stage")

# What the visitor asks for through the stage, before there is a session or whichever it is.
_WISHES = frozenset({"start", "stay", "take"})
# What the stage saw of one session.
_NEWS = frozenset(
    {"playing", "speakingStart", "speakingEnd", "stalled", "resumed", "failed", "gone", "remark"}
)

# A report is one short line of JSON; a page that sends more is not ours.
_LONGEST_REPORT = 4096
_LONGEST_SESSION_ID = 200
_LONGEST_MESSAGE = 500

_TOO_BIG = 1009
_GOING_AWAY = 1001


class Watch(Protocol):
    """One stage of a visitor: what it should show, and who is told what it saw."""

    @property
    def messages(self) -> AsyncIterator[dict[str, object]]:
        """Every view as a message, the present one first."""

    def report(self, event: str, session_id: str, message: str | None, /) -> None:
        """Take note of what this stage saw, or of what was clicked on it. Returns at once.

        `session_id` is empty where the stage has none, which only a click can have.
        """


class Views(Protocol):
    """What each visitor should see."""

    def watch(self, visitor: str, /) -> AbstractContextManager[Watch]:
        """One more stage of `visitor` is there while this is open."""


def asset_path(name: str) -> str:
    """The page-relative path of a module of the stage."""
    return ASSETS.path(f"stage/{name}")


def stage_routes(views: Views) -> list[BaseRoute]:
    """The routes that a page with the stage needs, beside Streamlit's.

    `stage/channel?nonce=…` is for our page, with the visitor's cookie and the nonce that belongs to
    it (`visitors.nonce_of`).
    """

    async def channel(socket: WebSocket) -> None:
        if (visitor := await let_in(socket)) is None:
            return
        with views.watch(visitor) as watch:
            await _serve(socket, watch)

    return [WebSocketRoute("/stage/channel", channel), ASSETS.route()]


async def _serve(socket: WebSocket, watch: Watch) -> None:
    """Send and receive until either side has gone."""
    sending = asyncio.create_task(_send_views(socket, watch))
    receiving = asyncio.create_task(_receive_reports(socket, watch))
    try:
        await asyncio.wait({sending, receiving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, receiving):
            task.cancel()
        outcomes = await asyncio.gather(sending, receiving, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect):
            raise outcome


async def _send_views(socket: WebSocket, watch: Watch) -> None:
    async for view in watch.messages:
        await socket.send_text(json.dumps(view))
    await socket.close(_GOING_AWAY)


async def _receive_reports(socket: WebSocket, watch: Watch) -> None:
    while (message := await socket.receive())["type"] != "websocket.disconnect":
        text = message.get("text") or ""
        if len(text) > _LONGEST_REPORT:
            await socket.close(_TOO_BIG)
            return
        if (report := parse_report(text)) is not None:
            watch.report(*report)


def parse_report(text: str) -> tuple[str, str, str | None] | None:
    """`(event, session id, message)` of a report, or None for anything that is not one.

    A wish may come without a session id, which is then empty.
    """
    try:
        report = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(report, dict):
        return None
    event, session_id, message = (report.get(name) for name in ("event", "sessionId", "message"))
    if not isinstance(event, str) or event not in _WISHES | _NEWS:
        return None
    if session_id is None:
        session_id = ""
    if not isinstance(session_id, str) or len(session_id) > _LONGEST_SESSION_ID:
        return None
    if not session_id and event not in _WISHES:
        return None
    if not isinstance(message, str):
        return event, session_id, None
    return event, session_id, message[:_LONGEST_MESSAGE]
