"""The page in a real browser, in front of the simulator over the wire a live service would have."""

from __future__ import annotations

from playwright.sync_api import Browser, FloatRect, Page, expect

from tests.support.app_process import App
from tests.support.one_visit import LONG
from tests.support.simulator_process import SimulatorProcess, eventually
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]


def live(simulator: SimulatorProcess) -> list[str]:
    """The ids of the sessions that are live at the simulator."""
    return [s["sessionId"] for s in simulator.sessions() if s["state"] == "live"]


def test_texts_interrupts_and_leaving(
    app: App, simulator: SimulatorProcess, visitor: VisitorPage
) -> None:
    """A text that could not be said stays in its box, and is said at the next try. One right after
    an interrupt is spoken; an interrupt does not wait for a slow say, and its turn is not heard.
    The session of a page that is left for another ends, though the browser may keep the page."""
    visitor.open(app.url)
    visitor.start.click()
    visitor.until_turn("I am your avatar assistant", "spoken")
    simulator.ask_mood(call="say-text", status=400, body="<h1>busy</h1>", times=None)
    visitor.say("Keep me.")
    visitor.until_turn("Keep me.", "failed")
    expect(visitor.alerts.filter(has_text="refused to say the text")).to_be_visible()
    expect(visitor.text).to_have_value("Keep me.")
    simulator.clear_moods()
    visitor.speak.click()
    visitor.until_turn("Keep me.", "spoken")
    expect(visitor.text).to_have_value("")

    visitor.say("It takes a while to count: " + "one, two, three, four, five, " * 8)
    visitor.until_turn("to count", "speaking")
    visitor.text.fill("Right after it.")
    visitor.interrupt.click()
    visitor.speak.click()
    visitor.until_turn("Right after it.", "spoken")
    (session_id,) = live(simulator)
    simulator.ask_mood(call="say-text", delay=6.0)
    visitor.say(LONG)
    visitor.until_turn("long sentence", "sending")
    visitor.interrupt.click()
    eventually(lambda: simulator.session(session_id)["interrupts"] == 2, within=4)
    visitor.until_turn("long sentence", "interrupted")
    visitor.until_quiet()

    visitor.page.goto("about:blank")
    eventually(lambda: simulator.session(session_id)["endedBy"] == "end", within=15)


def test_two_visitors_at_once(
    app: App, simulator: SimulatorProcess, browser: Browser, visitor: VisitorPage
) -> None:
    """Each has a session of their own, and hears their own text only."""
    context = browser.new_context()
    other = VisitorPage(context.new_page())
    for page in (visitor, other):
        page.open(app.url)
        page.start.click()
        page.until_live()
    assert len(live(simulator)) == 2
    visitor.say("For the first.")
    expect(visitor.turn("For the first.", "")).to_be_visible()
    expect(other.turn("For the first.", "")).to_have_count(0)
    context.close()
    eventually(lambda: len(live(simulator)) == 1, within=15)
    visitor.until_turn("For the first.", "spoken")
    visitor.end.click()
    visitor.until_phase("idle")


def test_the_page_changes_around_the_stage(app: App, visitor: VisitorPage) -> None:
    """Errors that come and go, reruns, a theme switch and a narrow window leave the one video where
    it is. Nothing overlaps or sticks out, and no button moves between the phases."""
    page = visitor.page
    buttons = (visitor.start, visitor.end, visitor.speak, visitor.interrupt)

    def stay_at(boxes: list[FloatRect | None]) -> None:
        eventually(lambda: [button.bounding_box() for button in buttons] == boxes)

    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")
    visitor.open(app.url)
    wide = [button.bounding_box() for button in buttons]
    visitor.start.click()
    visitor.until_live()
    page.evaluate("document.querySelector('video').dataset.mark = 'the same'")
    stay_at(wide)
    nothing_overlaps(page, 1440)
    for text in ("", "Hello.", "x" * 6_000, "<img src=x onerror=alert(1)> **bold**"):
        visitor.say(text)
        visitor.until_frames_advance(5)
    page.emulate_media(color_scheme="dark")
    visitor.until_frames_advance()
    nothing_overlaps(page, 1440)
    page.set_viewport_size({"width": 390, "height": 844})
    visitor.until_frames_advance()
    nothing_overlaps(page, 390)
    assert page.evaluate("document.querySelector('video').dataset.mark") == "the same"
    assert page.locator("video").count() == 1
    narrow = [button.bounding_box() for button in buttons]
    assert narrow != wide
    visitor.end.click()
    visitor.until_phase("idle")
    stay_at(narrow)
    nothing_overlaps(page, 390)


def nothing_overlaps(page: Page, width: int) -> None:
    """Heading above stage, controls beside it or below, all within the width."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [
        page.get_by_role("heading", name="Talking avatar").bounding_box(),
        page.locator(".stage").bounding_box(),
        page.locator(".st-key-controls").bounding_box(),
    ]
    for box in boxes:
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    heading, stage, controls = (box for box in boxes if box)
    assert heading["y"] + heading["height"] <= stage["y"]
    beside, below = stage["x"] + stage["width"], stage["y"] + stage["height"]
    assert controls["x"] >= beside if width > 600 else controls["y"] >= below
