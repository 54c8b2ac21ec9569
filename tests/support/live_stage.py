"""A session at the simulator, shown on the page that has nothing but the stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, ViewportSize

from avatar_client import AvatarClient, Session
from tests.support.simulator_process import SimulatorProcess, eventually
from tests.support.stage_page import IDLE, StagePage, served_stage
from tests.support.visitor_page import browser

__all__ = ["browser"]

WAYS = pytest.mark.parametrize("way", ["sdk", "direct"])
TURN = ("url", "username", "credential")
MUTED = "document.querySelector('video').muted"
VIEWPORT = ViewportSize(width=800, height=900)
FRAMES = "document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames"


class Live:
    """A session at the simulator, and what the stage needs to show it."""

    def __init__(self, client: AvatarClient, simulator: SimulatorProcess) -> None:
        self.client = client
        self.simulator = simulator
        self.session: Session = client.create("ava")
        self.id = self.session.session_id

    def avatar(self, way: str, sdk_url: str = "", *, plain: bool = False) -> dict[str, object]:
        """The view's `avatar`, with the answer to init-client: as the server does, ask once.

        An SDK is told where it is over plain HTTP; `direct` with `plain`.
        """
        media = self.client.init_client(self.session)
        seen_at = {
            "sessionId": self.id,
            "whepUrl": media.whep_url,
            "turn": media.turn and {name: getattr(media.turn, name) for name in TURN},
            "plainUrl": media.plain_url if plain or way == "sdk" else None,
        }
        if way == "direct":
            return {"kind": "direct", **seen_at}
        known = {"baseUrl": self.simulator.base_url, "token": self.session.token}
        return {"kind": "sdk", "sdkUrl": sdk_url, **known, **seen_at}

    def say(self, text: str) -> None:
        """Say it."""
        self.client.say_text(self.session, text)

    def viewers(self) -> int:
        """How many watch it, as the simulator counts."""
        return int(self.simulator.session(self.id)["viewers"])


@pytest.fixture
def live(simulator: SimulatorProcess) -> Iterator[Live]:
    """A session, ended afterwards."""
    with AvatarClient("a-test", simulator.base_url) as client:
        session = Live(client, simulator)
        yield session
        client.end(session.session)


@pytest.fixture(scope="module")
def stage_server() -> Iterator[StagePage]:
    """The page's server."""
    with served_stage() as served:
        yield served


@pytest.fixture
def stage(stage_server: StagePage) -> StagePage:
    """The page's server as it is at first, with nobody looking."""
    eventually(lambda: not stage_server.watched())
    stage_server.reports.clear()
    stage_server.refusing = False
    stage_server.show(**IDLE)
    return stage_server


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One for the tests of a module: a tab of its own costs each a second of processor time."""
    context = browser.new_context(viewport=VIEWPORT)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(tab: Page, stage: StagePage) -> Iterator[Page]:
    """The page, its channel open. Nothing may have gone wrong in its code.

    What is done to the document, its storage, routes and window is gone afterwards; what is added
    to the tab for good, such as an init script, is for `fresh_page`.
    """
    complaints: list[str] = []

    def complain(error: Error) -> None:
        complaints.append(str(error))

    tab.on("pageerror", complain)
    open_stage(tab, stage)
    yield tab
    if tab.url != "about:blank":
        tab.evaluate("localStorage.clear(); sessionStorage.clear()")
    tab.goto("about:blank")
    tab.remove_listener("pageerror", complain)
    tab.unroute_all()
    tab.set_viewport_size(VIEWPORT)
    tab.context.clear_cookies()
    assert complaints == [], complaints


@pytest.fixture
def fresh_page(browser: Browser, stage: StagePage) -> Iterator[Page]:
    """The same in a tab and a profile of its own, which no gesture has ever let be heard."""
    with stage_opened(browser, stage) as page:
        yield page


@pytest.fixture
def clocked_page(browser: Browser, stage: StagePage) -> Iterator[Page]:
    """The page, its clock stopped: `page.clock.run_for(ms)` lets it run."""
    with stage_opened(browser, stage, clocked=True) as page:
        yield page


@contextmanager
def stage_opened(
    browser: Browser, stage: StagePage, *, clocked: bool = False, user_agent: str | None = None
) -> Iterator[Page]:
    """The page in a profile of its own."""
    complaints: list[str] = []
    context = browser.new_context(viewport=VIEWPORT, user_agent=user_agent)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    frames: list[object] = []
    if clocked:
        page.clock.install(time=0)
        page.on("websocket", lambda it: it.on("framereceived", lambda got: frames.append(got)))
    open_stage(page, stage)
    if clocked:
        # The clock jumps to 60 s, which must not be past the deadline for the channel's opening.
        eventually(lambda: page.title() and frames)
        page.clock.pause_at(60)
    yield page
    context.close()
    assert complaints == [], complaints


def open_stage(page: Page, stage: StagePage) -> None:
    """Go there, and wait for the channel."""
    page.goto(stage.url)
    eventually(stage.watched, within=30)


def show(stage: StagePage, page: Page, avatar: dict[str, object]) -> None:
    """Show this avatar, and wait for its picture."""
    stage.show(phase="ready", avatar=avatar)
    until(page, stage, "playing")


def until(page: Page, stage: StagePage, event: str, within: float = 10) -> None:
    """Wait until the stage has reported this, with Playwright's own events let through."""

    def reported() -> bool:
        # Not `evaluate`: Playwright runs it as a gesture of the visitor, which brings the sound.
        page.context.cookies()
        return event in stage.events()

    eventually(reported, within)


def until_frames_advance(page: Page, by: int = 10) -> None:
    """Wait until so many more pictures have been decoded."""
    page.wait_for_function(f"{FRAMES} >= {page.evaluate(FRAMES) + by}")


def run_for(page: Page, ms: int) -> None:
    """Let the stopped clock of a page run, with pictures coming all the while."""
    for _ in range(ms // 500):
        page.clock.run_for(500)
        until_frames_advance(page, by=2)


def run_until(page: Page, look: Callable[[], bool]) -> None:
    """Let the stopped clock of a page run until this is so."""

    def ran() -> bool:
        page.clock.run_for(500)
        return look()

    eventually(ran)


def requests(page: Page, method: str) -> list[str]:
    """The addresses asked with this method from now on; the list grows."""
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if r.method == method else None)
    # Playwright tells of requests once it knows that somebody listens: an answer says it does.
    page.context.cookies()
    return asked


def route(page: Page) -> Locator:
    """What the figures over the picture say about the media's way."""
    page.get_by_role("button", name="Statistics").click()
    return page.locator(".stage-hud > div", has=page.get_by_text("Route")).locator("dd")


def whep_posts(asked: list[str]) -> int:
    """How many of these requests were offers."""
    return sum("/whep/" in url for url in asked)
