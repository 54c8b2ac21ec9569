"""In each trouble stage, status line, message and buttons agree, and say what can be done."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, expect

from tests.support.app_process import App, running_app
from tests.support.simulator_process import SimulatorProcess, eventually
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]

SOON = 2000 + 4000
"""Milliseconds: the two that are promised, and what a busy machine adds."""


def stage(visitor: VisitorPage, words: str | re.Pattern[str], within: float = SOON) -> Locator:
    """The stage's notice, once it has these words; `within` in milliseconds."""
    notice = visitor.page.locator(".stage-words").filter(has_text=words)
    expect(notice).to_be_visible(timeout=within)
    return notice


def status(visitor: VisitorPage, words: str) -> None:
    """The one status line that is seen says this."""
    line = visitor.page.locator(".st-key-status p:visible").filter(has_text=words)
    expect(line).to_have_count(1, timeout=SOON)
    expect(visitor.page.locator(".st-key-status p:visible")).to_have_count(1)


def offered(visitor: VisitorPage, *names: str) -> None:
    """These buttons, and no others, are beside the stage's notice."""
    buttons = visitor.page.locator(".stage-notice button:visible")
    expect(buttons).to_have_text(list(names), timeout=SOON)


def says(visitor: VisitorPage, words: str) -> None:
    """The page's message does, too."""
    expect(visitor.alerts.filter(has_text=words)).to_have_count(1, timeout=SOON)


def live(simulator: SimulatorProcess) -> list[str]:
    """The ids of the sessions that are live."""
    return [s["sessionId"] for s in simulator.sessions() if s["state"] == "live"]


def test_the_picture(app: App, simulator: SimulatorProcess, visitor: VisitorPage) -> None:
    """Refused, taken by another viewer, stopped: each is told, counted and can be ended; it is
    asked for by itself, and at once where somebody wants that."""
    simulator.ask_mood(call="whep", status=500, body="no", times=None)
    visitor.open(app.url).start.click()
    stage(visitor, "The picture does not come · next try in ")
    status(visitor, "Status: connecting · picture does not come")
    says(visitor, "refused (500). It is asked for again by itself. A session that nobody sees for")
    offered(visitor, "Try again now", "End the session")
    expect(visitor.end).to_be_enabled()
    simulator.ask_mood(call="whep", status=409, body="no", times=None)
    stage(visitor, "Another viewer is watching · ")
    status(visitor, "Status: connecting · another viewer is watching")
    simulator.clear_moods()
    visitor.page.get_by_role("button", name="Try again now").click()
    visitor.until_live()
    offered(visitor)
    simulator.process.send_signal(signal.SIGSTOP)
    try:
        stage(visitor, "Picture stopped")
        status(visitor, "Status: reconnecting · picture stopped")
        offered(visitor, "End the session")
    finally:
        simulator.process.send_signal(signal.SIGCONT)
    visitor.until_phase("ready", within=30)
    visitor.page.locator(".stage").evaluate("stage => stage.requestFullscreen()")
    simulator.ask_mood(call="say-text", delay=8.0)
    visitor.page.evaluate(
        """document.dispatchEvent(new CustomEvent(
          "avatar:verb", { detail: { verb: "say", text: "Hi." }, cancelable: true }))"""
    )
    stage(visitor, "The avatar service is slow")
    visitor.page.get_by_role("button", name="End the session").click()
    visitor.until_phase("idle", within=30)


def test_the_server_hangs(app: App, simulator: SimulatorProcess, visitor: VisitorPage) -> None:
    """A click gets a sign; what would be said late is not, and its text stays in the box; an end
    that is asked for meanwhile comes when it can."""
    visitor.open(app.url).start.click()
    visitor.until_live()
    # While somebody types no run is asked for: the page is behind when the server stops, and asks
    # for its runs after the click, which they must not undo.
    visitor.page.evaluate(
        """const press = () => document.body.dispatchEvent(
          new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
        window.typing = setInterval(press, 50)"""
    )
    visitor.until_turn("I am your avatar assistant", "spoken")
    (session_id,) = live(simulator)
    visitor.text.fill("Too late.")
    app.process.send_signal(signal.SIGSTOP)
    try:
        visitor.page.evaluate("clearInterval(window.typing)")
        visitor.speak.click()
        stage(visitor, "This server does not answer")
        status(visitor, "Status: unknown · this server does not answer")
        stage(visitor, "Your text is said if the server answers within 5 s")
        stage(visitor, re.compile(r"does not answer\s+· ([7-9]|\d\d) s"), within=7000 + SOON)
        visitor.speak.click()
        stage(visitor, "Your text was not sent. It stays in its box")
        offered(visitor, "End the session")
    finally:
        app.process.send_signal(signal.SIGCONT)
    status(visitor, "Status: ready")
    says(visitor, "so it was not said")
    expect(visitor.text).to_have_value("Too late.")
    app.process.send_signal(signal.SIGSTOP)
    try:
        stage(visitor, "This server does not answer")
        visitor.end.click()
        stage(visitor, "The session ends as soon as the server answers")
    finally:
        app.process.send_signal(signal.SIGCONT)
    visitor.until_phase("idle")
    heard = simulator.session(session_id)
    assert [turn["text"] for turn in heard["turns"]] == ["Hello! I am your avatar assistant."]
    assert heard["endedBy"] == "end"


