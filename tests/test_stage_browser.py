"""The stage in a real browser, in front of the simulator, told by a script what to show."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from avatar_client import AvatarClient, Session
from tests.browser import FLAGS, executable
from tests.simulator_process import SimulatorProcess, eventually
from tests.stage_page import IDLE, VISITOR, StagePage, served_stage
from tests.visitor_page import browser

__all__ = ["browser"]

LONG = (
    "This is a long sentence that somebody will interrupt, because it goes on and on and on. " * 3
)
WAYS = pytest.mark.parametrize("way", ["sdk", "direct"])
MUTED = "document.querySelector('video').muted"
FRAMES = "document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames"

# The documented interface, and no picture: a service whose media never arrives.
SILENT_SDK = "data:text/javascript," + quote(
    """export class KalturaAvatarSession {
      on() {} off() {} async initSession() {} async endSession() {}
      getSessionState() { return "READY" } getConnectionState() { return "CONNECTING" }
    }"""
)


class Live:
    """A session at the simulator, and what the stage needs to show it."""

    def __init__(self, client: AvatarClient, simulator: SimulatorProcess) -> None:
        self.client = client
        self.simulator = simulator
        self.session: Session = client.create("ava")
        self.id = self.session.session_id

    def avatar(self, way: str, sdk_url: str = "") -> dict[str, object]:
        """The view's `avatar`. `direct` opens the media here, so ask once."""
        if way == "sdk":
            return {
                "kind": "sdk",
                "sdkUrl": sdk_url,
                "baseUrl": self.simulator.base_url,
                "sessionId": self.id,
                "token": self.session.token,
            }
        media = self.client.init_client(self.session)
        return {"kind": "direct", "sessionId": self.id, "whepUrl": media.whep_url, "turn": None}

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


@pytest.fixture
def stage() -> Iterator[StagePage]:
    """The page's server."""
    with served_stage() as served:
        yield served


@pytest.fixture
def page(browser: Browser, stage: StagePage) -> Iterator[Page]:
    """The page, its channel open. Nothing may have gone wrong in its code."""
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 800, "height": 900})
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    open_stage(page, stage)
    yield page
    context.close()
    assert complaints == []


def open_stage(page: Page, stage: StagePage) -> None:
    """Go there, and wait for the channel."""
    page.goto(stage.url)
    eventually(stage.watched)


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


def requests(page: Page, method: str) -> list[str]:
    """The addresses asked with this method from now on; the list grows."""
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if r.method == method else None)
    return asked


def test_before_the_start_there_is_no_video(page: Page) -> None:
    """The stage says what to do, and offers no control that would do nothing."""
    expect(page.get_by_text("Press Start Avatar to begin")).to_be_visible()
    assert page.locator("video").count() == 0
    expect(page.get_by_role("button", name="Mute")).not_to_be_visible()


@WAYS
def test_picture_speech_and_end(page: Page, stage: StagePage, live: Live, way: str) -> None:
    """Frames are decoded, speech is told from first to last, and at the end nothing is left."""
    deletes = requests(page, "DELETE")
    show(stage, page, live.avatar(way))
    until_frames_advance(page)
    assert page.locator("video").count() == 1
    live.say("Good morning.")
    until(page, stage, "speakingStart")
    expect(page.get_by_text("Speaking")).to_be_visible()
    until(page, stage, "speakingEnd")
    assert stage.reports == [
        (event, live.id, None) for event in ("playing", "speakingStart", "speakingEnd")
    ]
    stage.show(phase="idle", avatar=None)
    eventually(lambda: live.viewers() == 0)
    expect(page.locator("video")).to_have_count(0)
    assert len(deletes) == 1


@pytest.mark.parametrize("key", ["", "Enter", "Space"])
def test_interrupt_mutes_at_the_click(page: Page, stage: StagePage, live: Live, key: str) -> None:
    """Before anybody has answered it is silent; soon after the answer it can be heard again."""
    show(stage, page, live.avatar("direct"))
    button = page.get_by_role("button", name="Interrupt")
    # The earliest that anything could be known of the click: the next listener in line.
    button.evaluate(f"button => button.addEventListener('click', () => window.atClick = {MUTED})")
    if key:
        button.press(key)
    else:
        button.click()
    assert page.evaluate("window.atClick") is True
    stage.show(interrupts=1)
    page.wait_for_function(f"!{MUTED}", timeout=1500)


def test_an_interrupt_without_answer_does_not_stay_mute(
    page: Page, stage: StagePage, live: Live
) -> None:
    """After 3 s at most the avatar is heard again."""
    show(stage, page, live.avatar("direct"))
    page.get_by_role("button", name="Interrupt").click()
    assert page.evaluate(MUTED) is True
    page.wait_for_function(f"!{MUTED}", timeout=4000)


