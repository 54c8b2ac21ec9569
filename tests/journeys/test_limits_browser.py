"""What limits the money, in the app as it is started: sentences, and one click to stay."""

from __future__ import annotations

import httpx
from playwright.sync_api import Browser, expect

from tests.support.app_process import running_app
from tests.support.simulator_process import SimulatorProcess, eventually
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]


def test_the_limits(simulator: SimulatorProcess, browser: Browser, visitor: VisitorPage) -> None:
    """One session too many is refused; an idle one ends, later where somebody stays."""
    created = simulator.created_from_now()
    with running_app(
        AVATAR_KS="a-test",
        AVATAR_BASE_URL=simulator.base_url,
        AVATAR_MAX_SESSIONS="1",
        AVATAR_IDLE_MINUTES="0.1",
    ) as app:
        visitor.open(app.url)
        visitor.start.click()
        visitor.until_live()
        other = VisitorPage(browser.new_context().new_page())
        other.open(app.url)
        other.start.click()
        expect(other.alerts.filter(has_text="AVATAR_MAX_SESSIONS")).to_be_visible()
        health = httpx.get(f"{app.url}/health")
        assert (health.status_code, health.json()["status"]) == (503, "full")
        other.page.context.close()
        visitor.until_turn("I am your avatar assistant", "spoken")
        expect(visitor.page.get_by_text("the session ends in 0:0")).to_be_visible()
        visitor.page.get_by_role("button", name="Stay").click()
        visitor.until_phase("idle")
        expect(visitor.alerts.filter(has_text="AVATAR_IDLE_MINUTES")).to_be_visible()
        health = httpx.get(f"{app.url}/health")
        assert (health.status_code, health.json()["status"]) == (200, "ok")
    (session,) = created()
    eventually(lambda: simulator.session(session["sessionId"])["endedBy"] == "end")