def test_the_server_is_killed_and_started(
    simulator: SimulatorProcess, visitor: VisitorPage
) -> None:
    """The page says that it is gone, when it tries again, and what became of the session, which the
    next start ends within 5 s; then the page works by itself."""
    with running_app(AVATAR_KS="a-test", AVATAR_BASE_URL=simulator.base_url) as app:
        visitor.open(app.url).start.click()
        visitor.until_live()
        app.kill()
        stage(visitor, "No connection to this server · ")
        status(visitor, "Status: unknown · no connection to this server")
        offered(visitor, "Try again now")
        expect(visitor.page.get_by_role("dialog")).to_have_count(0)
        for button in (visitor.start, visitor.speak, visitor.end):
            expect(button).to_be_disabled()
        visitor.page.get_by_role("button", name="Try again now").click()
        assert live(simulator)
        app.start()
        app.until_it_answers()
        eventually(lambda: not live(simulator), within=5)
        expect(visitor.alerts.filter(has_text="was restarted")).to_have_count(1, timeout=30_000)
        stage(visitor, "This server was restarted, and the session ended with it")
        status(visitor, "Status: idle")
        visitor.start.click()
        visitor.until_live()
        visitor.end.click()
        visitor.until_phase("idle")
        assert "Traceback" not in app.printed()


def test_no_stage(app: App, simulator: SimulatorProcess, browser: Browser) -> None:
    """Its line does not come up, or its modules do not: nothing is opened, and the page says so."""
    before = len(simulator.sessions())
    with no_line(browser, app) as without_line, no_modules(browser, app) as without_modules:
        stage(without_line, "No connection to this server")
        missing = without_modules.page.get_by_text("This part of the page could not be loaded")
        expect(missing.filter(visible=True)).to_have_count(2)  # the stage, and the conversation
        pages = (without_line, without_modules)
        for page in pages:
            page.start.click()
            status(page, "Status: creating · this page is not connected")
            says(page, "own connection to this server is not there")
            expect(page.end).to_be_enabled()
        for page in pages:
            page.until_phase("error", within=20)
            says(page, "Nothing was started, because the page's own connection")
            expect(page.start).to_be_enabled()
        offered(without_line, "Try again now")
    assert len(simulator.sessions()) == before


@contextmanager
def no_line(browser: Browser, app: App) -> Iterator[VisitorPage]:
    """A page whose stage finds no WebSocket."""
    context = browser.new_context()
    page = VisitorPage(context.new_page())
    page.page.route_web_socket("**/stage/channel*", lambda socket: socket.close())
    yield page.open(app.url)
    context.close()


@contextmanager
def no_modules(browser: Browser, app: App) -> Iterator[VisitorPage]:
    """A page whose stage can't be loaded."""
    context = browser.new_context()
    page = VisitorPage(context.new_page())
    page.page.route("**/stage/assets/**", lambda route: route.abort())
    yield page.open(app.url)
    context.close()


def test_the_service(app: App, simulator: SimulatorProcess, visitor: VisitorPage) -> None:
    """It refuses the KS, is full, is slow: stage and page say the same, and offer a way on."""
    visitor.open(app.url)
    for mood, words in (
        ({"status": 401}, "The avatar service does not accept the KS"),
        ({"status": 429, "headers": {"Retry-After": "9"}}, "has no room for one more session"),
    ):
        simulator.ask_mood(call="create", times=None, **mood)
        visitor.start.click()
        stage(visitor, words)
        says(visitor, words)
        status(visitor, "Status: error")
        offered(visitor, "Start again")
        expect(visitor.start).to_be_enabled()
        simulator.clear_moods()
    stage(visitor, "Not connected · wait ")
    simulator.ask_mood(call="create", delay=9.0)
    visitor.page.get_by_role("button", name="Start again").click()
    stage(visitor, "The avatar service is slow")
    status(visitor, "Status: creating · the service is slow")
    says(visitor, "has not answered yet")
    visitor.page.get_by_role("button", name="End the session").click()
    visitor.until_phase("idle", within=30)
