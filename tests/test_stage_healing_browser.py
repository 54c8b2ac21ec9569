"""What the stage does when its picture stops, is refused, or never comes, in a real browser."""

from __future__ import annotations

import signal
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.live_stage import (
    WAYS,
    Live,
    browser,
    clocked_page,
    live,
    page,
    requests,
    show,
    stage,
    stage_server,
    until,
    until_frames_advance,
)
from tests.simulator_process import eventually
from tests.stage_page import IDLE, StagePage

__all__ = ["browser", "clocked_page", "live", "page", "stage", "stage_server"]

LONG = "This is a long sentence that somebody will not hear to its end in one piece. " * 4

# The documented interface, and no picture: a service whose media never arrives.
FOREIGN_SDK = "data:text/javascript," + quote(
    """export class KalturaAvatarSession {
      #listeners = {};
      #state = "READY";
      constructor() { window.sdk = this; window.attached = (window.attached ?? 0) + 1 }
      on(event, listener) { this.#listeners[event] = listener }
      off() {}
      async initSession() { if (window.refusals?.length) throw window.refusals.shift() }
      async endSession() { window.ended = (window.ended ?? 0) + 1 }
      getSessionState() { return this.#state }
      getConnectionState() { return "CONNECTING" }
      fail(error) { this.#state = "ERROR"; this.#listeners.error(error) }
    }"""
)


@WAYS
def test_a_picture_that_stops_comes_back(
    page: Page, stage: StagePage, live: Live, way: str
) -> None:
    """The stage says that it stopped, connects the same session again, and says that it is back."""
    posts = requests(page, "POST")
    show(stage, page, live.avatar(way))
    first = list(posts)
    live.simulator.process.send_signal(signal.SIGSTOP)
    try:
        until(page, stage, "stalled")
        expect(page.get_by_text("Picture stopped")).to_be_visible()
        eventually(lambda: page.title() and len(posts) > len(first))
    finally:
        live.simulator.process.send_signal(signal.SIGCONT)
    until(page, stage, "resumed", within=20)
    until_frames_advance(page)
    assert stage.events() == ["playing", "stalled", "resumed"]
    assert set(posts[len(first) :]) == {first[-1]}, "only the picture is asked for again"


@WAYS
def test_a_second_viewer_is_named(page: Page, stage: StagePage, live: Live, way: str) -> None:
    """It may be our own last connection, so the picture is asked for until it is there."""
    avatar = live.avatar(way)
    live.simulator.ask_mood(call="whep", status=409, body="no", times=None)
    stage.show(phase="connecting", avatar=avatar)
    notice = page.get_by_text("Another viewer is watching")
    expect(notice).to_be_visible()
    live.simulator.clear_moods()
    until(page, stage, "playing")
    expect(notice).not_to_be_visible()
    assert stage.events() == ["playing"]


def test_a_second_viewer_who_stays(clocked_page: Page, stage: StagePage, live: Live) -> None:
    """After 12 s the page is told who is in the way, and the stage goes on trying."""
    posts = requests(clocked_page, "POST")
    avatar = live.avatar("direct")
    live.simulator.ask_mood(call="whep", status=409, body="no", times=None)
    stage.show(phase="connecting", avatar=avatar)
    notice = clocked_page.get_by_text("Another viewer is watching")
    expect(notice).to_be_visible()
    clocked_page.clock.run_for(12_000)
    until(clocked_page, stage, "failed")
    assert "Another viewer is watching this avatar (409)" in str(stage.reports)
    tried = len(posts)
    clocked_page.clock.run_for(8000)
    eventually(lambda: clocked_page.title() and len(posts) > tried)
    expect(notice).to_be_visible()
    live.simulator.clear_moods()


@WAYS
def test_a_reload_in_mid_speech(page: Page, stage: StagePage, live: Live, way: str) -> None:
    """The new stage shows the same session, and tells of the voice at its first sound."""
    show(stage, page, live.avatar(way))
    live.say(LONG)
    until(page, stage, "speakingStart")
    stage.reports.clear()
    page.reload()
    until(page, stage, "speakingStart")
    until(page, stage, "playing")
    assert "speakingEnd" not in stage.events()
    [turn] = live.simulator.session(live.id)["turns"]
    assert turn["outcome"] is None


@WAYS
def test_a_session_that_is_over(page: Page, stage: StagePage, live: Live, way: str) -> None:
    """A session that ended before its picture came is told once, and not tried again."""
    avatar = live.avatar(way)
    live.client.end(live.session)
    posts = requests(page, "POST")
    stage.show(phase="connecting", avatar=avatar)
    until(page, stage, "gone")
    [(_, session_id, message)] = stage.reports
    assert session_id == live.id
    assert message is not None
    assert "is over (the service answered 410)" in message
    eventually(lambda: page.title() and posts)
    assert len(posts) == 1


@WAYS
def test_a_session_that_ends_while_it_is_watched(
    page: Page, stage: StagePage, live: Live, way: str
) -> None:
    """The picture stops, is asked for again, and the answer is told once."""
    show(stage, page, live.avatar(way))
    live.client.end(live.session)
    until(page, stage, "gone")
    expect(page.get_by_text("Not connected")).to_be_visible()
    assert stage.events() == ["playing", "stalled", "gone"]


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


def test_an_sdk_that_shows_nothing(clocked_page: Page, stage: StagePage, live: Live) -> None:
    """Twelve seconds without a picture are enough, and the sentence says what to look at."""
    page = clocked_page
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


def test_a_foreign_sdk_that_fails_is_attached_anew(
    page: Page, stage: StagePage, live: Live
) -> None:
    """After a second viewer, and after a lost connection; the session is ended neither then nor
    when another tab shows it."""
    page.evaluate("window.refusals = [{ code: 409, message: 'has a viewer' }], 0")
    stage.show(phase="connecting", avatar=live.avatar("sdk", sdk_url=FOREIGN_SDK))
    expect(page.get_by_text("Another viewer is watching")).to_be_visible()
    page.wait_for_function("window.attached === 2")
    page.evaluate("window.sdk.fail({ message: 'no route' }), 0")
    page.wait_for_function("window.attached === 3")
    stage.show(avatar=None, elsewhere=True)
    expect(page.get_by_text("shown in another tab")).to_be_visible()
    assert page.evaluate("window.ended") is None
    assert stage.reports == []


@pytest.mark.parametrize("code", [404, 410])
def test_a_foreign_sdk_that_finds_the_session_gone(
    page: Page, stage: StagePage, live: Live, code: int
) -> None:
    """Its error's code says so, once."""
    page.evaluate(f"window.refusals = [{{ code: {code}, message: 'gone' }}], 0")
    stage.show(phase="connecting", avatar=live.avatar("sdk", sdk_url=FOREIGN_SDK))
    until(page, stage, "gone")
    assert stage.events() == ["gone"]
    assert page.evaluate("window.attached") == 1
