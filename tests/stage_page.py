"""A page with nothing but the stage, and a script instead of the desk that says what it shows."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import WebSocketException
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

import components.stage
from components.stage.channel import asset_path, stage_routes
from tests.app_process import free_port
from tests.simulator_process import eventually

VISITOR = "a-visitor-of-the-tests"
IDLE: dict[str, object] = {
    "revision": 0,
    "phase": "idle",
    "caption": None,
    "interrupts": 0,
    "interrupting": False,
    "avatar": None,
}

_HERE = Path(components.stage.__file__).parent

# Mounts as Streamlit does: HTML and style in an element, then the module's function on it.
_PAGE = """<!doctype html>
<meta charset="utf-8"><title>The stage alone</title>
<link rel="icon" href="data:,">
<body>
<div id="mount"></div>
<button>Interrupt</button>
<textarea aria-label="Text"></textarea>
<script type="module">
  const {{ mount }} = await import(new URL("{module}", document.baseURI).href);
  const data = {{ channel: "stage/channel?visitor={visitor}", drawn: 0, poster: null }};
  window.redraws = [];
  window.mountStage = () => {{
    const parentElement = document.createElement("div");
    parentElement.append(document.querySelector("template").content.cloneNode(true));
    document.getElementById("mount").replaceChildren(parentElement);
    const setTriggerValue = (name, value) => window.redraws.push([name, value]);
    const drawStage = (changes) =>
      mount({{ parentElement, data: {{ ...data, ...changes }}, setTriggerValue }});
    window.drawStage = drawStage;
    window.unmountStage = drawStage({{}});
  }};
  window.mountStage();
</script>
<template>{html}<style>{css}</style></template>
"""


class StagePage:
    """The page's address, what is shown on it, and what it has reported."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.reports: list[tuple[str, str, str | None]] = []
        self.view = IDLE
        self.refusing = False
        self._watchers: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._closing: set[asyncio.Event] = set()

    def show(self, **changes: object) -> None:
        """From now on the view differs in this."""
        self.view = {**self.view, **changes}
        for changed, loop in list(self._watchers.items()):
            loop.call_soon_threadsafe(changed.set)

    def hang_up(self) -> None:
        """The server closes every channel that is open now; views go on over the next ones."""
        for changed, loop in list(self._watchers.items()):
            self._closing.add(changed)
            loop.call_soon_threadsafe(changed.set)

    def events(self) -> list[str]:
        """The names of the reports so far."""
        return [event for event, _, _ in self.reports]

    def watched(self) -> bool:
        """Whether a browser has its channel open."""
        return bool(self._watchers)

    @contextmanager
    def watch(self, visitor: str) -> Iterator[AsyncIterator[dict[str, object]]]:
        """`components.stage.channel.Views.watch`; no channel opens while `refusing`."""
        if self.refusing:
            raise WebSocketException(1008)
        changed = asyncio.Event()
        changed.set()
        self._watchers[changed] = asyncio.get_running_loop()
        try:
            yield self._views(changed)
        finally:
            del self._watchers[changed]

    async def _views(self, changed: asyncio.Event) -> AsyncIterator[dict[str, object]]:
        while await changed.wait() and changed not in self._closing:
            changed.clear()
            yield self.view

    def report(self, visitor: str, event: str, session_id: str, message: str | None) -> None:
        """`components.stage.channel.Views.report`: kept."""
        self.reports.append((event, session_id, message))


def _draw(_: Request) -> HTMLResponse:
    html = (_HERE / "stage.html").read_text(encoding="utf-8")
    css = "".join((_HERE / name).read_text(encoding="utf-8") for name in components.stage.STYLES)
    module = asset_path("stage.js")
    return HTMLResponse(_PAGE.format(html=html, css=css, module=module, visitor=VISITOR))


@contextmanager
def served_stage() -> Iterator[StagePage]:
    """A page with the stage on a port of its own, served until the end of the block."""
    port = free_port()
    page = StagePage(f"http://127.0.0.1:{port}")
    app = Starlette(routes=[Route("/", _draw), *stage_routes(page)])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        eventually(lambda: server.started)
        yield page
    finally:
        server.should_exit = True
        thread.join(timeout=10)
