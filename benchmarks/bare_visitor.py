"""A visitor without a browser, media aside: Streamlit's WebSocket, and the stage's.

It answers what a browser's page would: it is drawn again when a view is newer than what is drawn,
and reports of a turn that it hears it begin and end at once.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

REDRAW = 0.15
"""Seconds from a new view to the rerun that the stage asks for, as in streamlit.js."""
LARGEST = 1 << 24
"""Bytes that a message of Streamlit may have."""


class BareVisitor:
    """One visitor's page. `session_id` is empty until one is live."""

    def __init__(self, page: ClientConnection) -> None:
        self._page = page
        self._stage: ClientConnection | None = None
        self._widgets: dict[str, str] = {}
        self._host = ""
        self._cookie = ""
        self._shown: dict[str, Any] = {}  # what the page gave the stage
        self._view: dict[str, Any] = {}
        self._redraw: asyncio.TimerHandle | None = None
        self._drawing: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()

    @property
    def session_id(self) -> str:
        """Of the session that the stage shows."""
        return str((self._view.get("avatar") or {}).get("sessionId", ""))

    async def start(self) -> None:
        """Press Start Avatar on the stage, see the picture, hear the welcome."""
        await self.tell({"verb": "start"})
        await self._until(lambda: self.session_id)
        await self._report("playing")
        await self._until(lambda: self._view["phase"] == "ready" and self._view["caption"])
        await self.until_quiet()

    async def say(self, text: str) -> float:
        """Press Make Avatar Speak with `text` in the box; when that was, in Unix seconds."""
        at = time.time()
        await self._run(
            WidgetState(id=self._widgets["Text"], string_value=text),
            WidgetState(id=self._widgets["Make Avatar Speak"], trigger_value=True),
        )
        return at

    async def until_quiet(self) -> None:
        """Nothing is being said, and what is drawn is the newest."""
        await self._until(
            lambda: self._view["caption"] is None and self._view["revision"] == self._shown["drawn"]
        )

    async def open(self) -> None:
        """The page's first run, and the stage on it."""
        await self._run()
        await self._until(lambda: "channel" in self._shown and "Make Avatar Speak" in self._widgets)

    @asynccontextmanager
    async def watching(self, host: str, cookie: str) -> AsyncIterator[None]:
        """The stage's own line is open."""
        self._host, self._cookie = host, cookie
        async with (
            self.at("stage/channel") as self._stage,
            _meanwhile(self.read_views(self._stage)),
        ):
            await self._until(lambda: self._view)
            yield

    def at(self, channel: str) -> connect:
        """A connection to a channel of the page, as its own scripts open it."""
        _, _, nonce = self._shown["channel"].partition("?")
        headers = {"Origin": f"http://{self._host}", "Cookie": self._cookie}
        return connect(f"ws://{self._host}/{channel}?{nonce}", additional_headers=headers)

    async def read_page(self) -> None:
        """Take note of what the page is drawn with."""
        async for message in self._page:
            assert isinstance(message, bytes)
            forward = ForwardMsg.FromString(message)
            if forward.WhichOneof("type") == "delta":
                self._note(forward.delta.new_element)
                async with self._news:
                    self._news.notify_all()

    async def read_views(self, stage: ClientConnection) -> None:
        """Do what the stage would do."""
        async for message in stage:
            view = json.loads(message)
            if "beat" in view:
                continue
            before, self._view = self._view.get("caption"), view
            if self._view["caption"] is not None and before is None:
                await self._report("speakingStart")
                await self._report("speakingEnd")
            if self._view["revision"] != self._shown["drawn"] and self._redraw is None:
                self._redraw = asyncio.get_running_loop().call_later(REDRAW, self._draw)
            async with self._news:
                self._news.notify_all()

    def _note(self, element: Element) -> None:
        match element.WhichOneof("type"):
            case "bidi_component" if element.bidi_component.component_name == "stage":
                self._shown = json.loads(element.bidi_component.json)
            case "button":
                self._widgets[element.button.label] = element.button.id
            case "text_area":
                self._widgets[element.text_area.label] = element.text_area.id

    def _draw(self) -> None:
        self._redraw = None
        self._drawing = asyncio.create_task(self._run())

    async def _run(self, *states: WidgetState) -> None:
        asked = BackMsg()
        asked.rerun_script.widget_states.widgets.extend(states)
        await self._page.send(asked.SerializeToString())

    async def _report(self, sight: str) -> None:
        await self.tell({"sight": sight, "sessionId": self.session_id})

    async def tell(self, message: dict[str, str]) -> None:
        """Send a message of the stage."""
        assert self._stage
        await self._stage.send(json.dumps(message))

    async def _until(self, seen: Callable[[], object]) -> None:
        async with asyncio.timeout(60), self._news:
            await self._news.wait_for(seen)


@asynccontextmanager
async def visiting(url: str) -> AsyncIterator[BareVisitor]:
    """A visitor with an open page and a stage on it, who has started nothing yet."""
    async with httpx.AsyncClient() as http:
        answer = await http.get(url)
        answer.raise_for_status()
    cookie = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
    host = url.removeprefix("http://")
    async with connect(
        f"ws://{host}/_stcore/stream",
        origin=url,  # type: ignore[arg-type]  # a str by another name
        subprotocols=["streamlit"],  # type: ignore[list-item]
        additional_headers={"Cookie": cookie},
        max_size=LARGEST,
    ) as page:
        visitor = BareVisitor(page)
        async with _meanwhile(visitor.read_page()):
            await visitor.open()
            async with visitor.watching(host, cookie):
                yield visitor


@asynccontextmanager
async def _meanwhile(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
