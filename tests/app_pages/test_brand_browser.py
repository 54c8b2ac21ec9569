"""The page of somebody else: name, logo, colours, welcome and opening text are settings."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.app_process import running_app
from tests.support.simulator_process import SimulatorProcess
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]

BACKGROUND = "(element) => getComputedStyle(element).backgroundColor"


def test_it_looks_like_theirs(simulator: SimulatorProcess, visitor: VisitorPage) -> None:
    """Before the first paint and in Streamlit's own widgets; and nothing is said unasked."""
    page = visitor.page
    with running_app(
        AVATAR_KS="a-test",
        AVATAR_BASE_URL=simulator.base_url,
        AVATAR_BRAND_NAME="Acme & Sons",
        AVATAR_BRAND_LOGO="app_pages/page_icon.png",
        AVATAR_BRAND_COLOR="#0b6e4f",
        AVATAR_WELCOME="",
        AVATAR_OPENING_TEXT="",
    ) as app:
        html = page.goto(app.url)
        assert html
        assert "<title>Acme &amp; Sons</title>" in html.text()
        visitor.open(app.url)
        expect(page).to_have_title("Acme & Sons")
        expect(page.get_by_role("heading", name="Acme & Sons", level=1)).to_be_visible()
        assert page.locator(".brand img").evaluate("(logo) => logo.naturalWidth") > 0
        expect(visitor.text).to_have_value("")
        for button in (visitor.start, page.locator(".stage-start")):
            assert button.evaluate(BACKGROUND) == "rgb(11, 110, 79)"
        visitor.start.click()
        visitor.until_live()
        visitor.say("The first words.")
        visitor.until_turn("The first words.", "spoken")
        expect(visitor.turns.get_by_role("listitem")).to_have_count(1)
        visitor.end.click()
        visitor.until_phase("idle")
