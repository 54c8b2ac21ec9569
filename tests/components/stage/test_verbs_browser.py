"""The verbs that the stage asks for: at a click on the page's buttons, and for other components."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.simulator_process import eventually
from tests.support.stage_page import Report, StagePage

ASK = """(detail) => !document.dispatchEvent(
  new CustomEvent("avatar:verb", { detail, cancelable: true }))"""


@pytest.fixture(autouse=True)
def has_a_line(page: Page) -> None:
    """The browser has its first view, which alone says that the channel is open."""
    expect(page.locator(".stage[data-lost=false]")).to_be_attached()


def asked(page: Page, stage: StagePage, *reports: Report) -> None:
    """Wait until these have come up, and nothing else."""
    eventually(lambda: page.title() and stage.reports == list(reports))


def test_a_click_on_the_page_is_told_at_once(page: Page, stage: StagePage) -> None:
    """And goes on to Streamlit; the text is said as it is in its box."""
    button = page.get_by_role("button", name="Interrupt")
    button.evaluate("button => button.addEventListener('click', () => { window.went = true })")
    button.click()
    assert page.evaluate("window.went") is True
    page.get_by_label("Text").fill("Hello.")
    page.get_by_role("button", name="Make Avatar Speak").click()
    page.get_by_label("Text").fill("Again.")
    page.get_by_label("Text").press("Control+Enter")
    said = [("say", words, "stage") for words in ("Hello.", "Again.")]
    asked(page, stage, ("interrupt", "", "stage"), *said)


def test_a_text_that_no_message_can_hold_is_left_to_the_page(page: Page, stage: StagePage) -> None:
    """The channel stays open: the click's own callback says what is wrong."""
    page.get_by_label("Text").fill("x" * 40_000)
    page.get_by_role("button", name="Make Avatar Speak").click()
    assert page.evaluate(ASK, {"verb": "end"})
    asked(page, stage, ("end", "", None))


def test_other_components_can_ask(page: Page, stage: StagePage) -> None:
    """They learn whether it was sent; where there is no line, nothing is kept for later."""
    assert page.evaluate(ASK, {"verb": "say", "text": "Hello."}) is True
    asked(page, stage, ("say", "Hello.", None))
    stage.hang_up()
    stage.refusing = True
    eventually(lambda: not stage.watched())
    page.wait_for_function(f"!({ASK})({{ verb: 'interrupt' }})")
    stage.refusing = False
    page.wait_for_function(f"({ASK})({{ verb: 'end' }})")
    eventually(lambda: stage.events()[:1] + stage.events()[-1:] == ["say", "end"])
    assert "interrupt" not in stage.events()


def test_why_something_was_refused_is_told_for_a_while(page: Page, stage: StagePage) -> None:
    """By the next view, over whatever is shown."""
    stage.show(phase="ready", refusal="There is no avatar to say this yet.")
    notice = page.locator(".stage-notice", has_text="There is no avatar to say this yet.")
    expect(notice).to_be_visible()
    expect(page.locator(".stage-told")).to_have_text("There is no avatar to say this yet.")
    stage.show(revision=1)
    expect(notice).to_have_count(0, timeout=10_000)


def test_the_turns_are_told_to_who_asks_and_when_the_line_changes(
    page: Page, stage: StagePage
) -> None:
    """Without a line nothing can be said, and the page's own turns are newer than the stage's."""
    stage.show(phase="ready")
    page.evaluate("""() => {
      window.told = [];
      document.addEventListener("avatar:turns", ({ detail }) => window.told.push(detail.canSay));
    }""")
    is_answered = """() => !document.dispatchEvent(
      new CustomEvent("avatar:turns-wanted", { cancelable: true }))"""
    page.wait_for_function(f"({is_answered})() && window.told.at(-1) === true")
    stage.refusing = True
    stage.hang_up()
    page.wait_for_function("window.told.at(-1) === false")
    assert page.evaluate(is_answered) is False
    stage.refusing = False
    page.wait_for_function("window.told.at(-1) === true")
