"""A visitor's recording in a real browser: from its microphone, from a file, and interrupted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.app_process import App
from tests.support.browser import SOUND_ALLOWED
from tests.support.recordings import file_of
from tests.support.simulator_process import SimulatorProcess, eventually
from tests.support.visitor_page import VisitorPage, chromium, visitor

__all__ = ["visitor"]

MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""Chromium's own microphone beeps once a second, and is allowed without a question."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser with a microphone."""
    with chromium(SOUND_ALLOWED, *MICROPHONE) as running:
        yield running


class Panel:
    """What is behind the button "Your recording"."""

    def __init__(self, visitor: VisitorPage, folder: Path) -> None:
        page = visitor.page
        self._folder = folder
        self.page = page
        self.button = page.locator(".st-key-recording").get_by_role("button").first
        self.outcome = page.locator(".st-key-recording-outcome")
        self.say = page.get_by_role("button", name="Say recording")

    def open(self) -> None:
        """Press the button."""
        self.button.click()
        expect(self.say).to_be_visible()

    def record(self) -> None:
        """Some 1.5 s of the microphone."""
        self.page.get_by_role("button", name="Record", exact=True).click()
        expect(self.page.get_by_test_id("stAudioInputWaveformTimeCode")).to_have_text("00:01")
        self.page.get_by_role("button", name="Stop recording").click()

    def drop(self, name: str, audio: bytes) -> None:
        """Give it a file."""
        path = self._folder / name
        path.write_bytes(audio)
        self.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)

    def until(self, words: str | re.Pattern[str]) -> None:
        """It says so of what it was given."""
        expect(self.outcome).to_contain_text(words, timeout=20_000)


def test_a_recording(
    app: App, simulator: SimulatorProcess, visitor: VisitorPage, tmp_path: Path
) -> None:
    """Recorded, or dropped, it is heard like a text; Interrupt waits for no conversion."""
    panel = Panel(visitor, tmp_path)
    visitor.open(app.url)
    visitor.start.click()
    visitor.until_live()
    session_id = simulator.sessions()[-1]["sessionId"]

    panel.open()
    expect(panel.say).to_be_disabled()
    panel.drop("notes.mp3", b"this is no sound")
    panel.until("Send up to five minutes of mp3, wav, ogg, webm or m4a")
    panel.drop("talk.wav", bytes(11 * 2**20))
    too_large = panel.page.get_by_text("File must be 10.0MB or smaller").bounding_box()
    assert too_large
    assert too_large["height"] > 10
    panel.record()
    panel.until("Recording · 0:0")
    panel.say.click()
    expect(panel.say).to_be_disabled()
    panel.drop("my **voice**.m4a", file_of("m4a", 20))
    panel.until("my **voice**.m4a · 0:20")
    panel.say.click()
    visitor.until_turn("Recording · 0:0", "spoken")
    visitor.until_turn("my **voice**.m4a · 0:20", "speaking")
    visitor.until_loud()
    expect(visitor.page.locator(".stage-caption")).to_be_hidden()

    panel.drop("long.wav", file_of("wav", 240, rate=16_000))
    panel.until(re.compile("Preparing it…|long.wav"))
    visitor.page.keyboard.press("Escape")
    visitor.interrupt.click()
    eventually(lambda: simulator.session(session_id)["interrupts"] == 1, within=2)
    visitor.until_turn("my **voice**.m4a", "interrupted")
    visitor.until_quiet()
    _, first, second = simulator.session(session_id)["turns"]
    assert (first["kind"], first["outcome"]) == ("audio", "spoken")
    assert (second["kind"], second["outcome"]) == ("audio", "interrupted")
    visitor.end.click()
    visitor.until_phase("idle")
