"""A typed text is never lost: not by a page turn, a reload, a sleep, a restart."""

from __future__ import annotations

from playwright.sync_api import expect

from server.settings import DEFAULTS
from tests.support.app_process import App, running_app
from tests.support.lossy_line import LossyLine
from tests.support.simulator_process import SimulatorProcess
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]

DRAFT = "A text that took\nan hour, and is **not** said yet."
RECONNECTS = 40_000
"""Within so many ms Streamlit's page has opened its lost line again (1.67)."""


def test_a_typed_text(simulator: SimulatorProcess, visitor: VisitorPage) -> None:
    """It is in its box after each of these, and is said once.

    Without a network for so long that the server has forgotten the page: here it forgets at once.
    """
    line, page, text = LossyLine(visitor), visitor.page, visitor.text
    with running_app(
        AVATAR_KS="a-test",
        AVATAR_BASE_URL=simulator.base_url,
        STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="0",
    ) as app:
        visitor.open(app.url)
        expect(text).to_have_value(DEFAULTS.opening_text)
        text.fill(DRAFT)
        for name in ("Preflight", "Sessions"):
            visitor.go_to(name)
            expect(text).to_have_count(0)
            visitor.go_to("Back to the avatar")
            expect(text).to_have_value(DRAFT)
        page.reload()
        expect(text).to_have_value(DRAFT)

        other = VisitorPage(page.context.new_page()).open(app.url)
        expect(other.text).to_have_value(DEFAULTS.opening_text)
        other.text.fill("Of another tab.")
        other.page.reload()
        expect(other.text).to_have_value("Of another tab.")
        other.page.close()

        for lose, mend in ((line.cut, line.mend), (app.stop, app.start)):
            lose()
            expect(visitor.start).to_be_disabled()
            seen = line.runs
            mend()
            expect(visitor.start).to_be_enabled(timeout=RECONNECTS)
            # After a restart a run comes by itself; after a cut, with the first click.
            if mend == app.start:
                line.until_a_run_after(seen)
            visitor.start.click()
            line.until_a_run_after(seen)
            expect(text).to_have_value(DRAFT)
        # Streamlit's page may send on its line while that closes, which Playwright's has throw.
        visitor.complaints = [c for c in visitor.complaints if "CLOSING or CLOSED" not in c]
        visitor.until_turn("I am your avatar assistant", "spoken")
        simulator.ask_mood(call="say-text", delay=6.0)
        visitor.speak.click()
        visitor.until_turn("an hour", "sending")
        page.reload()
        expect(text).to_have_value(DRAFT)
        visitor.until_turn("an hour", "spoken")
        expect(text).to_have_value("")
        said = [turn["text"] for turn in simulator.sessions()[-1]["turns"]]
        assert said[1:] == [DRAFT]
        visitor.end.click()
        visitor.until_phase("idle")


def test_a_microphone_that_is_forbidden(app: App, visitor: VisitorPage) -> None:
    """A sentence says so, in the place of Streamlit's recorder."""
    visitor.page.context.grant_permissions([])  # Playwright denies all others
    visitor.open(app.url)
    visitor.page.locator(".st-key-recording").get_by_role("button").first.click()
    expect(visitor.page.get_by_text("does not let the page use the microphone")).to_be_visible()
    expect(visitor.page.get_by_test_id("stAudioInput")).to_be_hidden()
