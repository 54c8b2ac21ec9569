"""The stage in a real browser, in front of the simulator, told by a script what to show."""

from __future__ import annotations

import signal
from urllib.parse import quote

from playwright.sync_api import Page, expect

from tests.live_stage import (
    WAYS,
    Live,
    browser,
    live,
    page,
    requests,
    show,
    stage,
    until,
    until_frames_advance,
)
from tests.simulator_process import SimulatorProcess, eventually
from tests.stage_page import IDLE, VISITOR, StagePage

__all__ = ["browser", "live", "page", "stage"]

# The documented interface, and no picture: a service whose media never arrives.
FOREIGN_SDK = "data:text/javascript," + quote(
    """export class KalturaAvatarSession {
      on() {} off() {} async initSession() {}
      async endSession() { window.ended = (window.ended ?? 0) + 1 }
      getSessionState() { return "READY" } getConnectionState() { return "CONNECTING" }
    }"""
)


def test_before_the_start_there_is_no_video(page: Page) -> None:
    """The stage says what to do, and offers no control that would do nothing."""
    expect(page.get_by_text("Press Start Avatar to begin")).to_be_visible()
    assert page.locator("video").count() == 0
    expect(page.get_by_role("button", name="Mute")).not_to_be_visible()


@WAYS
def test_picture_speech_and_end(page: Page, stage: StagePage, live: Live, way: str) -> None:
    """Frames are decoded, speech is told from first to last, and at the end nothing is left.

    The session is the server's to end, so the page only lets go of the picture.
    """
    deletes, posts = requests(page, "DELETE"), requests(page, "POST")
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
    assert [url for url in posts if url.endswith("/end")] == []


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


def test_an_sdk_that_can_not_be_loaded(page: Page, stage: StagePage, live: Live) -> None:
    """The sentence names the address and the setting."""
    gone = f"{stage.url}/none.js"
    stage.show(phase="connecting", avatar=live.avatar("sdk", sdk_url=gone))
    until(page, stage, "failed")
    expect(page.get_by_text("Not connected")).to_be_visible()
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
    stage.show(phase="connecting", avatar=live.avatar("sdk", sdk_url=FOREIGN_SDK))
    expect(page.get_by_text("Connecting…")).to_be_visible()
    page.clock.run_for(12_000)
    until(page, stage, "failed")
    [(_, _, message)] = stage.reports
    assert message is not None
    assert "did not arrive within 12 s" in message


def test_a_foreign_sdk_is_let_go_the_documented_way(
    page: Page, stage: StagePage, live: Live
) -> None:
    """It is asked to end the session, once: it has no other way to close its picture."""
    stage.show(phase="connecting", avatar=live.avatar("sdk", sdk_url=FOREIGN_SDK))
    expect(page.get_by_text("Connecting…")).to_be_visible()
    stage.show(**IDLE)
    page.wait_for_function("window.ended === 1")


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
