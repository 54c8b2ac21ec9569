"""A page with nothing but the stage, and a script instead of the desk that says what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from starlette.applications import Starlette
from starlette.exceptions import WebSocketException
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

import components.stage
from avatar_client import TurnServer
from components.line import Pulse
from components.stage.channel import stage_routes
from components.stage.protocol import message
from server.visitors import COOKIE, new_cookie, nonce_of, visitor_of
from sessions.desk import Desk
from sessions.state import Choices, DirectAvatar, Phase, SdkAvatar, Sight, State
from sessions.troubles import Trouble
from sessions.turns import Turn, TurnState
from sessions.visit import View
from tests.support.served import served


def visitor_with(cookie: str) -> str:
    """The visitor who has this cookie; "" for nobody."""
    headers = [(b"cookie", f"{COOKIE}={cookie}".encode())]
    asked = HTTPConnection({"type": "http", "scheme": "http", "headers": headers})
    return visitor_of(asked) or ""


THE_COOKIE = new_cookie()
_REQUEST = {
    "type": "http",
    "scheme": "http",
    "headers": [(b"cookie", f"{COOKIE}={THE_COOKIE}".encode())],
}
VISITOR = visitor_of(HTTPConnection(_REQUEST)) or ""
CHANNEL = f"stage/channel?nonce={nonce_of(VISITOR)}"
IDLE = message(View(), now=0.0, is_holder=True)

_HERE = Path(components.stage.__file__).parent
_TRY_AGAIN_LATER = 1013
SDKS = Path(__file__).parent.parent / "components" / "stage" / "sdks"

# Mounts as Streamlit does: HTML and style in an element, then the component's function on it.
_PAGE = """<!doctype html>
<meta charset="utf-8"><title>The stage alone</title>
<link rel="icon" href="data:,">
<body>
<div id="mount"></div>
<div class="st-key-start"><button onclick="window.starts = (window.starts ?? 0) + 1">Start Avatar
</button></div>
<div class="st-key-end"><button>End Session</button></div>
<div class="st-key-text"><textarea aria-label="Text"></textarea></div>
<div class="st-key-speak"><button>Make Avatar Speak</button></div>
<div class="st-key-interrupt"><button><span>Interrupt</span></button></div>
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


Report = tuple[str, str, str | None]
"""What came up: a sight, its session's id and sentence; or a verb, its text and its `click`."""


NO_BEATS = Pulse(3600.0, 3600.0)
"""But for those that answer a verb: a test moves the browser's clock, and not the server's."""


class StagePage:
    """The page's address, what is shown on it, and what it has reported: a desk without a mind."""

    def __init__(self) -> None:
        self.url = ""
        self.reports: list[Report] = []
        self.refusals: list[Exception] = []  # of the next things to say
        self.shown: dict[str, Any] = {**IDLE}
        self.refusing = False
        self.server_id = ""
        self._watchers: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._closing: set[asyncio.Event] = set()

    def show(self, **changes: object) -> None:
        """From now on the message that goes down differs in this."""
        self.shown = {**self.shown, **changes}
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

    # As much of `sessions.desk.Desk` as the channel asks for.

    @contextmanager
    def watch(self, visitor: str) -> Iterator[StageWatch]:
        """No channel stays open while `refusing`."""
        if self.refusing:
            raise WebSocketException(_TRY_AGAIN_LATER)
        changed = asyncio.Event()
        changed.set()
        self._watchers[changed] = asyncio.get_running_loop()
        try:
            yield StageWatch(self._views(changed), self)
        finally:
            del self._watchers[changed]

    def view(self, visitor: str) -> View:
        """That which makes the message that is to be shown."""
        shown = self.shown
        said = Turn(shown["caption"] or "", state=TurnState.SENT)
        ends_in, now = shown["endsIn"], asyncio.get_running_loop().time
        state = State(
            phase=Phase(shown["phase"]),
            avatar=_avatar(shown["avatar"]) if shown["avatar"] else _ELSEWHERE,
            turns=(said,) if shown["caption"] else (),
            interrupts=shown["interrupts"],
            interrupting=shown["interrupting"],
            # A millisecond less: a sum of floats that is a bit more shows another second.
            ends_at=None if ends_in is None else now() + ends_in - 0.001,
            limit=shown["limit"],
            trouble=shown["trouble"] and Trouble(shown["trouble"]),
            problem=shown["problem"],
            notice=shown["notice"],
            since=now() - shown["lasts"],
            again_at=None if shown["againIn"] is None else now() + shown["againIn"],
        )
        if not (shown["avatar"] or shown["elsewhere"]):
            state = replace(state, avatar=None)
        return View(
            *(state, shown["revision"], shown["way"], shown["refusal"], shown["refusals"]),
            stopping=shown["stopping"],
        )

    def start(self, _: str, choices: Choices | None = None, *, click: str | None = None) -> None:
        """Kept, as the others are."""
        assert choices is None
        self.reports.append(("start", "", click))

    def say(self, _: str, text: str, *, click: str | None = None, age: float = 0.0) -> None:
        """See `start`."""
        assert age < 1.0
        if self.refusals:
            raise self.refusals.pop(0)
        self.reports.append(("say", text, click))

    def interrupt(self, _: str, *, click: str | None = None) -> None:
        """See `start`."""
        self.reports.append(("interrupt", "", click))

    def end(self, _: str, *, click: str | None = None) -> None:
        """See `start`."""
        self.reports.append(("end", "", click))

    def lost(self, _: str) -> None:
        """See `start`."""
        self.reports.append(("lost", "", None))

    def stay(self, _: str) -> None:
        """See `start`."""
        self.reports.append(("stay", "", None))

    async def _views(self, changed: asyncio.Event) -> AsyncIterator[View]:
        while await changed.wait() and changed not in self._closing:
            changed.clear()
            yield self.view("")


@dataclass(frozen=True, slots=True)
class StageWatch:
    """One stage on the page, as `sessions.desk.Watch` is."""

    views: AsyncIterator[View]
    page: StagePage

    @property
    def is_holder(self) -> bool:
        """Unless another one is to be shown as such."""
        return not self.page.shown["elsewhere"]

    def saw(self, sight: Sight, session_id: str, sentence: str | None) -> None:
        """Kept."""
        self.page.reports.append((sight, session_id, sentence))

    def take(self) -> None:
        """Kept, but for the one that comes with each start."""
        if self.page.shown["elsewhere"]:
            self.page.reports.append(("take", "", None))


_ELSEWHERE = DirectAvatar("s-elsewhere", "https://elsewhere.example/whep", None)


def _avatar(told: dict[str, Any]) -> SdkAvatar | DirectAvatar:
    turn = told["turn"] and TurnServer(**told["turn"])
    media = (told["whepUrl"], turn, told["plainUrl"])
    if told["kind"] == "sdk":
        known = (told["sessionId"], told["baseUrl"], told["sdkUrl"], told["token"])
        return SdkAvatar(*known, *media)
    return DirectAvatar(told["sessionId"], *media)


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
    routes = [*ours, *stage_routes(lambda: cast(Desk, page), NO_BEATS)]
    with served(Starlette(routes=routes)) as page.url:
        yield page
