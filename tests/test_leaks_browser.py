"""A canary as KS: everything that reaches the browser is searched for it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Response, WebSocket

from tests.app_process import running_app
from tests.simulator_process import SimulatorProcess
from tests.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]

CANARY = "CanaryKs7f3a9Zq2LmX8"
JWT = re.compile(rb"eyJ[\w-]+\.eyJ[\w-]+\.")


def spellings(secret: str) -> set[bytes]:
    """Plain, hex, URL-encoded, and base64 at each of its three alignments."""
    plain = secret.encode()
    shifted = (base64.b64encode(b"x" * n + plain)[4 if n else 0 : -4] for n in range(3))
    return {plain, plain.hex().encode(), quote(secret).encode(), plain[::-1], *shifted}


class Wiretap:
    """Everything that comes to a page or goes from it."""

    def __init__(self, page: VisitorPage) -> None:
        self.heard: list[bytes] = []
        self._responses: list[Response] = []
        page.page.on("response", lambda response: self._responses.append(response))
        page.page.on("websocket", self._listen)
        page.page.on("console", lambda message: self.heard.append(message.text.encode()))
        self._page = page.page

    def _listen(self, socket: WebSocket) -> None:
        for event in ("framesent", "framereceived"):
            socket.on(event, lambda frame: self.heard.append(_bytes(frame)))

    def all(self) -> Iterator[bytes]:
        """Frames, console, bodies, headers, addresses, the document and every kind of storage."""
        yield from self.heard
        for response in self._responses:
            yield response.url.encode()
            yield repr(response.all_headers()).encode()
            yield repr(response.request.all_headers()).encode()
            yield (response.request.post_data or "").encode()
            # Chromium keeps no body of a redirect, nor of the DELETE that outlives its page.
            kept = not 300 <= response.status < 400 and response.request.method != "DELETE"
            if kept and response.status != 204:
                yield response.body()
        yield self._page.content().encode()
        yield repr(self._page.context.storage_state()).encode()
        yield str(self._page.evaluate("JSON.stringify({...sessionStorage})")).encode()


def _bytes(frame: bytes | str) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


@pytest.mark.parametrize("way", ["sdk", "direct"])
def test_the_ks_never_reaches_the_browser(
    simulator: SimulatorProcess, visitor: VisitorPage, way: str
) -> None:
    """Not when all goes well and not in an error; in the direct way no token does either."""
    with running_app(
        AVATAR_KS=CANARY, AVATAR_BASE_URL=simulator.base_url, AVATAR_DISPLAY=way
    ) as app:
        tap = Wiretap(visitor)
        visitor.open(app.url)
        simulator.ask_mood(call="create", status=401, body=f"Invalid KS {CANARY}")
        visitor.start.click()
        visitor.until_phase("error")
        visitor.start.click()
        visitor.until_turn("I am your avatar assistant", "spoken")
        simulator.ask_mood(call="say-text", status=500, body=f"KS {CANARY}", times=None)
        visitor.say("Hello.")
        visitor.until_turn("Hello.", "failed")
        simulator.clear_moods()
        visitor.end.click()
        visitor.until_phase("idle")
        everything = list(tap.all())
        printed = app.printed().encode()
    assert any(b"I am your avatar assistant" in piece for piece in everything)
    for spelling in spellings(CANARY):
        assert not [piece[:200] for piece in (*everything, printed) if spelling in piece]
    tokens = [piece[:200] for piece in everything if JWT.search(piece)]
    assert bool(tokens) == (way == "sdk")
