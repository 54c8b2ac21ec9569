"""The page of a visitor whom no WebRTC reaches: everything works over plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.app_process import App
from tests.support.browser import NO_WEBRTC, SOUND_ALLOWED
from tests.support.visitor_page import VisitorPage, chromium, visitor

__all__ = ["visitor"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One that no WebRTC reaches."""
    with chromium(SOUND_ALLOWED, NO_WEBRTC) as running:
        yield running


def test_start_interrupt_speak_end(app: App, visitor: VisitorPage) -> None:
    """The welcome is heard, an interrupt silences it, a text is said; the figures say how."""
    visitor.open(app.url)
    visitor.start.click()
    visitor.until_live()
    visitor.page.get_by_role("button", name="Statistics").click()
    expect(visitor.page.get_by_text("plain HTTP")).to_be_visible()
    visitor.until_loud()
    visitor.interrupt.click()
    visitor.until_turn("I am your avatar assistant", "interrupted")
    visitor.until_quiet()
    visitor.say("Good morning.")
    visitor.until_loud()
    visitor.until_turn("Good morning", "spoken")
    visitor.end.click()
    visitor.until_phase("idle")
    expect(visitor.page.locator("video")).to_have_count(0)
