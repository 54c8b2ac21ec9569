"""The stage's routes: the WebSocket of `protocol.py`, and the components' modules."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from components.assets import asset_route
from components.door import let_in, receive, serve
from components.stage.protocol import Asked, Beat, Message, message, parse
from sessions.clicks import Click
from sessions.desk import Desk, Refused, Watch
from sessions.state import LIVE
from sessions.turns import TextRejected, Turn
from sessions.visit import View

_GOING_AWAY = 1001


@dataclass(frozen=True, slots=True)
class Pulse:
    """Seconds between two beats: while a session is live, and while none is."""

    live: float = 0.5
    idle: float = 5.0


def stage_routes(
    desk_of: Callable[[], Desk | None],
    pulse: Pulse = Pulse(),  # frozen
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
            await _send(socket, message(View(), now=0.0, is_holder=False))
            await receive(socket, lambda _: None)
            return
        with desk.watch(visitor) as watch:
            await _Line(socket, desk, visitor, watch, pulse, is_billed()).serve()

    return [WebSocketRoute("/stage/channel", channel), asset_route()]


async def _send(socket: WebSocket, message: Message | Beat) -> None:
    await socket.send_text(json.dumps(message))


@dataclass(slots=True)
class _Line:
    """One open channel. `heard`: the verbs that have come up; `called`: one has just come."""

    socket: WebSocket
    desk: Desk
    visitor: str
    watch: Watch
    pulse: Pulse
    billed: bool
    heard: int = 0
    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self) -> None:
        """Send and receive until either side has gone."""
        await serve(self.socket, self._send_all(), self._take)

    async def _send_all(self) -> None:
        beating = asyncio.create_task(self._send_beats())
        try:
            await self._send_views()
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    async def _send_views(self) -> None:
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
            await _send(self.socket, shown)
        await self.socket.close(_GOING_AWAY)

    async def _send_beats(self) -> None:
        now, pause = asyncio.get_running_loop().time, self._pause
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self.called.wait()
            self.called.clear()
            pause = self._pause
            await _send(self.socket, {"beat": now(), "heard": self.heard, "within": pause})

    @property
    def _pause(self) -> float:
        is_live = self.desk.view(self.visitor).state.phase in LIVE
        return self.pulse.live if is_live else self.pulse.idle

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
                self.heard += 1
                self.called.set()
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
