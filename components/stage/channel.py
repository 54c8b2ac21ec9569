"""The stage's routes: the WebSocket of `protocol.py`, and the components' modules."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from components.assets import asset_route
from components.door import let_in, receive
from components.line import Line, Pulse
from components.stage.protocol import Asked, Message, message, parse
from sessions.clicks import Click
from sessions.desk import Desk, Refused, Watch
from sessions.state import LIVE
from sessions.turns import TextRejected, Turn
from sessions.visit import View


def stage_routes(
    desk_of: Callable[[], Desk | None],
    pulse: Pulse = Pulse(),  # noqa: B008  # frozen
    is_billed: Callable[[], bool] = lambda: False,
) -> list[BaseRoute]:
    """The routes that a page with the stage needs, beside Streamlit's.

    `stage/channel?nonce=…` is for our page, with the visitor's cookie and the nonce that belongs to
    it (`visitors.nonce_of`). Without a desk it sends one idle view, and takes nothing.
    """

    async def channel(socket: WebSocket) -> None:
        if (visitor := await let_in(socket)) is None:
            return
        if (desk := desk_of()) is None:
            await socket.send_text(json.dumps(message(View(), now=0.0, is_holder=False)))
            await receive(socket, lambda _: None)
            return
        line = Line(socket, pulse, lambda: desk.view(visitor).state.phase in LIVE)
        with desk.watch(visitor) as watch:
            await _Stage(line, desk, visitor, watch, is_billed()).serve()

    return [WebSocketRoute("/stage/channel", channel), asset_route()]


@dataclass(slots=True)
class _Stage:
    """One stage that is connected."""

    line: Line
    desk: Desk
    visitor: str
    watch: Watch
    billed: bool

    async def serve(self) -> None:
        """Send and receive until either side has gone."""
        await self.line.serve(self._messages(), self._take)

    async def _messages(self) -> AsyncIterator[Message]:
        now = asyncio.get_running_loop().time
        known: tuple[Turn, ...] = ()
        async for view in self.watch.views:
            shown = message(
                view,
                now=now(),
                is_holder=self.watch.is_holder,
                server=self.desk.server_id,
                billed=self.billed,
                known=known,
            )
            known = view.state.turns
            yield shown

    def _take(self, text: str) -> None:
        """Pass it on. A refusal is told by the click's own callback, else by the next view."""
        if (came := parse(text)) is None:
            return
        with suppress(Refused, TextRejected):
            if "sight" in came:
                self.watch.saw(came["sight"], came["sessionId"], came.get("sentence"))
            elif "wish" in came:
                self.watch.take() if came["wish"] == "take" else self.desk.stay(self.visitor)
            elif "lost" in came:
                self.desk.lost(self.visitor)
            else:
                self.line.hear()
                self._ask(came)

    def _ask(self, asked: Asked) -> None:
        desk, visitor = self.desk, self.visitor
        click: Click | None = "stage" if "click" in asked else None
        match asked["verb"]:
            case "start":
                if desk.view(visitor).state.phase not in LIVE:
                    self.watch.take()
                desk.start(visitor, click=click)
            case "say" if "again" in asked:
                desk.say_again(visitor, asked["again"])
            case "say":
                now = asyncio.get_running_loop().time()
                desk.say(visitor, asked["text"], click=click, age=now - asked.get("at", now))
            case "interrupt":
                desk.interrupt(visitor, click=click)
            case "end":
                desk.end(visitor, click=click)
