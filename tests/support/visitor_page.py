"""The page as a person uses it: a real browser, the contract's names, and ears on the sound."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from simulator.mouth import SIZE
from tests.support.browser import FLAGS, SOUND_ALLOWED, executable

# Root mean square of the received sound, by WebAudio on a clone of nothing but the audio track.
_LISTEN = """async () => {
  const track = document.querySelector("video").srcObject.getAudioTracks()[0];
  if (window.ear?.track !== track) {
    const context = new AudioContext();
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 2048 });
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    window.ear = { track, analyser };
  }
  const samples = new Float32Array(window.ear.analyser.fftSize);
  window.ear.analyser.getFloatTimeDomainData(samples);
  return Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length);
}"""

_VIDEO = """(({ videoWidth, readyState, isConnected }) =>
  ({ videoWidth, readyState, isConnected }))(document.querySelector("video") ?? {})"""

_FRAMES = "document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames"

LOUD, QUIET = 0.01, 0.001
"""Speech is at about 0.1; what is left of Opus after a silence is below 0.0005."""


class VisitorPage:
    """One visitor's page.

    `complaints`: what went wrong in its own code, and what its Content-Security-Policy forbids.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)
        self.start = page.get_by_role("button", name="Start Avatar")
        self.speak = page.get_by_role("button", name="Make Avatar Speak")
        self.interrupt = page.get_by_role("button", name="Interrupt")
        self.end = page.get_by_role("button", name="End Session")
        self.text = page.get_by_role("textbox", name="Text")
        self.turns = page.get_by_role("log", name="What was said")
        self.alerts = page.get_by_role("alert")

    def _listen(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def open(self, url: str) -> VisitorPage:
        """Go there, and wait until the page can be used."""
        self.page.goto(url)
        expect(self.text).to_be_visible(timeout=20_000)
        return self

    def go_to(self, page: str) -> None:
        """By the link behind Details, or back."""
        if page != "Back to the avatar":
            self.page.get_by_role("button", name="Details").first.click()
        self.page.get_by_role("link", name=page).click()
        expect(self.page.get_by_test_id("stPopoverBody")).to_have_count(0)

    def says(self) -> str:
        """The page's text, the state of its first video, and what went wrong in it."""
        try:
            text = self.page.locator("body").inner_text(timeout=2000)
            video = self.page.evaluate(_VIDEO)
        except Error as error:
            return f"Nothing: {error}"
        return "\n".join([text, f"Video: {video}", *self.complaints])

    def until_phase(self, phase: str, within: float = 15) -> None:
        """The status line says so."""
        expect(self.page.get_by_text(f"Status: {phase}")).to_be_visible(timeout=within * 1000)

    def until_live(self) -> None:
        """The page is ready, and pictures of `SIZE` x `SIZE` arrive."""
        self.until_phase("ready")
        self.page.wait_for_function(f"document.querySelector('video')?.videoWidth === {SIZE}")

    def say(self, text: str) -> None:
        """Type it and press the button."""
        self.text.fill(text)
        self.speak.click()

    def turn(self, text: str, state: str) -> Locator:
        """The line of the turn with this text, in this state."""
        return self.turns.get_by_role("listitem").filter(has_text=text).filter(has_text=state)

    def until_turn(self, text: str, state: str, within: float = 15) -> None:
        """The page says that this turn is in this state."""
        expect(self.turn(text, state)).to_be_visible(timeout=within * 1000)

    def frames_decoded(self) -> int:
        """Pictures the video has decoded since it began."""
        return int(self.page.evaluate(_FRAMES))

    def until_frames_advance(self, by: int = 10) -> None:
        """That many more pictures have been decoded."""
        self.page.wait_for_function(f"{_FRAMES} >= {self.frames_decoded() + by}")

    def until_loud(self) -> None:
        """Sound is received."""
        self._until_level(f"> {LOUD}")

    def until_quiet(self) -> None:
        """Half a second without sound is received."""
        self._until_level(f"< {QUIET}", times=10)

    def _until_level(self, condition: str, times: int = 1) -> None:
        self.page.evaluate(
            f"""async () => {{
              const level = {_LISTEN};
              const deadline = performance.now() + 12_000;
              for (let row = 0; row < {times}; ) {{
                const heard = await level();
                row = heard {condition} ? row + 1 : 0;
                if (performance.now() > deadline) throw new Error(`last level ${{heard}}`);
                await new Promise((next) => setTimeout(next, 50));
              }}
            }}"""
        )


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """The browser of this machine, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(), args=[*FLAGS, *(flags or (SOUND_ALLOWED,))]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a module: Playwright's loop and the async tests' can't run at once."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def strict(browser: Browser) -> Iterator[Browser]:
    """A browser that lets no sound through before a gesture, beside the other one."""
    with browser.browser_type.launch(executable_path=executable(), args=FLAGS) as running:
        yield running


@pytest.fixture
def visitor(browser: Browser) -> Iterator[VisitorPage]:
    """A visitor with an empty profile. Nothing may have gone wrong in the page's own code.

    What moves without a use costs a tenth of a processor where there is no GPU.
    """
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = VisitorPage(context.new_page())
    yield page
    context.close()
    assert page.complaints == [], page.complaints
