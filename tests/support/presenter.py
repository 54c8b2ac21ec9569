"""A presenter with two windows: the desk, and the stage for the audience."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from tests.support.app_process import App

_MESSAGES = """() => {
  const Real = window.WebSocket;
  window.messages = [];
  window.WebSocket = class extends Real {
    constructor(...args) {
      super(...args);
      if (!String(args[0]).includes("presenter/")) return;
      this.addEventListener("message", ({ data }) => {
        const message = JSON.parse(data);
        if (!("beat" in message)) window.messages.push(message);
      });
    }
  };
}"""
"""Keeps what the server tells a page of the show, beside what the page makes of it."""


class Presenter:
    """The presenter's two windows, of one browser."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.complaints: list[str] = []
        self._context = context
        self._url = url
        context.add_init_script(f"({_MESSAGES})()")
        self.desk = self._window("present")
        self.stage = self.desk

    def open_stage(self) -> Page:
        """The stage's window."""
        self.stage = self._window("stage")
        return self.stage

    def _window(self, path: str) -> Page:
        page = self._context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{path}: {error}"))
        page.goto(f"{self._url}/{path}")
        return page

    def button(self, name: str) -> Locator:
        """Of the desk, by its accessible name."""
        return self.desk.locator(".desk").get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        """Press a button of the desk."""
        self.button(name).click()

    def key(self, key: str) -> None:
        """Press a key at the desk, where nothing has the focus."""
        self.desk.evaluate("document.activeElement?.blur()")
        self.desk.keyboard.press(key)

    def scene(self, page: Page | None = None) -> dict[str, object]:
        """The newest message to the desk, or to another page."""
        found: str = (page or self.desk).evaluate("JSON.stringify(window.messages.at(-1) ?? {})")
        return dict(json.loads(found))

    def until(self, seen: str, page: Page | None = None, within: float = 30.0) -> dict[str, object]:
        """The newest message, once the JavaScript `seen` holds of it, as `m`."""
        page = page or self.desk
        try:
            page.wait_for_function(
                f"(m => m && ({seen}))(window.messages.at(-1))", timeout=within * 1000
            )
        except Error:
            raise AssertionError(f"Not within {within} s: {seen}\n{self.scene(page)}") from None
        return self.scene(page)

    def start(self) -> None:
        """Start the avatar, and wait for its picture."""
        self.press("Start Avatar")
        self.until("m.phase === 'ready'")

    def ask(self, text: str, *, now: bool = True) -> None:
        """Type a line, and have it said."""
        self.desk.get_by_role("textbox", name="Line").fill(text)
        form = self.desk.get_by_role("form", name="Ask")
        form.get_by_role("button", name="Say now" if now else "Add").click()

    def open_file(self, name: str, content: bytes) -> None:
        """Open a show from a file, and wait for it."""
        before = self.until("m.deck")["deck"]
        self.press_popover("Show")
        self.desk.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )
        self.until(f"m.deck > {before}", within=60)
        self.desk.keyboard.press("Escape")

    def press_popover(self, name: str) -> None:
        """Open what is behind a button of the page."""
        self.desk.get_by_role("button", name=re.compile(rf"^(\w+ )?{name}\b")).last.click()

    def record(self) -> None:
        """Start a recording, and wait until the stage's page records."""
        self.agree_to_record()
        self.until("m.film === 'on'")

    def agree_to_record(self) -> None:
        """Start a recording, after the consent that it needs."""
        self.press("Record")
        expect(self.button("Start recording")).to_be_disabled()
        self.desk.get_by_text("Whoever can be heard or seen has agreed").click()
        self.press("Start recording")

    def recorded(self, folder: Path) -> Path:
        """Stop the recording, and download it: the video, with the transcripts beside it."""
        self.until("m.film === 'on'")
        self.press("Stop recording")
        self.until("m.film === 'ready'", within=60)
        with self.desk.expect_download() as download:
            self.desk.get_by_role("link", name="Download the recording").click()
        with zipfile.ZipFile(download.value.path()) as packed:
            packed.extractall(folder)
        (video,) = (path for path in folder.iterdir() if path.suffix in (".webm", ".mp4"))
        return video

    def captions_of(self, page: Page) -> str:
        """What the audience reads at this moment."""
        return page.locator(".hall-caption").inner_text().replace("\n", " ")

    def until_playing(self, page: Page) -> None:
        """The avatar's picture moves there."""
        expect(page.locator("video")).to_have_count(1, timeout=20_000)
        page.wait_for_function("document.querySelector('video')?.currentTime > 0.2", timeout=20_000)


def eventually_true(look: Callable[[], bool], page: Page, within: float = 10.0) -> None:
    """Wait until `look` is true; the browser's events are taken meanwhile."""
    for _ in range(int(within * 20)):
        with suppress(Error):
            if look():
                return
        page.wait_for_timeout(50)
    raise AssertionError("It did not become true.")


@pytest.fixture
def presenter(app: App, browser: Browser) -> Iterator[Presenter]:
    """A presenter with the sample show, at a desk that is there."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    presenter = Presenter(context, app.url)
    presenter.until("m.slides > 0")
    yield presenter
    assert presenter.complaints == []
    context.close()
