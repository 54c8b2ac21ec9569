"""A component's live channel: each message down as it comes, beats between them, messages up.

A server that hangs sends no beat, so the page can tell that.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypedDict, final

from starlette.websockets import WebSocket

from components.door import serve
from sessions.visit import SHOWN_AFTER

_GOING_AWAY = 1001


@final
class Beat(TypedDict):
    """A sign of life: the next one, or a view, comes `within` so many seconds.

    `beat` is the server's clock, in seconds, and `heard` the number of verbs that have come up.
    """

    beat: float
    heard: int
    within: float


@dataclass(frozen=True, slots=True)
class Pulse:
    """Seconds between two beats: while a session is live, and while none is."""

    live: float = 0.5
    idle: float = 5.0


@dataclass(slots=True)
class Line:
    """One open channel. `heard`: the verbs that have come up; `called`: one has just come."""

    socket: WebSocket
    pulse: Pulse
    is_live: Callable[[], bool]
    heard: int = 0
    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(
        self, messages: AsyncIterator[Mapping[str, object]], take: Callable[[str], None]
    ) -> None:
        """Send `messages`, and have `take` each text that comes, until either side has gone."""
        await serve(self.socket, self._send_all(messages), take)

    def hear(self) -> None:
        """A verb has come: answer with a beat, `SHOWN_AFTER` later."""
        self.heard += 1
        self.called.set()

    async def _send_all(self, messages: AsyncIterator[Mapping[str, object]]) -> None:
        beating = asyncio.create_task(self._send_beats())
        try:
            async for message in messages:
                await self._send(message)
            await self.socket.close(_GOING_AWAY)
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    async def _send_beats(self) -> None:
        now, pause = asyncio.get_running_loop().time, self._pause
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self.called.wait()
                    await asyncio.sleep(SHOWN_AFTER)
            self.called.clear()
            pause = self._pause
            beat: Beat = {"beat": now(), "heard": self.heard, "within": pause}
            await self._send(beat)

    async def _send(self, message: Mapping[str, object]) -> None:
        await self.socket.send_text(json.dumps(message))

    @property
    def _pause(self) -> float:
        return self.pulse.live if self.is_live() else self.pulse.idle
