"""Bad settings, a bad network and a bad service: one sentence each, and the page works on."""

from __future__ import annotations

import os
import re
import signal

from playwright.sync_api import expect

from tests.server.test_simulator_process import simulators_of
from tests.support.app_process import App, free_port, running_app
from tests.support.simulator_process import SimulatorProcess, running_simulator
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]


def shows_one_sentence(app: App, visitor: VisitorPage, words: str | re.Pattern[str]) -> None:
    """The page's one error banner has these words, and no traceback is anywhere."""
    banner = visitor.alerts.filter(has_text=words)
    expect(banner).to_have_count(1, timeout=30_000)
    assert banner.inner_text().strip().endswith(".")
    expect(visitor.page.get_by_text("Traceback")).to_have_count(0)
    assert "Traceback" not in app.printed()


def test_a_setting_that_makes_no_sense(visitor: VisitorPage) -> None:
    """The terminal and the page name it at start, and `/health` says that nothing can start."""
    base_url = "http://api.example.com/v1/avatar-session"
    with running_app(AVATAR_KS="a-test", AVATAR_BASE_URL=base_url) as app:
        assert "AVATAR_BASE_URL" in app.printed()
        assert app.health()["status"] == "error"
        visitor.open(app.url)
        shows_one_sentence(app, visitor, "AVATAR_BASE_URL")
        expect(visitor.start).to_be_disabled()


def test_nobody_listens(visitor: VisitorPage) -> None:
    """With nothing to choose from, Start says so, and an id can be typed; then the page says who
    was called and what to check, and can try again."""
    port = free_port()
    base_url = f"http://127.0.0.1:{port}/v1/avatar-session"
    with running_app(AVATAR_KS="a-test", AVATAR_BASE_URL=base_url) as app:
        visitor.open(app.url)
        visitor.start.click()
        shows_one_sentence(app, visitor, "Choose an avatar first")
        visitor.page.locator(".st-key-choices").get_by_role("button").first.click()
        visitor.page.get_by_role("searchbox", name="Find avatar").fill("an-avatar")
        visitor.page.get_by_role("button", name="Use the id an-avatar").click()
        visitor.page.keyboard.press("Escape")
        visitor.start.click()
        visitor.until_phase("error")
        shows_one_sentence(app, visitor, "AVATAR_BASE_URL")
        with running_simulator("--port", str(port)):
            visitor.start.click()
            visitor.until_live()
            visitor.end.click()
            visitor.until_phase("idle")


def test_the_service_dies_in_mid_session(visitor: VisitorPage) -> None:
    """The embedded simulator is killed: the page says the session is gone, and the next works."""
    with running_app() as app:
        visitor.open(app.url)
        visitor.page.get_by_role("button", name="Details").click()
        expect(visitor.page.get_by_text("Simulator on this machine")).to_be_visible()
        visitor.page.keyboard.press("Escape")
        visitor.start.click()
        visitor.until_live()
        (pid,) = simulators_of(app.process.pid)
        os.kill(pid, signal.SIGKILL)
        visitor.until_phase("error", within=30)
        # A call or the picture may be the first to be told that it is over.
        shows_one_sentence(app, visitor, re.compile("Start (a new session|the avatar again)"))
        visitor.start.click()
        visitor.until_live()
        visitor.end.click()
        visitor.until_phase("idle")


def test_answers_that_make_no_session(simulator: SimulatorProcess, visitor: VisitorPage) -> None:
    """HTML, or another shape with status 200: a sentence, and it can be started again. A stream of
    a session that is gone: the page says so, and one click on the stage starts another."""
    live = {"AVATAR_KS": "a-test", "AVATAR_BASE_URL": simulator.base_url}
    with running_app(AVATAR_DISPLAY="direct", **live) as app:
        visitor.open(app.url)
        for body, words in (
            ("<html><body>Gateway</body></html>", "an HTML page"),
            ('{"success": true, "sessionId": ["a"], "token": 7}', "no sessionId"),
        ):
            simulator.ask_mood(call="create", status=200, body=body)
            visitor.start.click()
            shows_one_sentence(app, visitor, words)
            visitor.until_phase("error")
        simulator.ask_mood(call="whep", status=404)
        visitor.start.click()
        shows_one_sentence(app, visitor, "Start the avatar again")
        visitor.until_phase("error")
        visitor.page.get_by_role("button", name="Start again").click()
        visitor.until_live()
        visitor.end.click()
        visitor.until_phase("idle")
