"""Text from anywhere is shown to the letter: the visitor's, the service's, the catalog's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator

from avatar_client import fit_to_show
from tests.support.app_process import App, running_app
from tests.support.hostile_service import HTML, MARKUP, SESSION_ID, hostile_service
from tests.support.simulator_process import SimulatorProcess, eventually
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]

MADE_OF_TEXT = (
    "a[href*='evil'], a[href^='javascript'], a[href^='mailto'], img[src*='evil'], img[src^='x'],"
    " b, em, del, code, sup, s, table, .katex, svg[onload], script[src*='evil'],"
    " [style*='color: red'], h1:not(.brand, [data-testid=stHeading] *), ol:not(.transcript *),"
    " .footnotes"
)
"""What markup would have become."""

WITHOUT_SOUND = "\u4f60\u597d"
"""In a script that the simulator has no voice for: the service's warning stays beside it."""


@pytest.fixture(scope="module")
def hostile(simulator: SimulatorProcess) -> Iterator[App]:
    """An app in front of a service whose every text is markup."""
    with (
        hostile_service(simulator) as base_url,
        running_app(AVATAR_KS="a-test", AVATAR_BASE_URL=base_url, AVATAR_DISPLAY="direct") as app,
    ):
        yield app


def nothing_was_made_of_text(visitor: VisitorPage) -> None:
    """No element, no link, no picture, no script."""
    made = visitor.page.locator("[data-testid=stMain]").locator(MADE_OF_TEXT)
    assert made.evaluate_all("(made) => made.map((element) => element.outerHTML)") == []
    assert visitor.page.evaluate("window.evil") is None


def shows(place: Locator, text: str) -> None:
    """The place has `text` in it, to the letter; word joiners (U+2060) are seen by nobody."""
    eventually(lambda: text in "\n".join(place.all_inner_texts()).replace("\u2060", ""))


def test_no_text_becomes_markup(hostile: App, visitor: VisitorPage) -> None:
    """Names and ids in the catalog, the session's id, errors, warnings, what the visitor types."""
    of_the_service = fit_to_show(MARKUP + HTML, "a-test") or ""
    visitor.open(hostile.url)
    choices = visitor.page.locator(".st-key-choices")
    shows(choices, MARKUP + HTML)
    choices.get_by_role("button").first.click()
    for what in ("avatar", "voice"):
        visitor.page.get_by_role("tab", name=what).click()
        listed = visitor.page.locator(f".st-key-{what}-list").get_by_role("button")
        shows(listed, of_the_service)
        shows(listed, MARKUP + HTML)
    visitor.page.get_by_role("searchbox", name="Find voice").fill(MARKUP + "1")
    shows(visitor.page.get_by_role("button", name="Use the id"), MARKUP + "1")
    nothing_was_made_of_text(visitor)
    visitor.page.keyboard.press("Escape")

    visitor.start.click()
    visitor.until_live()
    visitor.page.get_by_role("button", name="Details").first.click()
    shows(visitor.page.locator(".st-key-about-open"), SESSION_ID)
    visitor.page.keyboard.press("Escape")
    visitor.say(MARKUP + HTML)
    shows(visitor.turns.get_by_role("listitem"), MARKUP + HTML)
    shows(visitor.page.locator(".stage-caption"), "**bold**")
    visitor.interrupt.click()
    visitor.say(WITHOUT_SOUND)
    shows(visitor.turns.locator(".transcript-reason"), of_the_service)
    visitor.interrupt.click()
    visitor.say(f"fail {HTML}")
    shows(visitor.turns.get_by_role("listitem"), f"fail {HTML}")
    shows(visitor.alerts, of_the_service)
    nothing_was_made_of_text(visitor)

    visitor.go_to("Sessions")
    shows(visitor.page.locator(".st-key-sessions"), MARKUP + HTML)
    shows(visitor.page.locator(".st-key-sessions"), SESSION_ID)
    nothing_was_made_of_text(visitor)
    visitor.go_to("Back to the avatar")
    visitor.end.click()
    visitor.until_phase("idle")
