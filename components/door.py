"""A component's WebSocket: who may open it, and how it is served."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Literal

from starlette.websockets import WebSocket, WebSocketDisconnect

from server.visitors import is_nonce_of, visitor_of
from server.web_security import POLICY_VIOLATION, is_from_our_page
from sessions import audit

LongestMessage = Literal[32768]
"""Characters of a message up: the longest text that can be said, with JSON's escapes."""

_LONGEST_MESSAGE: LongestMessage = 32768
_TOO_BIG = 1009


async def let_in(socket: WebSocket) -> str | None:
    """Accept `socket` and return its visitor, or close it and return None.

    A page from elsewhere gets 403. Ours, when its cookie does not match its nonce, gets a socket
    that closes at once with 1008, because a browser does not tell a page the HTTP status.
    """
    if not is_from_our_page(socket):
        await socket.close(POLICY_VIOLATION)
        return None
    await socket.accept()
    visitor = visitor_of(socket)
    if visitor is None or not is_nonce_of(visitor, socket.query_params.get("nonce", "")):
        audit.refusal("nonce", visitor, "a live channel without the page's own nonce")
        await socket.close(POLICY_VIOLATION)
        return None
    return visitor


async def serve(
    socket: WebSocket, send: Coroutine[None, None, None], hear: Callable[[str], None]
) -> None:
    """Send and receive until either side has gone."""
    tasks = [asyncio.create_task(send), asyncio.create_task(receive(socket, hear))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect):
            raise outcome


async def receive(socket: WebSocket, hear: Callable[[str], None]) -> None:
    """Call `hear` with each message until the page has gone or sends one that is too long."""
    while (received := await socket.receive())["type"] != "websocket.disconnect":
        text = received.get("text") or ""
        if len(text) > _LONGEST_MESSAGE:
            await socket.close(_TOO_BIG)
            return
        hear(text)
