"""A blip takes a script run with it, or a part of it: the page shows the truth all the same."""

from __future__ import annotations

from functools import partial

from tests.support.app_process import App
from tests.support.lossy_line import EVERYTHING, LossyLine, until
from tests.support.simulator_process import SimulatorProcess
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]


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
