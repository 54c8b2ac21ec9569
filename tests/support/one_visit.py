"""One visit from the start to the interrupt, as each way of showing and each form of the service
must allow it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.visitor_page import VisitorPage

WELCOME = "Hello! I am your avatar assistant."
LONG = (
    "This is a long sentence that somebody will interrupt, because it goes on and on and on. " * 3
)

# As the button does; before the click is over, let alone answered, there is silence.
CLICK_INTERRUPT = """() => {
  const named = (button) => /Interrupt$/.test(button.innerText);
  [...document.querySelectorAll("button")].find(named).click();
  return document.querySelector("video").muted;
}"""


def start_speak_interrupt(visitor: VisitorPage, url: str, keys: str = "") -> None:
    """A face, the welcome, a sentence heard, silence at Interrupt; the session lives on.

    The sentence is said with the button, or with these `keys` from within its box.
    """
    visitor.open(url)
    visitor.start.click()
    visitor.until_live()
    visitor.until_loud()
    visitor.until_frames_advance()
    visitor.until_turn("I am your avatar assistant", "spoken")
    visitor.until_quiet()

    visitor.text.fill(LONG)
    if keys:
        visitor.text.press(keys)
    else:
        visitor.speak.click()
    visitor.until_turn("long sentence", "speaking")
    visitor.until_loud()
    expect(visitor.text).to_have_value("")
    assert visitor.page.evaluate(CLICK_INTERRUPT)
    visitor.until_turn("long sentence", "interrupted")
    visitor.until_quiet()
    visitor.page.wait_for_function("!document.querySelector('video').muted")
    visitor.until_frames_advance()
