"""Who may open a WebSocket of ours: our own page, with its visitor's cookie and nonce."""

from __future__ import annotations

from starlette.websockets import WebSocket

from server.visitors import is_nonce_of, visitor_of
from server.web_security import POLICY_VIOLATION, is_from_our_page


async def let_in(socket: WebSocket) -> str | None:
    """The visitor whose page has opened `socket`, which is accepted then; None: it is closed.

    Another page gets 403. Ours with a cookie that is gone or has changed gets a socket that is
    closed at once with 1008, because a browser tells its page no status.
    """
    if not is_from_our_page(socket):
        await socket.close(POLICY_VIOLATION)
        return None
    await socket.accept()
    visitor = visitor_of(socket.cookies)
    if visitor is None or not is_nonce_of(visitor, socket.query_params.get("nonce", "")):
        await socket.close(POLICY_VIOLATION)
        return None
    return visitor
