"""A page with nothing but the stage, and a script instead of the desk that says what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import WebSocketException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

import components.stage
from components.stage.channel import stage_routes
from server.visitors import COOKIE, nonce_of, visitor_of
from tests.support.served import served

THE_COOKIE = "a-cookie-of-the-tests".ljust(43, "-")
VISITOR = visitor_of({COOKIE: THE_COOKIE}) or ""
CHANNEL = f"stage/channel?nonce={nonce_of(VISITOR)}"
IDLE: dict[str, object] = {
    "revision": 0,
    "phase": "idle",
    "caption": None,
    "interrupts": 0,
    "interrupting": False,
    "way": "sdk",
    "avatar": None,
    "elsewhere": False,
    "endsIn": None,
    "limit": None,
}

_HERE = Path(components.stage.__file__).parent
_TRY_AGAIN_LATER = 1013
SDKS = Path(__file__).parent.parent / "components" / "sdks"

# Mounts as Streamlit does: HTML and style in an element, then the component's function on it.
_PAGE = """<!doctype html>
<meta charset="utf-8"><title>The stage alone</title>
<link rel="icon" href="data:,">
<body>
<div id="mount"></div>
<button onclick="window.starts = (window.starts ?? 0) + 1">Start Avatar</button>
<button>Interrupt</button>
<textarea aria-label="Text"></textarea>
<script type="module">
  import mount from "./component.js";
  const data = {{ channel: "{channel}", drawn: 0, poster: null }};
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

    def __init__(self) -> None:
        self.url = ""
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
    def watch(self, visitor: str) -> Iterator[StageWatch]:
        """`components.stage.channel.Views.watch`; no channel stays open while `refusing`."""
        if self.refusing:
            raise WebSocketException(_TRY_AGAIN_LATER)
        changed = asyncio.Event()
        changed.set()
        self._watchers[changed] = asyncio.get_running_loop()
        try:
            yield StageWatch(self._views(changed), self)
        finally:
            del self._watchers[changed]

    async def _views(self, changed: asyncio.Event) -> AsyncIterator[dict[str, object]]:
        while await changed.wait() and changed not in self._closing:
            changed.clear()
            yield self.view


@dataclass(frozen=True, slots=True)
class StageWatch:
    """One stage on the page: `components.stage.channel.Watch`."""

    messages: AsyncIterator[dict[str, object]]
    page: StagePage

    def report(self, event: str, session_id: str, message: str | None) -> None:
        """Kept."""
        self.page.reports.append((event, session_id, message))


def _draw(_: Request) -> HTMLResponse:
    html = (_HERE / "stage.html").read_text(encoding="utf-8")
    css = "".join((_HERE / name).read_text(encoding="utf-8") for name in components.stage.STYLES)
    page = HTMLResponse(_PAGE.format(html=html, css=css, channel=CHANNEL))
    page.set_cookie(COOKIE, THE_COOKIE, httponly=True)
    return page


def _component(_: Request) -> Response:
    return Response(components.stage.JS, media_type="text/javascript")


def _sdk(request: Request) -> Response:
    """A client SDK that is not ours: what the vendor's could be, and how it could fail."""
    path = SDKS / Path(request.path_params["name"]).name
    if not path.is_file():
        return Response(status_code=404)
    anyone = {"Access-Control-Allow-Origin": "*"}
    return Response(path.read_bytes(), media_type="text/javascript", headers=anyone)


SDK_ROUTE = Route("/sdks/{name}", _sdk)


@contextmanager
def served_stage() -> Iterator[StagePage]:
    """A page with the stage on a port of its own, served until the end of the block."""
    page = StagePage()
    ours = [Route("/", _draw), Route("/component.js", _component), SDK_ROUTE]
    routes = [*ours, *stage_routes(page)]
    with served(Starlette(routes=routes)) as page.url:
        yield page
