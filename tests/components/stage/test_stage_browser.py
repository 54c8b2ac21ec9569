"""The stage in a real browser, in front of the simulator, told by a script what to show."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.live_stage import WAYS, Live, requests, show, until, until_frames_advance
from tests.support.simulator_process import SimulatorProcess, eventually
from tests.support.stage_page import CHANNEL, IDLE, StagePage


def test_before_the_start_there_is_no_video(page: Page) -> None:
    """The stage offers the start, and no control that would do nothing."""
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
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


def test_a_page_that_stands_still_misses_no_word(page: Page, stage: StagePage, live: Live) -> None:
    """What was said meanwhile is heard afterwards."""
    show(stage, page, live.avatar("direct"))
    page.evaluate(
        """() => void setTimeout(() => {
          const since = performance.now();
          while (performance.now() - since < 1500);
        })"""
    )
    live.say("Hi.")
    eventually(lambda: live.simulator.session(live.id)["turns"][0]["outcome"] == "spoken")
    until(page, stage, "speakingEnd")


@WAYS
def test_a_page_that_is_left_tells_the_service(
    page: Page, stage: StagePage, live: Live, way: str
) -> None:
    """The DELETE goes out as the page goes, so nobody encodes for nobody."""
    show(stage, page, live.avatar(way))
    assert live.viewers() == 1
    page.goto("about:blank")
    eventually(lambda: live.viewers() == 0, within=5)


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
        f"window.drawStage({{ channel: '{CHANNEL}&again=1' }}), 0"
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
