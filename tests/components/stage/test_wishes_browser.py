"""What the stage says when there is something to decide, and the one click that decides it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from components.assets import NOT_LOADED
from tests.support.live_stage import Live, requests, run_for, show, until
from tests.support.simulator_process import eventually
from tests.support.stage_page import CHANNEL, StagePage

WHY = {
    "idle": "Nothing is being said, so the session ends in",
    "max": "The longest time of a session is nearly over. It ends in",
}


def reported(page: Page, stage: StagePage, *events: str) -> None:
    """Wait until the stage has reported these, and nothing else."""
    eventually(lambda: page.title() and stage.events() == list(events))


def test_the_countdown(clocked_page: Page, stage: StagePage, live: Live) -> None:
    """It runs in the browser alone, not at all where nobody looks, and goes with the session."""
    show(stage, clocked_page, live.avatar("direct"))
    stage.show(endsIn=59, limit="idle")
    countdown = clocked_page.get_by_role("timer")
    expect(countdown).to_have_text(f"{WHY['idle']} 0:59")
    run_for(clocked_page, 2000)
    expect(countdown).to_have_text(f"{WHY['idle']} 0:57")
    clocked_page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { value: true, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    run_for(clocked_page, 2000)
    expect(countdown).to_have_text(f"{WHY['idle']} 0:57")
    clocked_page.evaluate(
        "() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); }"
    )
    expect(countdown).to_have_text(f"{WHY['idle']} 0:55")
    stage.show(phase="ending")
    expect(countdown).to_have_count(0)
    assert stage.events() == ["playing"]
    assert clocked_page.evaluate("window.redraws") == []


@pytest.mark.parametrize("limit", WHY)
def test_the_last_minute(clocked_page: Page, stage: StagePage, limit: str) -> None:
    """It says why, counts without being read aloud again, and one key press is enough to stay."""
    page = clocked_page
    stage.show(phase="ready", endsIn=62, limit=limit)
    expect(page.get_by_text("Connecting", exact=True)).to_be_visible()
    page.clock.run_for(1000)
    warning = page.locator(".stage-limit-text")
    expect(warning).not_to_be_visible()
    told = page.locator(".stage-told p", has_text="less than a minute")
    expect(told).to_have_count(0)
    page.clock.run_for(1000)
    expect(warning).to_have_text(f"{WHY[limit]} 1:00")
    page.clock.run_for(3_000)
    expect(warning).to_have_text(f"{WHY[limit]} 0:57")
    expect(told).to_have_text([f"{WHY[limit]} less than a minute."])
    stay = page.get_by_role("button", name="Stay")
    stay.press("Enter")
    reported(page, stage, "stay")
    stage.show(endsIn=300, limit=limit)
    expect(stay).not_to_be_visible()
    expect(page.get_by_label("Text")).to_be_focused()


def test_the_warning_on_a_phone(page: Page, stage: StagePage, live: Live) -> None:
    """It covers neither the face, nor the caption, nor a button."""
    page.set_viewport_size({"width": 390, "height": 844})
    show(stage, page, live.avatar("direct"))
    stage.show(endsIn=42, limit="max", caption="This is a long sentence. " * 20)
    expect(page.get_by_role("button", name="Stay")).to_be_visible()
    top, bottom, caption, end, width = page.evaluate(
        """() => {
          const box = (name) => document.querySelector(name).getBoundingClientRect();
          const { top, width, bottom } = box(".stage");
          return [box(".stage-limit").top - top, box(".stage-limit").bottom - top,
            box(".stage-caption").top - top, bottom - top, width];
        }"""
    )
    assert 0.71 * width < top < bottom <= caption < end


def test_another_tab_has_the_avatar(page: Page, stage: StagePage, live: Live) -> None:
    """This one lets go of the picture, says where it is, and can have it back."""
    avatar = live.avatar("direct")
    show(stage, page, avatar)
    live.say("This is a sentence that goes on while the picture moves to another tab.")
    until(page, stage, "speakingStart")
    stage.show(avatar=None, elsewhere=True)
    expect(page.locator(".stage-notice", has_text="shown in another tab")).to_be_visible()
    eventually(lambda: live.viewers() == 0)
    page.get_by_role("button", name="Show it here").click()
    reported(page, stage, "playing", "speakingStart", "take")
    stage.show(avatar=avatar, elsewhere=False)
    expect(page.locator(".stage-notice", has_text="shown in another tab")).not_to_be_visible()
    page.wait_for_function("document.querySelector('video')?.videoWidth > 0")


def test_start_again(page: Page, stage: StagePage) -> None:
    """It asks the server by itself; where there is no line to it, it clicks the page's button."""
    again = page.get_by_role("button", name="Start again")
    expect(again).not_to_be_visible()
    stage.show(phase="error", revision=1)
    again.click()
    reported(page, stage, "start")
    assert stage.reports == [("start", "", None)]
    assert page.evaluate("window.starts") is None
    stage.refusing = True
    stage.hang_up()
    eventually(lambda: not stage.watched())
    again.click()
    page.wait_for_function("window.starts === 1")


def test_a_channel_that_is_refused(clocked_page: Page, stage: StagePage) -> None:
    """A nonce that is not this browser's: after 10 s the stage says what to do."""
    page = clocked_page
    page.evaluate("window.drawStage({ channel: 'stage/channel?nonce=of-yesterday' }), 0")
    eventually(lambda: not stage.watched())
    page.clock.run_for(10_000)
    expect(page.get_by_text("This browser sends no cookie to this page, or")).to_be_visible()
    page.evaluate(f"window.drawStage({{ channel: '{CHANNEL}' }}), 0")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()


def test_a_stage_that_can_not_be_loaded(page: Page) -> None:
    """One sentence in place of the stage that does nothing."""
    page.route(re.compile(r"/stage\.js$"), lambda route: route.abort())
    page.reload()
    expect(page.get_by_text(NOT_LOADED)).to_be_visible()


def test_a_poster_comes_from_a_safe_address(page: Page, stage: StagePage) -> None:
    """https, or http on this machine; nothing else is asked for."""
    asked = requests(page, "GET")
    for poster in ("http://pictures.example/1.png", "data:image/png,", f"{stage.url}/2.png"):
        page.evaluate("poster => (window.drawStage({ poster }), 0)", poster)
    eventually(lambda: page.title() and f"{stage.url}/2.png" in asked)
    assert [url for url in asked if not url.startswith(stage.url)] == []
