"""A blip takes a script run with it, or a part of it: the page shows the truth all the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, WebSocketRoute
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.support.app_process import App
from tests.support.simulator_process import SimulatorProcess
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]

EVERYTHING = {"new_session", "delta", "script_finished"}


class LossyLine:
    """Streamlit's own line: the kinds of messages that `loses` names do not arrive."""

    def __init__(self, visitor: VisitorPage) -> None:
        self.loses: set[str] = set()
        self.runs = 0
        visitor.page.route_web_socket("**/_stcore/stream", self._connect)

    def has_run_since(self, runs: int) -> bool:
        """The server has finished more runs than that."""
        return self.runs > runs

    def _connect(self, page: WebSocketRoute) -> None:
        server = page.connect_to_server()
        page.on_message(server.send)
        server.on_message(lambda message: self._pass_on(page, message))

    def _pass_on(self, page: WebSocketRoute, message: str | bytes) -> None:
        assert isinstance(message, bytes)
        kind = ForwardMsg.FromString(message).WhichOneof("type")
        self.runs += kind == "script_finished"
        if kind not in self.loses:
            page.send(message)


def test_a_run_that_is_lost(app: App, simulator: SimulatorProcess, visitor: VisitorPage) -> None:
    """It is asked for again, and the picture plays on, also where its loss emptied the page.

    First the whole of a run is lost, then all of one but its two ends.
    """
    line, page = LossyLine(visitor), visitor.page
    visitor.open(app.url)
    visitor.start.click()
    visitor.until_turn("I am your avatar assistant", "spoken")
    page.evaluate("document.querySelector('video').dataset.mark = 'the same'")
    (session,) = [s for s in simulator.sessions() if s["state"] == "live"]
    for text, lost in (("Once more.", EVERYTHING), ("And again.", {"delta"})):
        line.loses = lost
        visitor.say(text)
        until(page, partial(is_spoken, simulator, session["sessionId"], text))
        seen = line.runs
        until(page, partial(line.has_run_since, seen))
        line.loses = set()
        visitor.until_turn(text, "spoken")
        visitor.until_frames_advance()
        assert page.evaluate("document.querySelector('video').dataset.mark") == "the same"
    visitor.end.click()
    visitor.until_phase("idle")


def is_spoken(simulator: SimulatorProcess, session_id: str, text: str) -> bool:
    """The avatar has said `text` to its end."""
    turn = simulator.session(session_id)["turns"][-1]
    return bool(turn["text"] == text and turn["outcome"] == "spoken")


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Wait for it while the browser's events are handled."""
    for _ in range(200):
        if condition():
            return
        page.wait_for_timeout(50)
    pytest.fail("It did not happen within 10 s.")
