"""What is in the box when a key is pressed is what is said, once: no run changes what was typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.app_process import App
from tests.support.one_visit import WELCOME
from tests.support.simulator_process import SimulatorProcess
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]

# As another component does: what is said has the page drawn again, and its form is not sent.
_SAY_OTHER = """document.dispatchEvent(new CustomEvent("avatar:verb", {
  detail: { verb: "say", text: "Other." }, cancelable: true,
}))"""

# Another text in the box is said at once, as by a visitor who presses at that moment.
_PRESS_AT_A_CHANGE = """(box) => {
  const { value } = box;
  const press = () => {
    if (box.value !== value) document.querySelector(".st-key-speak button").click();
  };
  new MutationObserver(() => setTimeout(press)).observe(box, { childList: true });
}"""


@pytest.mark.parametrize("typed", ["This was typed.", ""])
def test_a_run_leaves_the_box_as_it_is(
    app: App, simulator: SimulatorProcess, visitor: VisitorPage, typed: str
) -> None:
    """A text that was typed stands there all the time, and one that was deleted stays away."""
    page, text = visitor.page, visitor.text
    visitor.open(app.url)
    visitor.start.click()
    visitor.until_turn(WELCOME, "spoken")
    expect(visitor.interrupt).to_be_disabled()  # the runs until here are over

    text.fill(typed)
    text.blur()
    text.evaluate(_PRESS_AT_A_CHANGE)
    page.evaluate(_SAY_OTHER)
    expect(visitor.interrupt).to_be_enabled()
    visitor.until_turn("Other.", "spoken")
    expect(visitor.interrupt).to_be_disabled()
    expect(text).to_have_value(typed)
    if typed:
        page.keyboard.press("Control+Enter")
        visitor.until_turn(typed, "spoken")
    said = [turn["text"] for turn in simulator.sessions()[-1]["turns"]]
    assert said == [WELCOME, "Other.", *filter(None, [typed])]
    visitor.end.click()
    visitor.until_phase("idle")


def test_the_next_text_stays_when_the_last_one_leaves(
    app: App, simulator: SimulatorProcess, visitor: VisitorPage
) -> None:
    """It was typed while the service had not yet taken the last one."""
    page, text = visitor.page, visitor.text
    visitor.open(app.url)
    visitor.start.click()
    visitor.until_turn(WELCOME, "spoken")
    expect(visitor.interrupt).to_be_disabled()

    simulator.ask_mood(call="say-text", delay=3.0)
    visitor.say("First.")
    visitor.until_turn("First.", "sending")
    text.fill("Second.")
    text.blur()
    text.evaluate(_PRESS_AT_A_CHANGE)
    visitor.until_turn("First.", "spoken")
    expect(visitor.interrupt).to_be_disabled()
    expect(text).to_have_value("Second.")
    page.keyboard.press("Control+Enter")
    visitor.until_turn("Second.", "spoken")
    expect(text).to_have_value("")
    said = [turn["text"] for turn in simulator.sessions()[-1]["turns"]]
    assert said == [WELCOME, "First.", "Second."]
    visitor.end.click()
    visitor.until_phase("idle")