def test_the_visitors_mute_outlasts_an_interrupt(page: Page, stage: StagePage, live: Live) -> None:
    """Who has muted the avatar unmutes it, and nobody else; meanwhile speech is still told."""
    show(stage, page, live.avatar("direct"))
    page.get_by_role("button", name="Mute").click()
    page.get_by_role("button", name="Interrupt").click()
    stage.show(interrupts=1)
    live.say("Can you hear me?")
    until(page, stage, "speakingEnd", within=15)
    assert page.evaluate(MUTED) is True
    page.get_by_role("button", name="Unmute", exact=True).click()
    assert page.evaluate(MUTED) is False


@WAYS
def test_a_remount_keeps_the_picture(page: Page, stage: StagePage, live: Live, way: str) -> None:
    """Streamlit may rebuild the component: the same video plays on over the same connection."""
    posts = requests(page, "POST")
    show(stage, page, live.avatar(way))
    asked = list(posts)
    page.evaluate(
        """() => {
          window.before = document.querySelector("video");
          const unmount = window.unmountStage;
          document.getElementById("mount").replaceChildren();
          unmount();
          setTimeout(() => window.mountStage(), 300);
        }"""
    )
    page.wait_for_function("document.querySelector('video') === window.before")
    until_frames_advance(page, by=60)
    assert posts == asked
    assert stage.events() == ["playing"]


def test_a_stage_that_is_gone_lets_go(page: Page, stage: StagePage, live: Live) -> None:
    """Detached for more than a moment, it closes connection and channel."""
    deletes = requests(page, "DELETE")
    show(stage, page, live.avatar("direct"))
    page.evaluate("document.getElementById('mount').replaceChildren(); window.unmountStage()")
    eventually(lambda: live.viewers() == 0 and not stage.watched())
    expect(page.locator("video")).to_have_count(0)
    assert len(deletes) == 1


@WAYS
def test_a_page_that_is_left_tells_the_service(
    page: Page, stage: StagePage, live: Live, way: str
) -> None:
    """The DELETE goes out as the page goes, so nobody encodes for nobody."""
    show(stage, page, live.avatar(way))
    assert live.viewers() == 1
    page.goto("about:blank")
    eventually(lambda: live.viewers() == 0, within=5)


@pytest.fixture
def silenced_page(browser: Browser, stage: StagePage) -> Iterator[Page]:
    """The page in a browser that lets no sound be heard before the visitor has clicked."""
    policy = "--autoplay-policy=document-user-activation-required"
    strict = browser.browser_type.launch(executable_path=executable(), args=[*FLAGS, policy])
    page = strict.new_page()
    open_stage(page, stage)
    yield page
    strict.close()


@WAYS
def test_a_browser_that_blocks_sound(
    silenced_page: Page, stage: StagePage, live: Live, way: str
) -> None:
    """The picture plays without sound, speech is told, and a tap brings the sound."""
    show(stage, silenced_page, live.avatar(way))
    tap = silenced_page.get_by_role("button", name="Tap to unmute")
    expect(tap).to_be_visible()
    live.say("Good morning.")
    until(silenced_page, stage, "speakingEnd", within=15)
    tap.click()
    expect(tap).not_to_be_visible()
    assert silenced_page.evaluate(MUTED) is False
    until_frames_advance(silenced_page)


def test_any_gesture_is_leave_to_be_heard(
    silenced_page: Page, stage: StagePage, live: Live
) -> None:
    """A key pressed anywhere on the page unmutes, too."""
    show(stage, silenced_page, live.avatar("direct"))
    expect(silenced_page.get_by_role("button", name="Tap to unmute")).to_be_visible()
    silenced_page.keyboard.press("a")
    silenced_page.wait_for_function(f"!{MUTED}")


@WAYS
def test_a_picture_that_stops_comes_back(
    page: Page, stage: StagePage, live: Live, way: str
) -> None:
    """The stage says that it stopped, connects again by itself, and says that it is back."""
    show(stage, page, live.avatar(way))
    live.simulator.process.send_signal(signal.SIGSTOP)
    try:
        until(page, stage, "stalled")
        expect(page.get_by_text("Picture stopped")).to_be_visible()
    finally:
        live.simulator.process.send_signal(signal.SIGCONT)
    until(page, stage, "resumed", within=20)
    until_frames_advance(page)
    assert stage.events() == ["playing", "stalled", "resumed"]


