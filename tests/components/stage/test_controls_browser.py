"""What lies over the stage's picture, and its sound, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import FLAGS, executable
from tests.support.live_stage import (
    MUTED,
    WAYS,
    Live,
    run_for,
    run_until,
    show,
    stage_opened,
    until,
    until_frames_advance,
)
from tests.support.simulator_process import eventually
from tests.support.stage_page import StagePage

LONG = "This is a long sentence that somebody will interrupt, because it goes on and on. " * 8


@pytest.mark.parametrize("key", ["", "Enter"])
def test_interrupt_mutes_at_the_click(page: Page, stage: StagePage, live: Live, key: str) -> None:
    """Before anybody has answered it is silent; soon after the answer it can be heard again."""
    show(stage, page, live.avatar("direct"))
    button = page.get_by_role("button", name="Interrupt")
    # The earliest that anything could be known of the click: the next listener in line.
    button.evaluate(f"button => button.addEventListener('click', () => window.atClick = {MUTED})")
    button.press(key) if key else button.click()
    assert page.evaluate("window.atClick") is True
    stage.show(interrupts=1)
    page.wait_for_function(f"!{MUTED}", timeout=1500)


@pytest.mark.parametrize("answer", [{"interrupts": 1}, {}], ids=["answered", "failed"])
def test_a_slow_interrupt_stays_mute(
    clocked_page: Page, stage: StagePage, live: Live, answer: dict[str, object]
) -> None:
    """As long as the call is under way, and no longer, whatever becomes of it."""
    page = clocked_page
    show(stage, page, live.avatar("direct"))
    live.say(LONG)
    expect(page.get_by_text("Speaking", exact=True)).to_be_visible()
    page.get_by_role("button", name="Interrupt").click()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    stage.show(interrupting=True, caption="Under way.")
    expect(page.get_by_text("Under way.")).to_be_visible()
    run_for(page, 4000)
    assert page.evaluate(MUTED) is True
    if answer:
        live.client.interrupt(live.session)
    stage.show(interrupting=False, caption="Answered.", **answer)
    expect(page.get_by_text("Answered.")).to_be_visible()
    page.clock.run_for(300)
    assert page.evaluate(MUTED) is False
    if answer:
        # What was under way of the old voice may still be heard, until the page's clock goes on.
        run_until(page, page.get_by_text("Live", exact=True).is_visible)
    else:
        expect(page.get_by_text("Speaking", exact=True)).to_be_visible()


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


@pytest.fixture(scope="module")
def strict_browser(browser: Browser) -> Iterator[Browser]:
    """A browser that lets no sound be heard before the visitor has clicked."""
    policy = "--autoplay-policy=document-user-activation-required"
    strict = browser.browser_type.launch(executable_path=executable(), args=[*FLAGS, policy])
    yield strict
    strict.close()


@pytest.fixture
def silenced_page(strict_browser: Browser, stage: StagePage) -> Iterator[Page]:
    """The page in that browser."""
    with stage_opened(strict_browser, stage) as page:
        yield page


def test_a_browser_that_blocks_sound(silenced_page: Page, stage: StagePage, live: Live) -> None:
    """The picture plays without sound, speech is told, and a tap brings the sound."""
    show(stage, silenced_page, live.avatar("direct"))
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


def test_a_caption_is_text(page: Page, stage: StagePage, live: Live) -> None:
    """Whatever is said is shown to the letter, and can be turned off."""
    show(stage, page, live.avatar("direct"))
    said = "<img src=x onerror=alert(1)> & **bold**"
    stage.show(caption=said)
    expect(page.get_by_text(said)).to_be_visible()
    page.get_by_role("button", name="Captions").click()
    expect(page.get_by_text(said)).not_to_be_visible()


def test_a_long_caption_follows_the_speech(
    clocked_page: Page, stage: StagePage, live: Live
) -> None:
    """It begins with the first sentence, goes on with the voice, and has never a line too many."""
    page = clocked_page
    show(stage, page, live.avatar("direct"))
    first = "First, somebody said a sentence that was long enough to fill a caption by itself."
    last = "At last, somebody said another sentence, and that was all there was to be said."
    caption = page.locator(".stage-caption")
    stage.show(caption=f"{first} {last}")
    expect(caption).to_have_text(first)
    live.say(f"{first} {last}")
    until(page, stage, "speakingStart")
    run_for(page, 6000)
    expect(caption).to_have_text(last)
    assert caption.evaluate("caption => caption.scrollHeight <= caption.clientHeight")
    stage.show(caption="Next.")
    expect(caption).to_have_text("Next.")


@WAYS
def test_statistics(page: Page, stage: StagePage, live: Live, way: str) -> None:
    """Both ways know all there is to know of the connection."""
    show(stage, page, live.avatar(way))
    page.get_by_role("button", name="Statistics").click()
    expect(page.locator(".stage-hud dt")).to_have_count(7)
    expect(page.locator(".stage-hud dd", has_text="\u2013")).to_have_count(0)


def test_full_screen_and_back(page: Page, stage: StagePage, live: Live) -> None:
    """The button says where it leads. There one can say, interrupt and end, with controls that go
    when nobody moves; a text that is refused is back, and why is seen."""
    show(stage, page, live.avatar("direct"))
    page.get_by_role("button", name="Full screen").click()
    leave = page.get_by_role("button", name="Leave full screen")
    expect(leave).to_be_visible()
    bar, box = page.locator(".stage-bar"), page.get_by_label("What should the avatar say?")
    page.locator(".stage").hover()
    expect(bar).to_be_visible()
    expect(bar).not_to_be_visible()  # three seconds later
    page.mouse.move(200, 200)
    stage.show(caption="Something.")
    expect(page.get_by_text("Something.")).to_be_visible()
    page.keyboard.press("Escape")
    eventually(lambda: "interrupt" in stage.events())
    box.fill("Hello from here.")
    box.press("Control+Enter")
    expect(box).to_have_value("")
    eventually(lambda: ("say", "Hello from here.", None) in stage.reports)
    stage.show(refusal="Not now.", refusals=1)
    expect(page.locator(".stage-notice").get_by_text("Not now.", exact=True)).to_be_visible()
    expect(box).to_have_value("Hello from here.")
    box.fill("And this?")
    box.press("Control+Enter")
    stage.show(caption="Something else.", refusal="Not now.", refusals=1)  # no news
    expect(page.get_by_text("Something else.")).to_be_visible()
    expect(box).to_have_value("")
    stage.show(refusal="Not now.", refusals=2)
    expect(box).to_have_value("And this?")
    bar.get_by_role("button", name="End").click()
    eventually(lambda: "end" in stage.events())
    leave.click()
    expect(leave).to_have_count(0)
    expect(bar).not_to_be_visible()


def test_without_a_channel_the_stage_says_so(clocked_page: Page, stage: StagePage) -> None:
    """Ten seconds are enough; it goes on trying, and when it succeeds that is seen as well."""
    page = clocked_page
    stage.refusing = True
    stage.hang_up()
    eventually(lambda: not stage.watched())
    lost = page.get_by_text("No connection to this server")
    expect(lost).not_to_be_visible()
    page.clock.run_for(10_500)
    expect(lost).to_be_visible()
    stage.refusing = False
    run_until(page, lambda: not lost.is_visible())
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()


@pytest.mark.parametrize("by_keyboard", [True, False])
def test_the_keyboard_does_not_lose_its_place(page: Page, by_keyboard: bool) -> None:
    """The button that was pressed is disabled, whenever: the text has the focus next.

    Not for a mouse, and not when the focus has gone elsewhere meanwhile.
    """
    button, text = page.get_by_role("button", name="Interrupt"), page.get_by_label("Text")
    button.press("Enter") if by_keyboard else button.click()
    button.evaluate("button => { button.disabled = true; }")
    if by_keyboard:
        expect(text).to_be_focused()
    else:
        page.wait_for_function("document.activeElement === document.body")
    other = page.get_by_role("button", name="Make Avatar Speak")
    other.focus()
    button.evaluate("button => { button.disabled = false; button.disabled = true; }")
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(other).to_be_focused()
