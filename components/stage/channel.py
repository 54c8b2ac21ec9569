"""The stage's routes: the WebSocket of `protocol.py`, and the components' modules."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from components.assets import asset_route
from components.door import let_in, receive, serve
from components.stage.protocol import Asked, Message, message, parse
from sessions.clicks import Click
from sessions.desk import Desk, Refused, Watch
from sessions.state import LIVE
from sessions.turns import TextRejected
from sessions.visit import View

_GOING_AWAY = 1001


def stage_routes(desk_of: Callable[[], Desk | None]) -> list[BaseRoute]:
    """The routes that a page with the stage needs, beside Streamlit's.

    `stage/channel?nonce=…` is for our page, with the visitor's cookie and the nonce that belongs to
    it (`visitors.nonce_of`). Without a desk it sends one idle view, and takes nothing.
    """

    async def channel(socket: WebSocket) -> None:
        if (visitor := await let_in(socket)) is None:
            return
        if (desk := desk_of()) is None:
            await _send(socket, message(View(), now=0.0, is_holder=False))
            await receive(socket, lambda _: None)
            return
        with desk.watch(visitor) as watch:
            views = _send_views(socket, watch)
            await serve(socket, views, lambda text: _take(text, desk, visitor, watch))

    return [WebSocketRoute("/stage/channel", channel), asset_route()]


async def _send_views(socket: WebSocket, watch: Watch) -> None:
    now = asyncio.get_running_loop().time
    async for view in watch.views:
        await _send(socket, message(view, now=now(), is_holder=watch.is_holder))
    await socket.close(_GOING_AWAY)


async def _send(socket: WebSocket, message: Message) -> None:
    await socket.send_text(json.dumps(message))


def _take(text: str, desk: Desk, visitor: str, watch: Watch) -> None:
    """Pass it on. A refusal is told by the callback of the same click, else by the next view."""
    if (came := parse(text)) is None:
        return
    with suppress(Refused, TextRejected):
        if "sight" in came:
            watch.saw(came["sight"], came["sessionId"], came.get("sentence"))
        elif "wish" in came:
            watch.take() if came["wish"] == "take" else desk.stay(visitor)
        else:
            _ask(came, desk, visitor, watch)


def _ask(asked: Asked, desk: Desk, visitor: str, watch: Watch) -> None:
    click: Click | None = "stage" if "click" in asked else None
    match asked["verb"]:
        case "start":
            if desk.view(visitor).state.phase not in LIVE:
                watch.take()
            desk.start(visitor, click=click)
        case "say":
            desk.say(visitor, asked["text"], click=click)
        case "interrupt":
            desk.interrupt(visitor, click=click)
        case "end":
            desk.end(visitor, click=click)
