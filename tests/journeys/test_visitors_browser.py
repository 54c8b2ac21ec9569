"""The visitor's cookie in a real browser: who is the same visitor, and who is none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, WebSocket, expect

from server.visitors import COOKIE
from tests.support.app_process import App
from tests.support.browser import FLAGS, executable
from tests.support.simulator_process import eventually
from tests.support.visitor_page import VisitorPage, browser

__all__ = ["browser"]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser with an empty profile."""
    with browser.new_context() as context:
        yield context


class Tab:
    """A tab, and the nonces of the channels over which its stage was shown something."""

    def __init__(self, context: BrowserContext) -> None:
        self.page = context.new_page()
        self.nonces: list[str] = []
        self.page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        if nonce := re.search(r"/stage/channel\?nonce=(\w+)", socket.url):
            socket.once("framereceived", lambda _: self.nonces.append(nonce[1]))

    def until_shown(self) -> str:
        """Wait until the stage has been shown something, and say by which nonce."""

        def nonce() -> str | None:
            self.page.context.cookies()  # lets Playwright's events through
            return self.nonces.pop() if self.nonces else None

        found = eventually(nonce, within=20)
        assert found
        return found


def test_a_browser_is_one_visitor(app: App, context: BrowserContext) -> None:
    """At the first load, after a reload and in a second tab.

    No script reads the cookie, and Streamlit's WebSocket brings it to the page all the same.
    """
    tab = Tab(context)
    tab.page.goto(app.url)
    nonce = tab.until_shown()
    assert COOKIE not in tab.page.evaluate("document.cookie")
    tab.page.reload()
    assert tab.until_shown() == nonce
    second = Tab(context)
    second.page.goto(app.url)
    assert second.until_shown() == nonce


def cookies_of(context: BrowserContext) -> list[str]:
    """What the browser holds of ours."""
    return [cookie["value"] for cookie in context.cookies() if cookie["name"] == COOKIE]


def test_a_kept_page_brings_a_cookie_too(app: App, context: BrowserContext) -> None:
    """A browser that was emptied of cookies alone, and is told that the page has not changed."""
    page = context.new_page()
    page.goto(app.url)
    page.reload()
    (before,) = cookies_of(context)
    context.clear_cookies()
    page.reload()
    (after,) = cookies_of(context)
    assert before != after


def test_without_cookies_the_page_says_what_to_do(
    app: App, browser: Browser, tmp_path: Path
) -> None:
    """A browser that blocks them gets one sentence, and no session that nobody could look after."""
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(blocked))
    with browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=executable(), args=FLAGS
    ) as context:
        page = VisitorPage(context.new_page()).open(app.url)
        expect(page.alerts).to_contain_text("allow cookies")
        expect(page.start).to_be_disabled()
