"""The route of the page Preflight: its WebSocket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from avatar_client import Media
from components.door import let_in, serve
from components.preflight.protocol import message, parse
from preflight.run import Preflight
from preflight.server import Preflights
from preflight.sightings import Sightings
from sessions.desk import Refused


def preflight_routes(preflights: Preflights) -> list[BaseRoute]:
    """The routes that the page Preflight needs, beside Streamlit's and the stage's.

    `preflight/channel?nonce=…` is for our page, with the visitor's cookie and the nonce that
    belongs to it (`visitors.nonce_of`). While it is open the page can begin a preflight, which it
    watches; when it closes, that preflight ends.
    """

    async def channel(socket: WebSocket) -> None:
        if (visitor := await let_in(socket)) is not None:
            await _Page(socket, visitor, preflights).serve()

    return [WebSocketRoute("/preflight/channel", channel)]


class _Page:
    """One open page, which is a `preflight.sightings.Viewer`."""

    place = "from this browser"

    def __init__(self, socket: WebSocket, visitor: str, preflights: Preflights) -> None:
        self.name = _browser(socket.headers.get("user-agent", ""))
        self._socket = socket
        self._visitor = visitor
        self._preflights = preflights
        self._preflight: Preflight | None = None
        self._refusal: str | None = None
        self._watched: Media | None = None
        self._changed = asyncio.Event()
        self._changed.set()

    @asynccontextmanager
    async def watching(self, media: Media, _: Sightings) -> AsyncIterator[None]:
        """See `Viewer.watching`; the page's reports are noted as they come."""
        self._watch(media)
        try:
            yield
        finally:
            self._watch(None)

    async def serve(self) -> None:
        """Send and receive until the page has gone."""
        try:
            await serve(self._socket, self._send(), self._hear)
        finally:
            if self._preflight:
                self._preflight.leave()

    async def _send(self) -> None:
        while await self._changed.wait():
            self._changed.clear()
            shown = message(self._preflight, self._refusal, self._watched)
            await self._socket.send_text(json.dumps(shown))

    def _hear(self, text: str) -> None:
        if (came := parse(text)) is None:
            return
        if "event" in came:
            self._run()
        elif self._watched and self._preflight:
            self._preflight.sightings.note(came["sight"], came["word"])

    def _run(self) -> None:
        if self._preflight and not self._preflight.is_over:
            return  # a double click
        try:
            self._preflight = self._preflights.start(self._visitor, self, self._changed.set)
        except Refused as refused:
            self._refusal = str(refused)
        else:
            self._refusal = None
        self._changed.set()

    def _watch(self, media: Media | None) -> None:
        self._watched = media
        self._changed.set()


def _browser(user_agent: str) -> str:
    """A name for people: the last products of a user agent tell browsers apart."""
    plain = "".join(c for c in user_agent[:200] if c.isprintable())
    return f"this browser ({plain})" if plain else "this browser"
