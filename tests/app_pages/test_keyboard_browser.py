"""A whole visit without a mouse and without eyes: keys, focus, and what a screen reader is told."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.app_process import App
from tests.support.one_visit import LONG, WELCOME
from tests.support.simulator_process import SimulatorProcess, eventually
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]

_LISTEN = """() => {
  window.told = [];
  new MutationObserver((changes) => changes.forEach(({ addedNodes }) =>
    addedNodes.forEach((node) => window.told.push(node.textContent))
  )).observe(document.querySelector(".stage-told"), { childList: true });
}"""

# Of an element that has the focus by the keyboard.
_IS_SEEN = """() => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
  return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
}"""


def focus(page: Page) -> str:
    """What has it: its name, or its text."""
    return str(
        page.evaluate(
            "document.activeElement.ariaLabel || document.activeElement.innerText || "
            "document.activeElement.nodeName"
        )
    )


def test_a_visit_by_keyboard(app: App, simulator: SimulatorProcess, visitor: VisitorPage) -> None:
    """Every verb has its key, focus is never lost, and each change is told once."""
    page = visitor.page
    visitor.open(app.url)
    page.evaluate(_LISTEN)
    visitor.start.press("Enter")
    visitor.until_live()
    assert focus(page) != "BODY"
    visitor.until_turn(WELCOME, "spoken")

    visitor.text.fill(LONG)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+Enter")  # wherever the focus is
    visitor.until_turn("long sentence", "speaking")
    page.keyboard.press("Escape")
    visitor.until_turn("long sentence", "interrupted")

    simulator.ask_mood(call="say-text", status=400)
    visitor.text.fill("This fails.")
    visitor.text.press("Control+Enter")
    visitor.until_turn("This fails.", "failed")
    expect(visitor.alerts).to_be_visible()  # and it alone tells
    visitor.text.fill("")

    long = visitor.turns.get_by_role("listitem").filter(has_text="long sentence")
    long.get_by_role("button", name="Say again").press("Enter")
    expect(long).to_have_count(2)
    visitor.until_turn("long sentence", "speaking")
    expect(visitor.interrupt).to_be_enabled()
    visitor.interrupt.press("Enter")
    expect(visitor.interrupt).to_be_disabled()
    eventually(lambda: focus(page) == "Text")

    visitor.end.press("Enter")
    visitor.until_phase("idle")
    eventually(lambda: focus(page) != "BODY")
    told = page.evaluate("window.told")
    assert told[:4] == [
        "Starting the avatar.",
        "The avatar is live.",
        f"Speaking: {WELCOME}",
        "Spoken.",
    ]
    assert told[4].startswith("Speaking: This is a long sentence")
    assert told[5] == "Interrupted."
    assert not any(each.startswith("Not said") for each in told)
    assert told[-1] == "The session has ended."
    assert len(told) == len({*told}) + 2  # the welcome, and that it was interrupted, twice


def test_panels_follow_their_button(app: App, visitor: VisitorPage) -> None:
    """Focus goes in when one is opened by a key, round to its button at either end, and back with
    Esc; it can be seen wherever it is. A button that goes with the session hands it to the text."""
    page = visitor.page
    visitor.open(app.url)
    panel = page.get_by_test_id("stPopoverBody")
    for name in ("Default voice", "Your recording", "Pronunciation", "Details"):
        button = page.get_by_role("button", name=name).first
        button.press("Enter")
        expect(panel).to_be_visible()
        page.wait_for_function(
            "document.querySelector('[data-testid=stPopoverBody]').contains(document.activeElement)"
        )
        assert page.evaluate(_IS_SEEN), name
        page.keyboard.press("Shift+Tab")
        expect(button).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        expect(panel).to_have_count(0)
        expect(button).to_be_focused()
        assert page.evaluate(_IS_SEEN), name
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    keys.get_by_label("Single-letter keys are on").uncheck()
    page.keyboard.press("Escape")
    expect(keys).not_to_be_visible()
    page.keyboard.press("?")
    expect(keys).not_to_be_visible()

    visitor.start.press("Enter")
    visitor.until_turn(WELCOME, "spoken")
    again = page.locator(".transcript-again")
    again.focus()
    page.evaluate("""document.dispatchEvent(
      new CustomEvent("avatar:verb", { detail: { verb: "end" }, cancelable: true }))""")
    visitor.until_phase("idle")
    expect(again).not_to_be_visible()
    eventually(lambda: focus(page) == "Text")