def test_the_channel_comes_back(page: Page, stage: StagePage, live: Live) -> None:
    """A dropped channel opens again, takes up the newest view, and disturbs no picture."""
    posts = requests(page, "POST")
    show(stage, page, live.avatar("direct"))
    asked = list(posts)
    stage.hang_up()
    eventually(lambda: not stage.watched())
    stage.show(caption="Where were we?")
    expect(page.get_by_text("Where were we?")).to_be_visible()
    until_frames_advance(page)
    assert posts == asked


def test_another_channel_is_another_stage(page: Page, stage: StagePage, live: Live) -> None:
    """A page that is drawn with a new nonce starts afresh in the same place, and works once."""
    deletes = requests(page, "DELETE")
    show(stage, page, live.avatar("direct"))
    stage.show(**IDLE)
    eventually(lambda: live.viewers() == 0)
    page.get_by_label("Avatar", exact=True).evaluate(
        f"window.drawStage({{ channel: 'stage/channel?visitor={VISITOR}&again=1' }}), 0"
    )
    stage.reports.clear()
    show(stage, page, live.avatar("direct"))
    captions = page.get_by_role("button", name="Captions")
    captions.click()
    expect(captions).to_have_attribute("aria-pressed", "false")
    assert page.locator("video").count() == 1
    assert len(deletes) == 1


def test_a_page_drawn_anew_asks_for_no_rerun(page: Page, stage: StagePage) -> None:
    """What the page was drawn with is no news to it."""
    page.evaluate("window.drawStage({ drawn: 5 }), 0")
    stage.show(revision=5, caption="seen")
    stage.show(revision=6)
    page.wait_for_function("window.redraws.length === 1")
    assert page.evaluate("window.redraws") == [["changed", 6]]


def test_one_rerun_for_each_new_revision(page: Page, stage: StagePage) -> None:
    """The page was drawn at revision 0: 1 asks for a rerun, once, and a new caption for none."""
    stage.show(revision=1)
    page.wait_for_function("window.redraws.length === 1")
    stage.show(caption="Nothing to draw.")
    stage.show(revision=2)
    page.wait_for_function("window.redraws.length === 2")
    assert page.evaluate("window.redraws") == [["changed", 1], ["changed", 2]]


def test_a_caption_is_text(page: Page, stage: StagePage, live: Live) -> None:
    """Whatever is said is shown to the letter, and can be turned off."""
    show(stage, page, live.avatar("direct"))
    said = "<img src=x onerror=alert(1)> & **bold**"
    stage.show(caption=said)
    expect(page.get_by_text(said)).to_be_visible()
    page.get_by_role("button", name="Captions").click()
    expect(page.get_by_text(said)).not_to_be_visible()


def test_an_sdk_that_can_not_be_loaded(page: Page, stage: StagePage, live: Live) -> None:
    """The sentence names the address and the setting."""
    gone = f"{stage.url}/none.js"
    stage.show(phase="connecting", avatar=live.avatar("sdk", sdk_url=gone))
    until(page, stage, "failed")
    expect(page.get_by_text("No picture")).to_be_visible()
    [(_, session_id, message)] = stage.reports
    assert session_id == live.id
    assert message is not None
    assert gone in message
    assert "AVATAR_SDK_URL" in message


def test_an_sdk_that_shows_nothing(page: Page, stage: StagePage, live: Live) -> None:
    """Twelve seconds without a picture are enough, and the sentence says what to look at."""
    page.clock.install()
    page.reload()
    eventually(stage.watched)
    stage.show(phase="connecting", avatar=live.avatar("sdk", sdk_url=SILENT_SDK))
    expect(page.get_by_text("Connecting…")).to_be_visible()
    page.clock.run_for(12_000)
    until(page, stage, "failed")
    [(_, _, message)] = stage.reports
    assert message is not None
    assert "did not arrive within 12 s" in message


@WAYS
def test_a_session_that_is_over(page: Page, stage: StagePage, live: Live, way: str) -> None:
    """A session that ended before its picture came is told once, and not tried again."""
    avatar = live.avatar(way)
    live.client.end(live.session)
    posts = requests(page, "POST")
    stage.show(phase="connecting", avatar=avatar)
    until(page, stage, "failed")
    assert len(stage.reports) == 1
    assert len(posts) == 1


def test_the_next_session_replaces_the_last(
    page: Page, stage: StagePage, live: Live, simulator: SimulatorProcess
) -> None:
    """Another avatar in the view: the old connection is closed, and there is still one video."""
    show(stage, page, live.avatar("direct"))
    other = Live(live.client, simulator)
    stage.reports.clear()
    show(stage, page, other.avatar("direct"))
    assert page.locator("video").count() == 1
    eventually(lambda: (live.viewers(), other.viewers()) == (0, 1))
    stage.show(**IDLE)
    live.client.end(other.session)
