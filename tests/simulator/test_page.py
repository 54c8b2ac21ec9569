"""The simulator's page for people, in a real browser."""

from __future__ import annotations

import httpx
from playwright.sync_api import expect, sync_playwright

from tests.support import browser
from tests.support.simulator_caller import session
from tests.support.simulator_process import SimulatorProcess


def test_the_page_shows_what_is_heard(simulator: SimulatorProcess) -> None:
    """Sessions and turns appear as they come, markup as text; a mood set there is in force."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.executable(), args=list(browser.FLAGS)
        )
        page = chromium.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{simulator.origin}/simulator")
        with session(simulator) as caller:
            expect(page.get_by_text(caller.session_id)).to_be_visible()
            caller.say("Hello <b>there</b>.")
            expect(page.get_by_text("Hello <b>there</b>.")).to_be_visible()
            caller.say("😀")
            expect(page.get_by_text("no sound")).to_be_visible()
            page.get_by_label("The next calls of").select_option("keep-alive")
            page.get_by_role("button", name="Set mood").click()
            expect(page.get_by_text("keep-alive: 503")).to_be_visible()
            assert caller.call("keep-alive").status_code == 503
            page.get_by_label("how often").fill("")
            page.get_by_role("button", name="Set mood").click()
            expect(page.get_by_text("until cleared", exact=False).first).to_be_visible()
            page.get_by_role("button", name="Clear all moods").click()
            expect(page.get_by_text("every call answers as it should")).to_be_visible()
            assert caller.call("keep-alive").status_code == 200
        assert faults == []
        chromium.close()
    assert httpx.get(f"{simulator.origin}/simulator/moods").json() == []
